import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import { MESSAGE_MAX_CHARACTERS, PROTOCOL_VERSION } from "../../party/protocol";
import { WAITING_MAX } from "../../party/room/waiting-line";
import { lasting, Scene, send, seqsOf, settle, TroubledStorage, tell, typesOf } from "./scene";
import { say, scriptedCrew, stepsFrom } from "./scripted-crew";

const RUN_TYPES = [
  "message-added",
  "run-started",
  "step-started",
  "evidence-recorded",
  "text-delta",
  "text-delta",
  "step-finished",
  "step-started",
  "evidence-recorded",
  "text-delta",
  "text-delta",
  "step-finished",
  "message-added",
  "run-finished",
];

function answering(scene: Scene) {
  const crew = scriptedCrew((run) => stepsFrom(run.request));
  scene.runCrew = crew.runCrew;
  return crew;
}

describe("one order, written before shown", () => {
  it("RM1: numbers events from 1 without gaps, the same for every client", async () => {
    const scene = new Scene();
    answering(scene);
    const room = await scene.openRoom();
    const [first, second] = [await scene.join(room), await scene.join(room)];
    await tell(room, first, send("Where does our money go?"));
    expect(typesOf(first.events)).toEqual(RUN_TYPES);
    expect(seqsOf(first.events)).toEqual(RUN_TYPES.map((_, index) => index + 1));
    expect(second.events).toEqual(first.events);
  });

  it("RM2: shows an event only after its write has come back", async () => {
    const scene = new Scene();
    const storage = new TroubledStorage();
    scene.storage = storage;
    answering(scene);
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    storage.mood = "hang";
    const told = room.receive(socket.id, JSON.stringify(send("hello")));
    await settle();
    expect(socket.events).toEqual([]);
    expect(socket.messages.map(({ type }) => type)).toEqual(["welcome"]);
    await storage.release();
    await told;
    await settle();
    expect(typesOf(socket.events)).toEqual(RUN_TYPES);
  });

  it("RM2: a write that fails shows nothing, says so, and uses up no number", async () => {
    const scene = new Scene();
    const storage = new TroubledStorage();
    scene.storage = storage;
    answering(scene);
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    storage.mood = "fail";
    const message = send("hello");
    await tell(room, socket, message);
    expect(socket.events).toEqual([]);
    expect(socket.take().at(-1)).toMatchObject({ code: "internal", retry: true, id: message.id });
    storage.mood = "fine";
    await tell(room, socket, message);
    expect(seqsOf(socket.events)).toEqual(RUN_TYPES.map((_, index) => index + 1));
  });
});

