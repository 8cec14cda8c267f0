import { describe, expect, it } from "vitest";
import { FRAME_MAX_BYTES, PROTOCOL_VERSION } from "../../party/protocol";
import type { Room } from "../../party/room/room";
import { type HandSocket, Scene } from "../room/scene";
import { say, scriptedCrew } from "../room/scripted-crew";
import { Random } from "../simulator/random";

/** `NETRA_TEST_FULL=1` makes 200,000 frames; `NETRA_SEED=7` makes other ones. */
const frames = process.env.NETRA_TEST_FULL === "1" ? 200_000 : 4_000;
const seed = Number(process.env.NETRA_SEED ?? 1);
/** Frames after which a fresh room takes over, so that none grows long. */
const FRAMES_PER_ROOM = 500;

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  "",
  "\u0000",
  "\ud800",
  "__proto__",
  "constructor",
  [],
  {},
  [[[[]]]],
  { __proto__: { type: "ping" } },
];

/** A frame as a client could send it: right, nearly right, or anything. */
function makeFrame(random: Random): unknown {
  const right = () =>
    random.pick([
      { type: "ping" },
      { type: "hello", v: PROTOCOL_VERSION, lastSeq: random.int(0, 30) },
      { type: "message.send", id: random.uuid(), text: "x".repeat(random.int(1, 40)) },
      { type: "message.send", id: random.uuid(), text: "é".repeat(random.int(9_990, 10_010)) },
      { ...{ type: "message.send", id: random.uuid(), text: "now" }, whenBusy: "replace" },
      { type: "message.withdraw", messageId: random.uuid() },
      { type: "run.cancel", runId: random.uuid() },
    ]);
  switch (random.int(0, 9)) {
    case 0:
    case 1:
    case 2:
      return JSON.stringify(right());
    case 3:
    case 4: {
      const message: Record<string, unknown> = { ...right() };
      const field = random.pick([...Object.keys(message), "extra"]);
      message[field] = random.pick(odd);
      if (random.chance(0.2)) delete message[random.pick(Object.keys(message))];
      return JSON.stringify(message);
    }
    case 5: {
      const text = JSON.stringify(right());
      const at = random.int(0, text.length);
      const piece = String.fromCharCode(random.int(0, 0xffff)).repeat(random.int(0, 3));
      return text.slice(0, at) + piece + text.slice(at + random.int(0, 2));
    }
    case 6:
      return Array.from({ length: random.int(0, 200) }, () =>
        String.fromCharCode(random.int(0, 0xffff)),
      ).join("");
    case 7: {
      const depth = random.int(1, 20_000);
      return random.chance(0.5)
        ? "[".repeat(depth) + "]".repeat(random.chance(0.5) ? depth : 0)
        : `${'{"type":'.repeat(depth)}1${"}".repeat(depth)}`;
    }
    case 8:
      return random.chance(0.2)
        ? "x".repeat(FRAME_MAX_BYTES + random.int(-2, 2))
        : JSON.stringify(random.pick(odd));
    default:
      return random.pick([new ArrayBuffer(random.int(0, 64)), new Uint8Array(8), 7]);
  }
}

describe("any frame", () => {
  it(
    "RM13: is answered, or its sender is closed; none throws or is dropped in silence",
    async () => {
      const random = new Random(seed);
      const seen: Record<string, number> = {};
      let scene = new Scene();
      let room: Room | null = null;
      let socket: HandSocket | null = null;
      for (let number = 0; number < frames; number++) {
        if (room === null || number % FRAMES_PER_ROOM === 0) {
          scene = new Scene();
          scene.runCrew = scriptedCrew(function* ({ request: { runId } }) {
            yield say({ type: "run-finished", runId, state: "completed", reason: null });
          }).runCrew;
          room = await scene.openRoom();
          socket = null;
        }
        if (socket === null || socket.closed)
          socket = await scene.join(room, random.chance(0.9) ? 0 : null);
        socket.frames.length = 0;
        scene.clock.pass(random.int(0, 80));
        const frame = makeFrame(random);
        await room.receive(socket.id, frame);
        if (socket.frames.length === 0 && socket.closed === null) {
          throw new Error(
            `Frame ${number} of NETRA_SEED=${seed} got no answer: ${String(frame).slice(0, 200)}`,
          );
        }
        for (const message of socket.messages) {
          const kind = message.type === "refusal" ? message.code : message.type;
          seen[kind] = (seen[kind] ?? 0) + 1;
        }
        if (socket.closed) seen[socket.closed.code] = (seen[socket.closed.code] ?? 0) + 1;
        expect(scene.logged.filter((line) => line.startsWith("error"))).toEqual([]);
      }
      const kinds = ["pong", "ack", "malformed", "too-large", "message-too-long", "hello-first"];
      expect(Object.keys(seen)).toEqual(
        expect.arrayContaining([...kinds, "outdated-client", "no-such-run", "4429", "4409"]),
      );
    },
    frames > 10_000 ? 1_200_000 : 60_000,
  );
});
