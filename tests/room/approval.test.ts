import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { CrewOutput } from "../../party/agents/core/crew";
import type { ApprovalRequest } from "../../party/protocol";
import { ATTEMPTS_MAX } from "../../party/room/run-slot";
import { HEARTBEAT_MS } from "../../party/room/storage-layout";
import { type HandSocket, Scene, send, settle, tell, typesOf } from "./scene";
import { type ScriptedRun, say, scriptedCrew } from "./scripted-crew";

const never = () => new Promise<never>(() => {});
const approval: ApprovalRequest = {
  id: "00000000-0000-4000-8000-0000000000ff",
  title: "Set a budget of 100 USD a month.",
  reason: "The spend doubled.",
  fields: [
    { kind: "number", name: "usd", label: "Budget", unit: "USD", value: 100, min: 1, max: 500 },
    {
      kind: "choice",
      name: "who",
      label: "Who is told",
      value: "owner",
      options: ["owner", "all"],
    },
    { kind: "text", name: "note", label: "Note", value: "", maxLength: 10 },
  ],
  roles: ["owner", "admin"],
};

/** Asks for approval when it starts; decided, it says what was decided. "plain" needs none. */
async function* asking({ request }: ScriptedRun): AsyncGenerator<CrewOutput> {
  const { runId, message, checkpoint, approval: given } = request;
  if (checkpoint === null) {
    yield say({ type: "run-started", runId, messageId: message.id, model: null });
    yield { kind: "checkpoint", state: "about to ask" };
  }
  if (message.text !== "plain" && !given) {
    yield { kind: "approval", approval, state: { asked: "ü".repeat(70_000) } };
    throw new Error("a run that was put aside was asked for more");
  }
  const text = given
    ? `${given.decision} ${JSON.stringify(given.values)} by ${given.by.name}`
    : "-";
  yield say({ type: "text-delta", runId, stepId: crypto.randomUUID(), text: [text] });
  yield say({ type: "run-finished", runId, state: "completed", reason: null });
}

async function waitingScene() {
  const scene = new Scene();
  const crew = scriptedCrew((run) => asking(run));
  scene.runCrew = crew.runCrew;
  const disk = new MemoryRoomStorage();
  scene.storage = disk;
  const room = await scene.openRoom();
  const ownerId = crypto.randomUUID();
  const owner = await scene.join(room, 0, { role: "owner", user: ownerId });
  await tell(room, owner, send("hello"));
  const asked = owner.events.find(({ event }) => event.type === "approval-requested")?.event;
  const runId = asked?.type === "approval-requested" ? asked.runId : "";
  const give = (decision: string, more: object = {}) => ({
    type: "approval.give",
    id: crypto.randomUUID(),
    runId,
    approvalId: approval.id,
    decision,
    ...more,
  });
  return { scene, crew, room, owner, ownerId, disk, runId, give };
}
const last = (socket: HandSocket) => socket.messages.at(-1);
const said = (socket: HandSocket) =>
  socket.events.flatMap(({ event }) => (event.type === "text-delta" ? event.text : []));