describe("messages", () => {
  it("RM4: the same id twice is one message and one run, acknowledged with the same number", async () => {
    const scene = new Scene();
    const crew = answering(scene);
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    const message = send("hello");
    await Promise.all([tell(room, socket, message), tell(room, socket, message)]);
    await tell(await scene.openRoom(), socket, message);
    await tell(room, socket, message);
    const acks = socket.messages.filter(({ type }) => type === "ack");
    expect(acks).toEqual(Array(3).fill({ type: "ack", id: message.id, seq: 1 }));
    expect(crew.runs).toHaveLength(1);
    expect(typesOf(socket.events)).toEqual(RUN_TYPES);
  });

  it("RM5: a second message during a run waits for its own run", async () => {
    const scene = new Scene();
    let letGo = () => {};
    const crew = scriptedCrew(async function* ({ request }) {
      const { runId, message } = request;
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    });
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("first"));
    await tell(room, socket, send("second"));
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual(["first"]);
    letGo();
    await settle();
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual(["first", "second"]);
    letGo();
    await settle();
    expect(typesOf(socket.events)).toEqual([
      "message-added",
      "run-started",
      "message-added",
      "run-finished",
      "run-started",
      "run-finished",
    ]);
  });

  it("RM5: refuses a message when too many wait already, and loses none that it took", async () => {
    const scene = new Scene();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const crew = scriptedCrew(async function* ({ request: { runId } }) {
      await held;
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    });
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    for (let n = 0; n <= WAITING_MAX; n++) await tell(room, socket, send(`${n}`));
    await tell(room, socket, send("one too many"));
    expect(socket.messages.at(-1)).toMatchObject({ type: "refusal", code: "busy", retry: true });
    letGo();
    await settle();
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual(
      Array.from({ length: WAITING_MAX + 1 }, (_, n) => `${n}`),
    );
  });

  it("RM14: refuses a message that is too long or empty and takes one of exactly the limit", async () => {
    const scene = new Scene();
    const crew = answering(scene);
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    socket.take();
    await tell(room, socket, send("x".repeat(MESSAGE_MAX_CHARACTERS + 1)));
    await tell(room, socket, send(" \n "));
    expect(socket.take()).toMatchObject([
      { type: "refusal", code: "message-too-long", retry: false },
      { type: "refusal", code: "message-empty", retry: false },
    ]);
    expect(crew.runs).toHaveLength(0);
    await tell(room, socket, send("x".repeat(MESSAGE_MAX_CHARACTERS)));
    expect(crew.runs).toHaveLength(1);
  });

  it("RM20: evidence labels count on from run to run", async () => {
    const scene = new Scene();
    const crew = answering(scene);
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("first"));
    await tell(
      await scene.openRoom(),
      socket,
      send("not heard: this room does not know the socket"),
    );
    await tell(room, socket, send("second"));
    expect(crew.runs.map(({ request }) => request.nextEvidence)).toEqual([1, 3]);
  });
});

describe("hello", () => {
  it("RM3: replays exactly what is missing, from every place in the log", async () => {
    const scene = new Scene();
    // A run that has not ended: nothing of it is folded away.
    scene.runCrew = scriptedCrew(async function* ({ request }) {
      yield* [...stepsFrom(request)].slice(0, -1);
      await new Promise<never>(() => {});
    }).runCrew;
    const room = await scene.openRoom();
    const first = await scene.join(room);
    await tell(room, first, send("hello"));
    for (let lastSeq = 0; lastSeq < RUN_TYPES.length; lastSeq++) {
      const late = await scene.join(room, lastSeq);
      expect(late.messages[0]).toEqual({
        type: "welcome",
        v: PROTOCOL_VERSION,
        seq: 13,
        activeRunId: expect.any(String),
      });
      expect(late.events).toEqual(first.events.slice(lastSeq));
    }
  });

  it("RM3: an event stored while a client catches up reaches it once and in order", async () => {
    const scene = new Scene();
    const storage = new TroubledStorage();
    scene.storage = storage;
    answering(scene);
    const room = await scene.openRoom();
    const writer = await scene.join(room);
    await tell(room, writer, send("one"));
    // The late client's first read of the log is held while a second run is written.
    let letRead = () => {};
    const list = storage.list;
    let held = false;
    storage.list = async (range) => {
      const answer = await list(range);
      if (range.from.startsWith("ev:") && !held) {
        held = true;
        await new Promise<void>((resolve) => {
          letRead = resolve;
        });
      }
      return answer;
    };
    const late = await scene.join(room, null);
    const hello = room.receive(
      late.id,
      JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 2 }),
    );
    await settle();
    await tell(room, writer, send("two"));
    expect(late.events).toEqual([]);
    letRead();
    await hello;
    await settle();
    expect(lasting(late.events)).toEqual(lasting(writer.events.slice(2)));
  });

  it("RM3: a client ahead of the room gets everything from 1", async () => {
    const scene = new Scene();
    answering(scene);
    const room = await scene.openRoom();
    await tell(room, await scene.join(room), send("hello"));
    const lost = await scene.join(room, 99);
    expect(typesOf(lost.events)).toEqual(RUN_TYPES.filter((type) => type !== "text-delta"));
  });

  it("RM18: replays thousands of events and one of 300 KB in frames below 1 MiB, all values in limits", async () => {
    const scene = new Scene();
    const storage = new MemoryRoomStorage();
    scene.storage = storage;
    const stepId = crypto.randomUUID();
    const crew = scriptedCrew(function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      for (let n = 0; n < 2_000; n++) {
        yield say({
          type: "tool-failed",
          ...{ runId, stepId, toolCallId: `${n}`, tool: "totals", title: "é".repeat(400) },
          error: "none",
          elapsedMs: 1,
        });
      }
      yield say({ type: "text-delta", runId, stepId, text: ["ö".repeat(150_000)] });
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    });
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const watcher = await scene.join(room);
    await tell(room, watcher, send("hello"));
    while (watcher.events.at(-1)?.event.type !== "run-finished") await settle();
    const late = await scene.join(room, 0);
    expect(late.events).toEqual(watcher.events);
    expect(seqsOf(late.events)).toEqual(Array.from({ length: 2_004 }, (_, index) => index + 1));
    for (const frame of late.frames) expect(Buffer.byteLength(frame)).toBeLessThan(1024 * 1024);
    expect(late.frames.length).toBeGreaterThan(2);
  });
});

