import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { Message } from "../../party/protocol";
import { type HandSocket, Scene, send, tell } from "./scene";
import { say, scriptedCrew } from "./scripted-crew";

const edit = (replaces: string, text: string, more: object = {}) => ({
  type: "message.edit",
  id: crypto.randomUUID(),
  replaces,
  text,
  ...more,
});

function scene() {
  const made = new Scene();
  const crew = scriptedCrew(function* ({ request: { runId, message } }) {
    yield say({ type: "run-started", runId, messageId: message.id, model: null });
    yield say({ type: "run-finished", runId, state: "completed", reason: null });
  });
  made.runCrew = crew.runCrew;
  return { scene: made, crew };
}

const questions = (socket: HandSocket): Message[] =>
  socket.events.flatMap(({ event }) =>
    event.type === "message-added" && event.message.role === "user" ? [event.message] : [],
  );
/** Text of each question and of the one it follows. */
function tree(socket: HandSocket): string[] {
  const all = questions(socket);
  return all.map(({ text, parentId }) => {
    const parent = all.find(({ id }) => id === parentId);
    return `${parent ? parent.text[0] : "-"} > ${text[0]}`;
  });
}
const last = (socket: HandSocket) => socket.messages.at(-1);

describe("asking a question differently", () => {
  it("RM43: is a new message beside the old one, with a run of its own; the log only grows", async () => {
    const { scene: place, crew } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    const [first, second] = [send("first"), send("second")];
    await tell(room, socket, first);
    await tell(room, socket, second);
    const before = socket.events;
    await tell(room, socket, edit(second.id, "second again"));
    await tell(room, socket, send("third"));
    await tell(room, socket, edit(first.id, "first again"));
    await tell(room, socket, send("fourth"));
    expect(socket.events.slice(0, before.length)).toEqual(before);
    expect(tree(socket)).toEqual([
      "- > first",
      "first > second",
      "first > second again",
      "second again > third",
      "- > first again",
      "first again > fourth",
    ]);
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual([
      "first",
      "second",
      "second again",
      "third",
      "first again",
      "fourth",
    ]);
  });

  it("RM43: a question asked in an older branch follows the one it names", async () => {
    const { scene: place } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    const first = send("first");
    await tell(room, socket, first);
    await tell(room, socket, edit(first.id, "first again"));
    await tell(room, socket, { ...send("behind the old one"), after: first.id });
    await tell(room, socket, { ...send("behind nothing known"), after: crypto.randomUUID() });
    expect(tree(socket).slice(2)).toEqual([
      "first > behind the old one",
      "behind the old one > behind nothing known",
    ]);
  });

  it("RM4, RM43: the same edit twice is one message and one run", async () => {
    const { scene: place, crew } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    const first = send("first");
    await tell(room, socket, first);
    const again = edit(first.id, "again");
    await tell(room, socket, again);
    await tell(room, socket, again);
    expect(questions(socket)).toHaveLength(2);
    expect(crew.runs).toHaveLength(2);
    const acks = socket.messages.filter((frame) => frame.type === "ack" && frame.id === again.id);
    expect(acks[0]).toEqual(acks[1]);
  });

  it("RM43: what is no question of this thread cannot be asked differently", async () => {
    const { scene: place } = scene();
    place.runCrew = scriptedCrew(function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      const answer: Message = {
        id: crypto.randomUUID(),
        role: "assistant",
        author: null,
        runId,
        text: ["an answer"],
        writer: "rules",
        ending: "complete",
        at: "2026-01-05T10:00:00.000Z",
      };
      yield say({ type: "message-added", message: answer });
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    }).runCrew;
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("first"));
    const answer = socket.events.flatMap(({ event }) =>
      event.type === "message-added" && event.message.role === "assistant"
        ? [event.message.id]
        : [],
    );
    for (const id of [crypto.randomUUID(), answer[0] ?? ""]) {
      await tell(room, socket, edit(id, "again"));
      expect(last(socket)).toMatchObject({ type: "refusal", code: "no-such-message" });
    }
    await tell(room, socket, edit(answer[0] ?? "", "   "));
    expect(last(socket)).toMatchObject({ type: "refusal", code: "message-empty" });
    await tell(room, socket, edit(answer[0] ?? "", "x".repeat(10_001)));
    expect(last(socket)).toMatchObject({ type: "refusal", code: "message-too-long" });
    const viewer = await place.join(room, 0, { role: "viewer" });
    await tell(room, viewer, edit(questions(socket)[0]?.id ?? "", "again"));
    expect(last(viewer)).toMatchObject({ type: "refusal", code: "not-allowed" });
  });

  it("RM40, RM43: takes the place of the run in progress when it says so", async () => {
    const { scene: place } = scene();
    const crew = scriptedCrew(async function* ({ request: { runId, message }, signal }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      if (message.text === "again") {
        yield say({ type: "run-finished", runId, state: "completed", reason: null });
        return;
      }
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      yield say({ type: "run-finished", runId, state: "cancelled", reason: "Stopped." });
    });
    place.runCrew = crew.runCrew;
    const room = await place.openRoom();
    const socket = await place.join(room);
    const first = send("first");
    await tell(room, socket, first);
    await tell(room, socket, edit(first.id, "again", { whenBusy: "replace" }));
    expect(tree(socket)).toEqual(["- > first", "- > again"]);
    expect(crew.runs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it("RM41, RM43: after a withdrawn question the next one follows what stayed", async () => {
    const { scene: place } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    const first = send("first");
    await tell(room, socket, first);
    let letGo = () => {};
    place.runCrew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await new Promise<void>((resolve) => (letGo = resolve));
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    }).runCrew;
    await tell(room, socket, send("slow"));
    const again = edit(first.id, "first again");
    await tell(room, socket, again);
    await tell(room, socket, { type: "message.withdraw", messageId: again.id });
    await tell(room, socket, send("after slow"));
    letGo();
    expect(tree(socket).at(-1)).toBe("slow > after slow");
  });

  it("RM43: in a thread from before versions a question follows the one before it, and can be asked differently", async () => {
    const { scene: place } = scene();
    const disk = new MemoryRoomStorage();
    place.storage = disk;
    const first = await place.openRoom();
    const socket = await place.join(first);
    const [one, two] = [send("one"), send("two")];
    await tell(first, socket, one);
    await tell(first, socket, two);
    // As it was written before: no parents, no list of the newest.
    disk.entries.delete("recent");
    for (const [key, value] of disk.entries) {
      if (!key.startsWith("ev:")) continue;
      const json = new TextDecoder().decode(value as Uint8Array);
      const old = json.replaceAll(/,"parentId":(null|"[^"]*")/g, "");
      disk.entries.set(key, new TextEncoder().encode(old));
    }
    const room = await place.openRoom();
    const late = await place.join(room);
    expect(questions(late).map(({ parentId }) => parentId)).toEqual([undefined, undefined]);
    await tell(room, late, edit(two.id, "two again"));
    await tell(room, late, send("three"));
    await tell(room, late, edit(one.id, "one again"));
    expect(
      questions(late)
        .slice(2)
        .map(({ parentId }) => parentId),
    ).toEqual([one.id, questions(late)[2]?.id, null]);
  });
});
