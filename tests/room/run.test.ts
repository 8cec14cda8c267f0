import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { CrewOutput } from "../../party/agents/core/crew";
import type { RoomStorage } from "../../party/ports/room";
import type { Message } from "../../party/protocol";
import { STOP_GRACE_MS } from "../../party/room/run";
import { ATTEMPTS_MAX } from "../../party/room/run-slot";
import { stopKey } from "../../party/room/storage-layout";
import { type HandSocket, lasting, Scene, send, seqsOf, settle, tell, typesOf } from "./scene";
import { type ScriptedRun, say, scriptedCrew, stepsFrom } from "./scripted-crew";

const never = () => new Promise<never>(() => {});

/** Starts a run, says something, and then works until the signal aborts. */
async function* workUntilStopped({ request, signal }: ScriptedRun): AsyncGenerator<CrewOutput> {
  const { runId, message } = request;
  const stepId = crypto.randomUUID();
  yield say({ type: "run-started", runId, messageId: message.id, model: null });
  yield say({ type: "text-delta", runId, stepId, text: ["So far "] });
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  yield say({ type: "run-finished", runId, state: "cancelled", reason: "Stopped." });
}

const runIdIn = (socket: HandSocket) => {
  const started = socket.events.find(({ event }) => event.type === "run-started")?.event;
  return started?.type === "run-started" ? started.runId : "";
};
const lastEvent = (socket: HandSocket) => socket.events.at(-1)?.event;

describe("stopping", () => {
  it("RM6: stop reaches the crew at once, from any client, and the thread stays usable", async () => {
    const scene = new Scene();
    const crew = scriptedCrew((run) => workUntilStopped(run));
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const [asker, other] = [await scene.join(room), await scene.join(room)];
    await tell(room, asker, send("hello"));
    await tell(room, other, { type: "run.cancel", runId: runIdIn(asker) });
    expect(crew.runs[0]?.signal.aborted).toBe(true);
    expect(lastEvent(asker)).toMatchObject({ type: "run-finished", state: "cancelled" });
    expect(other.events).toEqual(asker.events);
    scene.runCrew = scriptedCrew((run) => stepsFrom(run.request)).runCrew;
    await tell(room, asker, send("again"));
    expect(lastEvent(asker)).toMatchObject({ type: "run-finished", state: "completed" });
  });

  it("RM6: a crew that does not stop is left alone after its grace", async () => {
    const scene = new Scene();
    scene.runCrew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await never();
    }).runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    await tell(room, socket, { type: "run.cancel", runId: runIdIn(socket) });
    expect(lastEvent(socket)).toMatchObject({ type: "run-started" });
    await scene.clock.advance(STOP_GRACE_MS);
    expect(lastEvent(socket)).toMatchObject({ type: "run-finished", state: "cancelled" });
  });

  it("RM6: a stopped run stays stopped when the process dies before the crew said its last words", async () => {
    const scene = new Scene();
    const crew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await never();
    });
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    await tell(room, socket, { type: "run.cancel", runId: runIdIn(socket) });
    const next = await scene.openRoom();
    await settle();
    const late = await scene.join(next);
    expect(typesOf(late.events)).toEqual(["message-added", "run-started", "run-finished"]);
    expect(lastEvent(late)).toMatchObject({ state: "cancelled" });
    expect(crew.runs).toHaveLength(1);
  });

  it("RM6: a run that said its last words is not taken up again, although storage did not take the order", async () => {
    const scene = new Scene();
    const storage = new MemoryRoomStorage();
    const write = storage.write.bind(storage);
    let orders = 0;
    storage.write = async (change) => {
      if (stopKey in (change.put ?? {}) && ++orders === 1) throw new Error("disk says no");
      await write(change);
    };
    scene.storage = storage;
    const crew = scriptedCrew(async function* ({ request, signal }) {
      const { runId } = request;
      yield say({ type: "run-started", runId, messageId: request.message.id, model: null });
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      const message: Message = {
        id: crypto.randomUUID(),
        role: "assistant",
        author: null,
        runId,
        text: ["So far"],
        writer: "rules",
        ending: "stopped",
        at: "2026-01-05T10:00:00.000Z",
      };
      yield say({ type: "message-added", message });
      await never();
    });
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    const stopped = tell(room, socket, { type: "run.cancel", runId: runIdIn(socket) });
    await expect(stopped).rejects.toThrow("Room storage did not take the write");
    await settle();
    expect(lastEvent(socket)).toMatchObject({ message: { ending: "stopped" } });
    const late = await scene.join(await scene.openRoom());
    expect(lastEvent(late)).toMatchObject({ type: "run-finished", state: "cancelled" });
    expect(crew.runs).toHaveLength(1);
    expect(await storage.get(stopKey)).toBeUndefined();
  });

  it("RM6: stopping a run that is not running is refused", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, { type: "run.cancel", runId: crypto.randomUUID() });
    expect(socket.messages.at(-1)).toMatchObject({ type: "refusal", code: "no-such-run" });
  });

  it("RM19: a run goes on with nobody watching", async () => {
    const scene = new Scene();
    let letGo = () => {};
    scene.runCrew = scriptedCrew(async function* ({ request }) {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      yield* stepsFrom(request);
    }).runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    room.disconnect(socket.id);
    letGo();
    await settle();
    const late = await scene.join(room);
    expect(lastEvent(late)).toMatchObject({ type: "run-finished", state: "completed" });
    expect(socket.events.length).toBe(1);
  });
});