describe("the record", () => {
  it("RM16: delivers every milestone though the store fails at first, and chat goes on meanwhile", async () => {
    const scene = new Scene();
    const crew = answering(scene);
    const delivered: number[][] = [];
    let failures = 3;
    scene.store = {
      applyEvents: async (_, events) => {
        delivered.push(seqsOf(events));
        if (failures-- > 0) throw new Error("Postgres is away");
      },
      listDatasets: async () => [],
      standing: (key, visitors) => new MemoryThreadStore().standing(key, visitors),
    };
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    expect(crew.runs).toHaveLength(1);
    expect(typesOf(socket.events).at(-1)).toBe("run-finished");
    for (let wait = 0; wait < 5; wait++) await scene.clock.advance(30_000);
    const textDeltas = [5, 6, 10, 11];
    const milestones = RUN_TYPES.map((_, index) => index + 1).filter(
      (seq) => !textDeltas.includes(seq),
    );
    expect(failures).toBe(-1 - (delivered.length - 4));
    expect(delivered.slice(3).flat()).toEqual(milestones);
    expect(scene.logged.filter((line) => line === "warn outbox-delayed")).toHaveLength(3);
  });

  it("RM16: a room opened after a crash delivers what the record lacks", async () => {
    const scene = new Scene();
    answering(scene);
    const delivered: number[][] = [];
    let away = true;
    scene.store = {
      applyEvents: async (_, events) => {
        if (away) throw new Error("Postgres is away");
        delivered.push(seqsOf(events));
      },
      listDatasets: async () => [],
      standing: (key, visitors) => new MemoryThreadStore().standing(key, visitors),
    };
    const room = await scene.openRoom();
    await tell(room, await scene.join(room), send("one"));
    away = false;
    await scene.openRoom();
    await settle();
    expect(delivered.flat()).toEqual([1, 2, 3, 4, 7, 8, 9, 12, 13, 14]);
  });

  it("RM22: a slow cache ends with the newest state and is asked for one thing at a time", async () => {
    const scene = new Scene();
    answering(scene);
    const saved: string[] = [];
    const answers: (() => void)[] = [];
    scene.stateCache = {
      saveRun: async ({ state, seq }) => {
        saved.push(`${state} ${seq}`);
        await new Promise<void>((resolve) => answers.push(resolve));
      },
      loadRun: async () => null,
    };
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    expect(saved).toHaveLength(1);
    answers.shift()?.();
    await settle();
    expect(saved).toEqual([saved[0], `finished ${socket.events.at(-1)?.seq}`]);
  });

  it("RM22: a cache that fails stops nothing", async () => {
    const scene = new Scene();
    answering(scene);
    scene.stateCache = {
      saveRun: () => Promise.reject(new Error("Redis is away")),
      loadRun: async () => null,
    };
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    expect(typesOf(socket.events).at(-1)).toBe("run-finished");
    expect(scene.logged).toContain("warn state-cache-missed");
  });
});
