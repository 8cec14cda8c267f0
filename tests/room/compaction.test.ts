import { describe, expect, it } from "vitest";
import { emptyThreadView, foldEvents, foldSnapshot } from "../../app/chat/thread-state";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import { systemClock } from "../../party/ports/clock";
import type { ThreadEvent } from "../../party/protocol";
import { EventLog } from "../../party/room/event-log";
import { replayFrames } from "../../party/room/frames";
import { NewerStorageError } from "../../party/room/migrate-storage";
import { STOP_GRACE_MS } from "../../party/room/run";
import { type HandSocket, Scene, send, seqsOf, settle, tell, typesOf } from "./scene";
import { say, scriptedCrew, stepsFrom } from "./scripted-crew";

const never = () => new Promise<never>(() => {});

function viewOf(socket: HandSocket) {
  let view = emptyThreadView;
  for (const message of socket.messages) {
    if (message.type === "events") view = foldEvents(view, message.events).view;
    if (message.type === "snapshot") view = foldSnapshot(view, message);
  }
  return view;
}

describe("compaction", () => {
  it("RM25: after a run its pieces of text are gone, and a late client sees the same thread", async () => {
    const scene = new Scene();
    scene.runCrew = scriptedCrew((run) => stepsFrom(run.request)).runCrew;
    const room = await scene.openRoom();
    const watcher = await scene.join(room);
    await tell(room, watcher, send("hello"));
    await settle();
    const late = await scene.join(room, 0);
    expect(late.messages.map(({ type }) => type)).toEqual(["welcome", "snapshot"]);
    const kept = watcher.events.filter(({ event }) => event.type !== "text-delta");
    expect(late.messages[1]).toEqual({ type: "snapshot", seq: 14, events: kept });
    expect(viewOf(late)).toEqual(viewOf(watcher));
    // Then the tail, as it is written.
    await tell(room, watcher, send("again"));
    expect(late.messages[2]).toMatchObject({ type: "events", events: [{ seq: 15 }] });
    expect(viewOf(late)).toEqual(viewOf(watcher));
  });

  it("RM25: a client that left in the middle of a text gets what is left after its number", async () => {
    const scene = new Scene();
    scene.runCrew = scriptedCrew((run) => stepsFrom(run.request)).runCrew;
    const room = await scene.openRoom();
    const watcher = await scene.join(room);
    await tell(room, watcher, send("hello"));
    await settle();
    for (let lastSeq = 1; lastSeq < 14; lastSeq++) {
      const before = foldEvents(emptyThreadView, watcher.events.slice(0, lastSeq)).view;
      const back = await scene.join(room, lastSeq);
      let view = before;
      for (const message of back.messages) {
        if (message.type === "events") view = foldEvents(view, message.events).view;
        if (message.type === "snapshot") view = foldSnapshot(view, message);
      }
      expect(view).toEqual(viewOf(watcher));
    }
  });

  it("RM25: a process that dies in a compaction loses nothing, and the next one ends it", async () => {
    const scene = new Scene();
    const disk = new MemoryRoomStorage();
    let dead = false;
    scene.storage = {
      get: (key) => (dead ? never() : disk.get(key)),
      list: (range) => (dead ? never() : disk.list(range)),
      setAlarm: (at) => disk.setAlarm(at),
      write: async (change) => {
        const compacting = change.remove?.some((key) => key.startsWith("ev:"));
        if (dead || compacting) dead = true;
        if (dead) return never();
        await disk.write(change);
      },
    };
    scene.runCrew = scriptedCrew((run) => stepsFrom(run.request)).runCrew;
    const room = await scene.openRoom();
    const watcher = await scene.join(room);
    await tell(room, watcher, send("hello"));
    await settle();
    expect(dead).toBe(true);
    scene.storage = disk;
    const next = await scene.openRoom();
    await settle();
    const late = await scene.join(next, 0);
    expect(late.messages[1]?.type).toBe("snapshot");
    expect(viewOf(late)).toEqual(viewOf(watcher));
  });

  it("RM26: what a run had said when the room ended it is kept as a stopped message", async () => {
    const scene = new Scene();
    scene.runCrew = scriptedCrew(async function* ({ request: { runId, message } }) {
      const stepId = crypto.randomUUID();
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      yield say({ type: "text-delta", runId, stepId, text: ["So "] });
      yield say({ type: "text-delta", runId, stepId, text: ["far"] });
      await never();
    }).runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    const runId = viewOf(socket).runs[0]?.id ?? "";
    await tell(room, socket, { type: "run.cancel", runId });
    await scene.clock.advance(STOP_GRACE_MS);
    await settle();
    expect(viewOf(socket).messages.at(-1)).toMatchObject({
      ending: "stopped",
      text: ["So far"],
      runId,
    });
    const late = await scene.join(room);
    expect(typesOf(late.messages[1]?.type === "snapshot" ? late.messages[1].events : [])).toEqual([
      "message-added",
      "run-started",
      "message-added",
      "run-finished",
    ]);
  });

  it("RM18, RM25: a thread of 10,000 messages stays in the limits and is replayed from one number or all", async () => {
    const storage = new MemoryRoomStorage();
    const log = await EventLog.open(storage, systemClock);
    for (let run = 0; run < 5_000; run++) {
      await log.append(exchange(run));
      if (run % 500 === 499) await log.compact();
    }
    expect(log.seq).toBe(5_000 * 14);
    for (const [key, value] of storage.entries) {
      if (key.startsWith("ev:")) expect((value as Uint8Array).length).toBeLessThan(128 * 1024);
    }
    let after = 0;
    let messages = 0;
    while (after < log.seq) {
      const events = await log.readAfter(after);
      for (const frame of replayFrames(events, after)) {
        expect(Buffer.byteLength(frame)).toBeLessThan(1024 * 1024);
        expect(JSON.parse(frame).type).toBe("snapshot");
      }
      messages += events.filter(({ event }) => event.type === "message-added").length;
      after = events.at(-1)?.seq ?? log.seq;
    }
    expect(messages).toBe(10_000);
    expect(seqsOf(await log.readAfter(log.seq - 2))).toEqual([log.seq - 1, log.seq]);
  }, 120_000);
});

