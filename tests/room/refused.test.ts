import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import { RecordRefusedError } from "../../party/ports/thread-store";
import { type NumberedEvent, WAKE_AUDIENCE } from "../../party/protocol";
import { REFUSALS_MAX } from "../../party/room/deliveries";
import { answerRequest } from "../../party/room/http";
import type { Room } from "../../party/room/room";
import { lasting, Scene, SECRET, send, seqsOf, tell, visit } from "./scene";
import { scriptedCrew, stepsFrom } from "./scripted-crew";

type Judge = (event: NumberedEvent) => RecordRefusedError | null;

/** A record that takes a delivery whole or not at all, and refuses what `judge` says. */
class StrictStore extends MemoryThreadStore {
  judge: Judge = () => null;
  asked: number[][] = [];

  override async applyEvents(...[key, events]: Parameters<MemoryThreadStore["applyEvents"]>) {
    this.asked.push(seqsOf(events));
    for (const event of events) {
      const refusal = this.judge(event);
      if (refusal) throw refusal;
    }
    await super.applyEvents(key, events);
  }
}

const violation = new RecordRefusedError("23503", "messages_author_fk");
const isQuestion = (text: string) => (numbered: NumberedEvent) =>
  numbered.event.type === "message-added" && numbered.event.message.text[0] === text;

function withStrictRecord() {
  const scene = new Scene();
  const [store, disk] = [new StrictStore(), new MemoryRoomStorage()];
  scene.store = store;
  scene.storage = disk;
  scene.runCrew = scriptedCrew((run) => stepsFrom(run.request)).runCrew;
  const kept = () => [...(store.events.get(scene.threadId)?.keys() ?? [])].sort((a, b) => a - b);
  const refused = () => [...disk.entries.keys()].filter((key) => key.startsWith("refused:"));
  return { scene, store, kept, refused };
}

async function passTime(scene: Scene): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await scene.clock.advance(10_000);
}

async function wake(scene: Scene, room: Room) {
  const token = await new SignJWT({ room: scene.threadId, workspace: scene.workspaceId })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(WAKE_AUDIENCE)
    .setExpirationTime(Math.floor(scene.clock.now() / 1_000) + 60)
    .sign(new TextEncoder().encode(SECRET));
  return answerRequest(room, visit("/wake", { method: "POST", bearer: token }));
}

describe("an event that the record refuses for good", () => {
  it("RM67: is set aside by name after three refusals, and all that follows is delivered in order", async () => {
    const { scene, store, kept, refused } = withStrictRecord();
    store.judge = (event) => (isQuestion("poison")(event) ? violation : null);
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    await tell(room, socket, send("poison"));
    await tell(room, socket, send("three"));
    await passTime(scene);
    const poison = socket.events.find(isQuestion("poison"))?.seq ?? 0;
    const others = seqsOf(lasting(socket.events)).filter((seq) => seq !== poison);
    expect(kept()).toEqual(others);
    const order = store.deliveries.flatMap(({ events }) => seqsOf(events));
    expect(order).toEqual(others);
    const alone = store.asked.filter((seqs) => seqs.length === 1 && seqs[0] === poison);
    // Once more when it was a delivery of its own from the start.
    expect([REFUSALS_MAX, REFUSALS_MAX + 1]).toContain(alone.length);
    expect(refused()).toEqual([`refused:${String(poison).padStart(12, "0")}`]);
    expect(await scene.storage.get(refused()[0] ?? "")).toEqual({
      seq: poison,
      type: "message-added",
      code: "23503",
      rule: "messages_author_fk",
      at: expect.any(Number),
    });
    expect(scene.logged.filter((line) => line === "error outbox-refused")).toHaveLength(1);
    expect(scene.logged).not.toContain("warn outbox-delayed");
    expect((await wake(scene, room)).body).toMatchObject({ refused: 1 });
  });

  it("RM67: an outage is none, however long: nothing is set aside", async () => {
    const { scene, store, kept, refused } = withStrictRecord();
    store.judge = () => {
      throw new Error("Postgres is away");
    };
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    await passTime(scene);
    expect(kept()).toEqual([]);
    store.judge = () => null;
    await passTime(scene);
    expect(kept()).toEqual(seqsOf(lasting(socket.events)));
    expect(refused()).toEqual([]);
  });

  it("RM67: a refusal that passes is no end: the event is delivered in its place", async () => {
    const { scene, store, kept, refused } = withStrictRecord();
    let refusals = 0;
    store.judge = (event) =>
      isQuestion("odd")(event) && refusals++ < REFUSALS_MAX - 1 ? violation : null;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("odd"));
    await passTime(scene);
    expect(kept()).toEqual(seqsOf(lasting(socket.events)));
    expect(refused()).toEqual([]);
  });

  it("RM67: is offered again when the room opens anew, and with it all that may have depended on it", async () => {
    const { scene, store, kept, refused } = withStrictRecord();
    store.judge = (event) =>
      isQuestion("poison")(event) || event.event.type === "run-started" ? violation : null;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("poison"));
    await passTime(scene);
    expect(refused()).toHaveLength(2);
    // Still refused: nothing changes, and it is said again.
    await scene.openRoom();
    await passTime(scene);
    expect(refused()).toHaveLength(2);
    expect(scene.logged).toContain("warn outbox-refused-still");
    // Repaired, with the record of then lost in part.
    store.judge = () => null;
    store.events.clear();
    await scene.openRoom();
    await passTime(scene);
    expect(refused()).toEqual([]);
    expect(kept()).toEqual(seqsOf(lasting(socket.events)));
    expect(scene.logged).toContain("info outbox-repaired");
  });
});