describe("a run that needs an approval", () => {
  it("RM44: is put aside, and other messages get their runs meanwhile", async () => {
    const { room, owner, runId, disk } = await waitingScene();
    expect(typesOf(owner.events)).toEqual(["message-added", "run-started", "approval-requested"]);
    expect(disk.entries.has("run")).toBe(false);
    await tell(room, owner, send("plain"));
    expect(owner.events.at(-1)?.event).toMatchObject({ type: "run-finished", state: "completed" });
    expect(owner.events.filter(({ event }) => event.type === "run-finished")).not.toContainEqual(
      expect.objectContaining({ event: expect.objectContaining({ runId }) }),
    );
  });

  it("RM44: approved, it goes on from its checkpoint with the proposed values", async () => {
    const { crew, room, owner, ownerId, runId, give } = await waitingScene();
    const word = give("approve");
    await tell(room, owner, word);
    const values = { usd: 100, who: "owner", note: "" };
    const by = { id: ownerId, name: "Ada" };
    expect(owner.events[3]?.event).toEqual({
      type: "approval-given",
      id: word.id,
      runId,
      approvalId: approval.id,
      decision: "approve",
      values,
      by,
    });
    expect(owner.messages).toContainEqual({ type: "ack", id: word.id, seq: 4 });
    expect(crew.runs[1]?.request).toMatchObject({
      runId,
      checkpoint: { asked: "ü".repeat(70_000) },
      approval: { approvalId: approval.id, decision: "approve", values, by },
    });
    expect(owner.events.at(-1)?.event).toMatchObject({ type: "run-finished", state: "completed" });
    expect(typesOf(owner.events).filter((type) => type === "run-started")).toHaveLength(1);
  });

  it("RM44: days later, over crashes, without an alarm or an attempt of its own", async () => {
    const { scene, crew, owner, give, disk } = await waitingScene();
    const alarms = disk.alarms.length;
    for (let life = 0; life < 2 * ATTEMPTS_MAX; life++) {
      scene.clock.pass(24 * 3_600_000);
      await scene.openRoom();
      await settle();
    }
    expect(crew.runs).toHaveLength(1);
    expect(disk.alarms.length).toBe(alarms);
    const room = await scene.openRoom();
    const back = await scene.join(room, owner.events.length, { role: "admin" });
    await tell(room, back, give("reject"));
    expect(typesOf(back.events)).toEqual(["approval-given", "text-delta", "run-finished"]);
    expect(said(back)).toEqual(['reject {"usd":100,"who":"owner","note":""} by Ada']);
  });

  it("RM44: edited, it goes on with the changed values; a wrong one is refused by its field", async () => {
    const { room, owner, give } = await waitingScene();
    for (const [values, text] of [
      [{ usd: 501 }, "Budget must be at most 500."],
      [{ usd: "9" }, "Budget must be a number."],
      [{ who: "nobody" }, "Who is told must be one of: owner, all."],
      [{ note: "far too long" }, "Note may have 10 characters."],
      [{ other: 1 }, "other is not asked about."],
      [{ toString: 1 }, "toString is not asked about."],
    ] as const) {
      await tell(room, owner, give("edit", { values }));
      expect(last(owner)).toMatchObject({ type: "refusal", code: "invalid-values", text });
    }
    await tell(room, owner, give("approve", { values: { usd: 7 } }));
    expect(last(owner)).toMatchObject({ code: "invalid-values" });
    await tell(room, owner, give("edit", { values: { usd: 7, note: "low" } }));
    expect(said(owner)).toEqual(['edit {"usd":7,"who":"owner","note":"low"} by Ada']);
  });

  it("RM44: only those whose word counts decide; a member and a viewer are told who", async () => {
    const { scene, room, owner, give } = await waitingScene();
    const member = await scene.join(room, 0, { role: "member" });
    await tell(room, member, give("approve"));
    expect(last(member)).toMatchObject({
      type: "refusal",
      code: "not-allowed",
      text: "Only these roles may decide: owner, admin.",
    });
    const viewer = await scene.join(room, 0, { role: "viewer" });
    await tell(room, viewer, give("approve"));
    expect(last(viewer)).toMatchObject({ code: "not-allowed" });
    expect(typesOf(owner.events)).not.toContain("approval-given");
  });

  it("RM44: the first valid word counts, the second is told who decided; the same word twice is one", async () => {
    const { scene, room, owner, give } = await waitingScene();
    const admin = await scene.join(room, 0, { role: "admin" });
    const word = give("reject");
    await tell(room, owner, word);
    await tell(room, owner, word);
    const acks = owner.messages.filter((frame) => frame.type === "ack" && frame.id === word.id);
    expect(acks).toHaveLength(2);
    expect(acks[0]).toEqual(acks[1]);
    await tell(room, admin, give("approve"));
    expect(last(admin)).toMatchObject({
      type: "refusal",
      code: "already-decided",
      text: "Ada already rejected this.",
      retry: false,
    });
    expect(typesOf(owner.events).filter((type) => type === "approval-given")).toHaveLength(1);
  });

  it("RM44: an approval of another run, or of none, is refused", async () => {
    const { room, owner, give } = await waitingScene();
    for (const other of [{ runId: crypto.randomUUID() }, { approvalId: crypto.randomUUID() }]) {
      await tell(room, owner, { ...give("approve"), ...other });
      expect(last(owner)).toMatchObject({ type: "refusal", code: "no-such-approval" });
    }
  });

  it("RM6, RM44: a waiting run can be stopped, and then retried; its approval is asked for no more", async () => {
    const { room, owner, runId, give, disk } = await waitingScene();
    await tell(room, owner, { type: "run.cancel", runId });
    expect(owner.events.at(-1)?.event).toMatchObject({ type: "run-finished", state: "cancelled" });
    expect([...disk.entries.keys()].filter((key) => /^(parked|held|approval):/.test(key))).toEqual(
      [],
    );
    await tell(room, owner, give("approve"));
    expect(last(owner)).toMatchObject({ code: "no-such-approval" });
    await tell(room, owner, { type: "run.cancel", runId });
    expect(last(owner)).toMatchObject({ code: "no-such-run" });
    await tell(room, owner, { type: "run.retry", id: crypto.randomUUID(), runId });
    expect(typesOf(owner.events).slice(-3)).toEqual([
      "run-retried",
      "run-started",
      "approval-requested",
    ]);
  });

  it("RM16, RM44: stopped while it waits, an alarm brings the news to the record over a crash", async () => {
    const { scene, room, owner, runId, disk } = await waitingScene();
    scene.clock.pass(24 * 3_600_000);
    const alarms = disk.alarms.length;
    const { write } = disk;
    // The process dies with this write.
    disk.write = async (change) => {
      await write.call(disk, change);
      await never();
    };
    void room.receive(owner.id, JSON.stringify({ type: "run.cancel", runId }));
    await settle();
    expect(disk.alarms.slice(alarms)).toEqual([scene.clock.now() + HEARTBEAT_MS]);
  });

  it("RM5, RM44: decided while another run is on, it waits its turn; stopped there, it is over", async () => {
    const { scene, crew, room, owner, runId, give } = await waitingScene();
    let letGo = () => {};
    scene.runCrew = async function* (request, signal) {
      if (request.message.text === "plain") await new Promise<void>((go) => (letGo = go));
      yield* crew.runCrew(request, signal);
    };
    await tell(room, owner, send("plain"));
    await tell(room, owner, give("approve"));
    expect(crew.runs).toHaveLength(1);
    await tell(room, owner, { type: "run.cancel", runId });
    letGo();
    await settle();
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual(["hello", "plain"]);
    const ends = owner.events.flatMap(({ event }) =>
      event.type === "run-finished" ? [event.state] : [],
    );
    expect(ends).toEqual(["cancelled", "completed"]);
  });

  it("RM7, RM44: a process that dies after the decision goes on with it", async () => {
    const { scene, crew, room, owner, give } = await waitingScene();
    scene.runCrew = async function* (request, signal) {
      yield* [];
      void crew.runCrew(request, signal);
      await never();
    };
    await tell(room, owner, give("edit", { values: { usd: 8 } }));
    scene.runCrew = crew.runCrew;
    const next = await scene.openRoom();
    await settle();
    const late = await scene.join(next);
    expect(crew.runs.at(-1)?.request.approval).toMatchObject({
      decision: "edit",
      values: { usd: 8 },
    });
    expect(typesOf(late.events).slice(-4)).toEqual([
      "approval-given",
      "run-resumed",
      "text-delta",
      "run-finished",
    ]);
  });
});

