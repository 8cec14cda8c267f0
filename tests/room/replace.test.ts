import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { CrewOutput } from "../../party/agents/core/crew";
import type { NumberedEvent } from "../../party/protocol";
import { STOP_GRACE_MS } from "../../party/room/run";
import { type HandSocket, Scene, send, settle, TroubledStorage, tell, typesOf } from "./scene";
import { type ScriptedRun, say, scriptedCrew } from "./scripted-crew";

const never = () => new Promise<never>(() => {});
const replace = (text: string, id?: string) => ({ ...send(text, id), whenBusy: "replace" });

/** Says something, and then works until it is stopped; a message that begins with "end" ends at once. */
async function* workUntilStopped({ request, signal }: ScriptedRun): AsyncGenerator<CrewOutput> {
  const { runId, message } = request;
  yield say({ type: "run-started", runId, messageId: message.id, model: null });
  if (message.text.startsWith("end")) {
    yield say({ type: "run-finished", runId, state: "completed", reason: null });
    return;
  }
  yield say({ type: "text-delta", runId, stepId: crypto.randomUUID(), text: ["So far "] });
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  yield say({ type: "run-finished", runId, state: "cancelled", reason: "The crew was stopped." });
}

/** What the runs answered, in order, and how each ended. */
function story(events: readonly NumberedEvent[]): string[] {
  const texts = new Map<string, string>();
  const runs = new Map<string, string>();
  return events.flatMap(({ event }) => {
    if (event.type === "message-added" && event.message.role === "user") {
      texts.set(event.message.id, event.message.text.join(""));
    }
    if (event.type === "run-started") {
      runs.set(event.runId, texts.get(event.messageId) ?? "?");
      return [`${runs.get(event.runId)} began`];
    }
    return event.type === "run-finished" ? [`${runs.get(event.runId)} ${event.state}`] : [];
  });
}

function scene() {
  const made = new Scene();
  const crew = scriptedCrew((run) => workUntilStopped(run));
  made.runCrew = crew.runCrew;
  return { scene: made, crew };
}
const last = (socket: HandSocket) => socket.messages.at(-1);

describe("a message that takes the place of a run", () => {
  it("RM40: is stored first, then the run is stopped, then its own run begins, before older ones", async () => {
    const { scene: place } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    await tell(room, socket, send("end of the line"));
    await tell(room, socket, replace("end instead"));
    expect(story(socket.events)).toEqual([
      "first began",
      "first cancelled",
      "end instead began",
      "end instead completed",
      "end of the line began",
      "end of the line completed",
    ]);
    const types = typesOf(socket.events);
    expect(types.indexOf("run-finished")).toBeGreaterThan(
      socket.events.findIndex(
        ({ event }) => event.type === "message-added" && event.message.text[0] === "end instead",
      ),
    );
    const stopped = socket.events.find(({ event }) => event.type === "run-finished")?.event;
    expect(stopped).toMatchObject({
      state: "cancelled",
      reason: "Stopped: a newer message took its place.",
    });
  });

  it("RM40: keeps what the stopped run had said", async () => {
    const { scene: place } = scene();
    place.runCrew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      yield say({ type: "text-delta", runId, stepId: crypto.randomUUID(), text: ["So far"] });
      await never();
    }).runCrew;
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    await tell(room, socket, replace("second"));
    await place.clock.advance(STOP_GRACE_MS);
    await settle();
    const kept = socket.events.flatMap(({ event }) =>
      event.type === "message-added" && event.message.role === "assistant" ? [event.message] : [],
    );
    expect(kept).toMatchObject([{ text: ["So far"], ending: "stopped" }]);
  });

  it("RM40: the newest of several goes first", async () => {
    const { scene: place } = scene();
    const storage = new TroubledStorage();
    place.storage = storage;
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    // All three are on their way before the run could end.
    for (const text of ["end a", "end b", "end c"]) {
      void room.receive(socket.id, JSON.stringify(replace(text)));
    }
    await settle();
    const begun = story(socket.events).filter((line) => line.endsWith("began"));
    expect(begun).toEqual(["first began", "end c began", "end b began", "end a began"]);
  });

  it("RM40: sent twice, it stops one run and not its own or a later one", async () => {
    const { scene: place, crew } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    const second = replace("second");
    await tell(room, socket, second);
    await tell(room, socket, second);
    expect(story(socket.events)).toEqual(["first began", "first cancelled", "second began"]);
    expect(crew.runs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    const acks = socket.messages.filter(({ type }) => type === "ack");
    expect(acks[1]).toEqual(acks[2]);
  });

  it("RM40: with no run in progress it is a message like any other", async () => {
    const { scene: place } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, replace("end"));
    expect(story(socket.events)).toEqual(["end began", "end completed"]);
  });

  it("RM40: when the process dies right after the message was stored, the run still ends as replaced", async () => {
    const { scene: place } = scene();
    const disk = new MemoryRoomStorage();
    let dead = false;
    place.storage = {
      get: (key) => (dead ? never() : disk.get(key)),
      list: (range) => (dead ? never() : disk.list(range)),
      setAlarm: (at) => disk.setAlarm(at),
      write: async (change) => {
        if (dead) return never();
        await disk.write(change);
        dead = Object.keys(change.put ?? {}).some((key) => key.startsWith("wait:!"));
        if (dead) return never();
      },
    };
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    await tell(room, socket, send("end of the line"));
    void room.receive(socket.id, JSON.stringify(replace("end instead")));
    await settle();
    expect(dead).toBe(true);
    place.storage = disk;
    const next = await place.openRoom();
    await settle();
    const late = await place.join(next);
    expect(story(late.events)).toEqual([
      "first began",
      "first cancelled",
      "end instead began",
      "end instead completed",
      "end of the line began",
      "end of the line completed",
    ]);
    expect(
      late.events.filter(({ event }) => event.type === "run-finished")[0]?.event,
    ).toMatchObject({ reason: "Stopped: a newer message took its place." });
  });

  it("RM40: a run that is just being taken up after a crash is replaced, too", async () => {
    const { scene: place } = scene();
    const first = await place.openRoom();
    await tell(first, await place.join(first), send("first"));
    const storage = new TroubledStorage(place.storage as MemoryRoomStorage);
    place.storage = storage;
    storage.mood = "hang";
    const room = await place.openRoom();
    const socket = await place.join(room);
    void room.receive(socket.id, JSON.stringify(replace("end instead")));
    await settle();
    await storage.release();
    await place.clock.advance(STOP_GRACE_MS);
    await settle();
    expect(story(socket.events)).toEqual([
      "first began",
      "first cancelled",
      "end instead began",
      "end instead completed",
    ]);
  });
});

