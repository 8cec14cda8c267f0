import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRooms } from "../../party/host/build-rooms";
import { type NumberedEvent, plainText } from "../../party/protocol";
import { Random } from "../simulator/random";
import { freePort, RoomProcess, until, Visitor } from "./room-process";

/** `NETRA_TEST_FULL=1` kills 50 times; `NETRA_SEED=7` at other instants. */
const kills = process.env.NETRA_TEST_FULL === "1" ? 50 : 3;
const seed = Number(process.env.NETRA_SEED ?? Date.now() % 100_000);
/** The scripted run of a `slow` message: six steps of two tokens, 250 ms each. */
const RUN_MS = 3_000;

const folder = mkdtempSync(join(tmpdir(), "netra-kills-"));
const bundle = join(folder, "worker.js");
beforeAll(() => buildRooms({ entry: "tests/host/scripted-rooms.ts", outfile: bundle }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(process.platform === "linux")(`kill -9 at any instant (NETRA_SEED=${seed})`, () => {
  it(
    `RM1, RM2, RM7: ${kills} times; no token is lost, changed or shown twice, and every run ends by itself`,
    async () => {
      const random = new Random(seed);
      const port = await freePort();
      let rooms = await RoomProcess.start(join(folder, "data"), port, bundle);
      try {
        for (let kill = 0; kill < kills; kill++) {
          const ada = new Visitor();
          const socket = await ada.connect(rooms.url);
          const id = crypto.randomUUID();
          socket.send(JSON.stringify({ type: "message.send", id, text: "slow" }));
          await until(() => ada.heard("ack").length > 0);
          await new Promise((resolve) => setTimeout(resolve, random.int(0, RUN_MS + 200)));
          rooms.child.kill("SIGKILL");
          await rooms.exited;
          const shown = [...ada.events];
          rooms = await RoomProcess.start(join(folder, "data"), port, bundle);
          const again = await ada.connect(rooms.url);
          await until(() => ada.runIsOver);
          again.close();
          const stranger = new Visitor(ada.userId, ada.workspaceId, ada.threadId);
          const witness = await stranger.connect(rooms.url);
          await until(() => stranger.runIsOver);
          witness.close();
          judge(ada.events, shown, stranger.events);
        }
      } finally {
        rooms.child.kill("SIGTERM");
        await rooms.exited;
      }
    },
    60_000 + kills * 20_000,
  );
});

function judge(
  events: readonly NumberedEvent[],
  shownBeforeKill: readonly NumberedEvent[],
  afterwards: readonly NumberedEvent[],
): void {
  const seqs = events.map(({ seq }) => seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(events.slice(0, shownBeforeKill.length)).toEqual(shownBeforeKill);
  // Who comes later is shown the same, without the pieces of text if they are folded away.
  const later = new Map(afterwards.map((event) => [event.seq, event]));
  for (const event of events) {
    if (event.event.type !== "text-delta") expect(later.get(event.seq)).toEqual(event);
  }
  const of = (type: string) => events.filter(({ event }) => event.type === type);
  expect(of("run-started")).toHaveLength(1);
  expect(of("run-finished")).toMatchObject([{ event: { state: "completed" } }]);
  const done = events.flatMap(({ event }) => (event.type === "step-finished" ? [event] : []));
  expect(done.map(({ summary }) => plainText(summary))).toEqual(
    Array.from({ length: 6 }, (_, step) => `step ${step}`),
  );
  for (const { stepId } of done) {
    const pieces = events.flatMap(({ event }) =>
      event.type === "text-delta" && event.stepId === stepId ? [plainText(event.text)] : [],
    );
    expect(pieces.join("")).toBe("one two ");
  }
}