describe("death of the process around an approval", () => {
  const places = Array.from({ length: 8 }, (_, index) => index + 1);
  it.each(places)(
    "RM44: killed after write %i, it is asked once and decided once",
    async (writes) => {
      const scene = new Scene();
      const disk = new MemoryRoomStorage();
      const crew = scriptedCrew((run) => asking(run));
      scene.runCrew = crew.runCrew;
      let left = Number.POSITIVE_INFINITY;
      scene.storage = {
        get: (key) => (left > 0 ? disk.get(key) : never()),
        list: (range) => (left > 0 ? disk.list(range) : never()),
        setAlarm: async () => {},
        write: async (change) => {
          if (left === 0) return never();
          await disk.write(change);
          left -= 1;
          if (left === 0) return never();
        },
      };
      const doomed = await scene.openRoom();
      const witness = await scene.join(doomed, 0, { role: "owner" });
      left = writes;
      const message = send("hello");
      void doomed.receive(witness.id, JSON.stringify(message));
      await settle();
      scene.storage = disk;
      const room = await scene.openRoom();
      const socket = await scene.join(room, 0, { role: "owner" });
      await tell(room, socket, message);
      await settle();
      const asked = socket.events.flatMap(({ event }) =>
        event.type === "approval-requested" ? [event] : [],
      );
      expect(asked).toHaveLength(1);
      await tell(room, socket, {
        type: "approval.give",
        id: crypto.randomUUID(),
        runId: asked[0]?.runId,
        approvalId: approval.id,
        decision: "approve",
      });
      const types = typesOf(socket.events);
      expect(types.filter((type) => type === "run-started")).toHaveLength(1);
      expect(types.filter((type) => type === "approval-given")).toHaveLength(1);
      expect(types.at(-1)).toBe("run-finished");
    },
  );
});