describe("withdrawing", () => {
  it("RM41: a waiting message is taken back, stays in the thread, and gets no run", async () => {
    const { scene: place, crew } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    const waiting = send("second");
    await tell(room, socket, waiting);
    await tell(room, socket, { type: "message.withdraw", messageId: waiting.id });
    expect(socket.events.at(-1)?.event).toEqual({
      type: "message-withdrawn",
      messageId: waiting.id,
      by: { id: place.userId, name: "Ada" },
    });
    // The same id again is the same message: known, and taken back.
    await tell(room, socket, waiting);
    expect(last(socket)).toMatchObject({ type: "ack", id: waiting.id });
    await tell(room, socket, replace("end"));
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual(["first", "end"]);
  });

  it("RM41: a message that goes first can be taken back as well", async () => {
    const place = new Scene();
    const crew = scriptedCrew(async function* () {
      yield* [];
      await never();
    });
    place.runCrew = crew.runCrew;
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    const urgent = replace("second");
    await tell(room, socket, urgent);
    await tell(room, socket, { type: "message.withdraw", messageId: urgent.id });
    expect(socket.events.at(-1)?.event.type).toBe("message-withdrawn");
    await place.clock.advance(STOP_GRACE_MS);
    await settle();
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual(["first"]);
    // A run that was stopped before its first word is shown all the same.
    expect(story(socket.events)).toEqual(["first began", "first cancelled"]);
  });

  it("RM41: one that is running, unknown or taken back already is refused by name", async () => {
    const { scene: place } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    const running = send("first");
    const waiting = send("second");
    await tell(room, socket, running);
    await tell(room, socket, waiting);
    await tell(room, socket, { type: "message.withdraw", messageId: waiting.id });
    for (const messageId of [running.id, waiting.id, crypto.randomUUID()]) {
      await tell(room, socket, { type: "message.withdraw", messageId });
      expect(last(socket)).toMatchObject({ type: "refusal", code: "not-waiting", id: messageId });
    }
  });

  it("RM12, RM41: a viewer takes nothing back", async () => {
    const { scene: place } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    const waiting = send("second");
    await tell(room, socket, waiting);
    const viewer = await place.join(room, 0, { role: "viewer" });
    await tell(room, viewer, { type: "message.withdraw", messageId: waiting.id });
    expect(last(viewer)).toMatchObject({ type: "refusal", code: "not-allowed" });
  });
});
