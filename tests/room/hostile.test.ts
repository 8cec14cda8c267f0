import { describe, expect, it } from "vitest";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import { closeCodes } from "../../party/protocol";
import { MEMBER_CHECK_MS } from "../../party/room/conversation";
import { CONNECTIONS_PER_PERSON, HELLO_WITHIN_MS, UNHEARD_MAX } from "../../party/room/sessions";
import { Scene, send, settle, tell } from "./scene";
import { say, scriptedCrew, stepsFrom } from "./scripted-crew";

describe("connections that cost and bring nothing", () => {
  it("RM28: a connection that says no hello is closed", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const [silent, polite] = [await scene.join(room, null), await scene.join(room)];
    await scene.clock.advance(HELLO_WITHIN_MS);
    expect(silent.closed?.code).toBe(closeCodes.tooSlow);
    expect(polite.closed).toBeNull();
    await tell(room, silent, { type: "ping" });
    expect(silent.frames).toEqual([]);
  });

  it("RM29: one person cannot take all the places", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    for (let tab = 0; tab < CONNECTIONS_PER_PERSON; tab++) await scene.join(room, null);
    const oneTooMany = await scene.join(room, null);
    expect(oneTooMany.closed?.code).toBe(closeCodes.tryLater);
    room.disconnect("socket-1");
    expect((await scene.join(room)).closed).toBeNull();
  });

  it("RM30: a client that reads nothing is cut off and loses nothing", async () => {
    const scene = new Scene();
    scene.runCrew = scriptedCrew(function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      for (let toolCall = 0; toolCall * 500_000 < UNHEARD_MAX; toolCall++) {
        const ids = {
          runId,
          stepId: crypto.randomUUID(),
          toolCallId: `${toolCall}`,
          tool: "totals",
        };
        yield say({ type: "tool-started", ...ids, title: "x".repeat(500_000) });
      }
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    }).runCrew;
    const room = await scene.openRoom();
    const [asker, reader] = [await scene.join(room), await scene.join(room)];
    const told = tell(room, asker, send("much"));
    for (let turn = 0; asker.closed === null && turn < 2_000; turn++) {
      await tell(room, reader, turn % 40 === 0 ? { type: "ping" } : "");
    }
    await told;
    expect(asker.closed?.code).toBe(closeCodes.tooSlow);
    const lastSeq = asker.events.at(-1)?.seq ?? 0;
    const back = await scene.join(room, lastSeq);
    expect(back.events[0]?.seq).toBe(lastSeq + 1);
  }, 60_000);
});

describe("who is no member any more", () => {
  async function withMember() {
    const scene = new Scene();
    const store = new MemoryThreadStore();
    scene.store = store;
    scene.runCrew = scriptedCrew((run) => stepsFrom(run.request)).runCrew;
    const setRole = (role: string | null) => {
      const key = `${scene.workspaceId}/${scene.userId}`;
      store.members.set(key, role);
    };
    setRole("member");
    const room = await scene.openRoom();
    return { scene, room, setRole, store };
  }

  it("RM31: is put out at the next message, and it is not taken", async () => {
    const { scene, room, setRole } = await withMember();
    const socket = await scene.join(room);
    setRole(null);
    await scene.clock.advance(5_000);
    await tell(room, socket, send("hello"));
    expect(socket.closed?.code).toBe(closeCodes.forbidden);
    expect((await scene.join(room)).events).toEqual([]);
  });

  it("RM31: is put out within a good minute when only reading; a member is not", async () => {
    const { scene, room, setRole } = await withMember();
    const socket = await scene.join(room);
    await scene.clock.advance(HELLO_WITHIN_MS);
    await scene.clock.advance(MEMBER_CHECK_MS);
    expect(socket.closed).toBeNull();
    setRole(null);
    await scene.clock.advance(MEMBER_CHECK_MS);
    expect(socket.closed?.code).toBe(closeCodes.forbidden);
  });

  it("RM31: has the role of now, and stays while the record cannot be asked", async () => {
    const { scene, room, setRole, store } = await withMember();
    const socket = await scene.join(room);
    setRole("viewer");
    await scene.clock.advance(5_000);
    await tell(room, socket, send("hello"));
    expect(socket.messages.at(-1)).toMatchObject({ type: "refusal", code: "not-allowed" });
    setRole("member");
    await scene.clock.advance(5_000);
    await tell(room, socket, send("hello"));
    expect(socket.closed).toBeNull();
    store.standing = () => new Promise<never>(() => {});
    await scene.clock.advance(5_000);
    const told = tell(room, socket, send("while Postgres hangs"));
    await settle();
    await scene.clock.advance(1_000);
    await told;
    expect(socket.closed).toBeNull();
    expect(socket.messages.filter(({ type }) => type === "ack")).toHaveLength(2);
  });
});
