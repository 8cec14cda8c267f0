import { describe, expect, it } from "vitest";
import type { Room } from "../../party/room/room";
import { type HandSocket, Scene } from "../room/scene";
import { say, scriptedCrew } from "../room/scripted-crew";
import { Random } from "../simulator/random";
import { makeFrame } from "./make-frame";

/** `NETRA_TEST_FULL=1` makes 200,000 frames; `NETRA_SEED=7` makes other ones. */
const frames = process.env.NETRA_TEST_FULL === "1" ? 200_000 : 4_000;
const seed = Number(process.env.NETRA_SEED ?? 1);
/** Frames after which a fresh room takes over, so that none grows long. */
const FRAMES_PER_ROOM = 500;

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