describe("a crew that breaks", () => {
  it.each([
    ["throws", () => Promise.reject(new Error("secret detail"))],
    ["just ends", () => Promise.resolve()],
  ])("RM9: the run ends as failed, with a reason for people, when it %s", async (_, break_) => {
    const scene = new Scene();
    scene.runCrew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await break_();
    }).runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    expect(lastEvent(socket)).toEqual({
      type: "run-finished",
      runId: runIdIn(socket),
      state: "failed",
      reason: "The analysis ended unexpectedly. What was found so far is kept; Retry starts anew.",
    });
  });
});

/** Storage of a process that dies: after `writes` more writes, nothing comes back any more. */
class DyingStorage implements RoomStorage {
  writes = Number.POSITIVE_INFINITY;
  constructor(private readonly inner: MemoryRoomStorage) {}
  get = (key: string) => (this.writes > 0 ? this.inner.get(key) : never());
  list: RoomStorage["list"] = (range) => (this.writes > 0 ? this.inner.list(range) : never());
  setAlarm = async () => {};
  async write(change: Parameters<RoomStorage["write"]>[0]): Promise<void> {
    if (this.writes === 0) return never();
    await this.inner.write(change);
    this.writes -= 1;
    // The write is on disk, but the process died before it heard so.
    if (this.writes === 0) return never();
  }
}

describe("death of the process", () => {
  /** Every write of a whole run is a place to die after. */
  const places = Array.from({ length: 18 }, (_, index) => index + 1);

  it.each(places)(
    "RM7: killed after write %i, the run goes on by itself and ends once",
    async (writes) => {
      const scene = new Scene();
      const disk = new MemoryRoomStorage();
      const crew = scriptedCrew((run) => stepsFrom(run.request));
      scene.runCrew = crew.runCrew;
      const dying = new DyingStorage(disk);
      scene.storage = dying;
      const message = send("hello");
      const doomed = await scene.openRoom();
      const witness = await scene.join(doomed);
      dying.writes = writes;
      void doomed.receive(witness.id, JSON.stringify(message));
      await settle();
      const shown = witness.events;

      scene.storage = disk;
      const room = await scene.openRoom();
      const socket = await scene.join(room);
      await tell(room, socket, message);
      await settle();

      // Nothing that was shown was lost or changed, and no number is missing or twice.
      const kept = lasting(shown);
      expect(lasting(socket.events).slice(0, kept.length)).toEqual(kept);
      const seqs = seqsOf(socket.events);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      const types = typesOf(socket.events);
      const count = (type: string) => types.filter((other) => other === type).length;
      expect(count("run-started")).toBe(1);
      expect(count("run-finished")).toBe(1);
      expect(types.at(-1)).toBe("run-finished");
      expect(count("message-added")).toBe(2);
      expect(lastEvent(socket)).toMatchObject({ state: "completed" });
      // RM23: a finished step never ran again.
      const finished = socket.events.flatMap(({ event }) =>
        event.type === "step-finished" ? [event.stepId] : [],
      );
      expect(new Set(finished).size).toBe(finished.length);
      expect(finished).toHaveLength(2);
      // RM20: no evidence label was given twice.
      const labels = socket.events.flatMap(({ event }) =>
        event.type === "evidence-recorded" ? [event.evidence.label] : [],
      );
      expect(new Set(labels).size).toBe(labels.length);
    },
  );

  it("RM8: after five resumptions the run fails by name", async () => {
    const scene = new Scene();
    const crew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await never();
    });
    scene.runCrew = crew.runCrew;
    await tell(await scene.openRoom(), await scene.join(await scene.openRoom()), send("unheard"));
    const room = await scene.openRoom();
    await tell(room, await scene.join(room), send("hello"));
    for (let life = 0; life < ATTEMPTS_MAX; life++) {
      await scene.openRoom();
      await settle();
    }
    const last = await scene.openRoom();
    await settle();
    const socket = await scene.join(last);
    expect(crew.runs).toHaveLength(1 + ATTEMPTS_MAX);
    expect(
      socket.events.flatMap(({ event }) => (event.type === "run-resumed" ? [event.attempt] : [])),
    ).toEqual([1, 2, 3, 4, 5]);
    expect(lastEvent(socket)).toMatchObject({
      type: "run-finished",
      state: "failed",
      reason: "The analysis was interrupted 6 times and was given up. Retry starts it anew.",
    });
  });

  it("RM7: hands the crew its last checkpoint, also one larger than a storage value", async () => {
    const scene = new Scene();
    const big = { text: "ü".repeat(200_000), step: 1 };
    const crew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      yield { kind: "checkpoint", state: big };
      await never();
    });
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    await tell(room, await scene.join(room), send("hello"));
    await scene.openRoom();
    await settle();
    expect(crew.runs.map(({ request }) => request.checkpoint)).toEqual([null, big]);
  });

  it("RM7: a room whose storage failed in a run takes the run up at its next alarm", async () => {
    const scene = new Scene();
    const inner = new MemoryRoomStorage();
    let failing = false;
    scene.storage = {
      get: (key) => inner.get(key),
      list: (range) => inner.list(range),
      setAlarm: (at) => inner.setAlarm(at),
      write: (change) => (failing ? Promise.reject(new Error("disk full")) : inner.write(change)),
    };
    const crew = scriptedCrew(function* ({ request }) {
      for (const output of stepsFrom(request)) {
        if (crew.runs.length === 1 && output.kind === "event") {
          failing = output.event.type === "evidence-recorded";
        }
        yield output;
      }
    });
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    expect(typesOf(socket.events)).toEqual(["message-added", "run-started", "step-started"]);
    expect(inner.alarms.length).toBeGreaterThan(1);
    failing = false;
    await room.alarm();
    await settle();
    expect(typesOf(socket.events).slice(3, 5)).toEqual(["run-resumed", "step-started"]);
    expect(lastEvent(socket)).toMatchObject({ type: "run-finished", state: "completed" });
  });
});