/** A question, ten pieces of text, the answer, the end: 14 events. */
function exchange(run: number): ThreadEvent[] {
  const runId = crypto.randomUUID();
  const stepId = crypto.randomUUID();
  const id = crypto.randomUUID();
  const at = "2026-01-05T10:00:00.000Z";
  const common = { author: null, writer: null, ending: "complete" as const, at };
  const piece: ThreadEvent = { type: "text-delta", runId, stepId, text: [`part of ${run} `] };
  return [
    {
      type: "message-added",
      message: { ...common, id, role: "user", runId: null, text: [`question ${run}`] },
    },
    { type: "run-started", runId, messageId: id, model: null },
    ...Array.from({ length: 10 }, () => piece),
    {
      type: "message-added",
      message: {
        ...common,
        id: crypto.randomUUID(),
        role: "assistant",
        runId,
        text: [`part of ${run} `.repeat(10)],
      },
    },
    { type: "run-finished", runId, state: "completed", reason: null },
  ];
}

describe("storage of other versions", () => {
  /** Schema 1 had no compaction; this is the disk of a room that died in the middle of a run. */
  async function oldDisk(): Promise<{ scene: Scene; disk: MemoryRoomStorage; shown: HandSocket }> {
    const scene = new Scene();
    const disk = new MemoryRoomStorage();
    scene.storage = disk;
    scene.runCrew = scriptedCrew(async function* ({ request }) {
      for (const output of stepsFrom(request)) {
        yield output;
        if (output.kind === "checkpoint" && output.state === 1) await never();
      }
    }).runCrew;
    const room = await scene.openRoom();
    const shown = await scene.join(room);
    await tell(room, shown, send("hello"));
    const { seq, nextEvidence } = disk.entries.get("meta") as Record<string, number>;
    disk.entries.set("meta", { schema: 1, seq, nextEvidence });
    return { scene, disk, shown };
  }

  it("RM27: schema 1 is brought up, and its run in flight goes on from its checkpoint", async () => {
    const { scene, disk, shown } = await oldDisk();
    const crew = scriptedCrew((run) => stepsFrom(run.request));
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room, shown.events.length);
    await settle();
    expect(crew.runs.map(({ request }) => request.checkpoint)).toEqual([1]);
    expect(seqsOf(socket.events)[0]).toBe(shown.events.length + 1);
    expect(typesOf(socket.events)).toContain("run-resumed");
    expect(socket.events.at(-1)?.event).toMatchObject({ type: "run-finished", state: "completed" });
    const seq = socket.events.at(-1)?.seq;
    expect(disk.entries.get("meta")).toMatchObject({ schema: 4, seq, compacted: seq });
  });

  it("RM27: storage of a newer schema is not touched", async () => {
    const { scene, disk } = await oldDisk();
    const future = { ...(disk.entries.get("meta") as object), schema: 99 };
    disk.entries.set("meta", future);
    await expect(scene.openRoom()).rejects.toThrow(NewerStorageError);
    expect(disk.entries.get("meta")).toEqual(future);
  });
});
