import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainText } from "../../party/protocol";
import { until, Visitor } from "./room-process";
import { SAID, StopScene, type Work } from "./stop-scene";
import { of } from "./verdict";

let scene: StopScene;
beforeAll(async () => {
  scene = await StopScene.start();
}, 120_000);
afterAll(() => scene?.end());

/** Long before the work would have ended by itself: the query takes 30 s, the model's time-out 20 s. */
const AT_MOST_MS = 5_000;

/** The run is over, what was said is kept and marked, and the thread takes the next message. */
async function expectStopped(someone: Visitor, work: Work): Promise<void> {
  const socket = await someone.connect(scene.rooms.url);
  await until(() => someone.runIsOver);
  expect(of(someone.events, "run-finished")).toMatchObject([{ state: "cancelled" }]);
  const answers = of(someone.events, "message-added").flatMap(({ message }) =>
    message.role === "assistant" ? [[plainText(message.text), message.ending]] : [],
  );
  expect(answers).toEqual(work === "model" ? [[SAID, "stopped"]] : []);
  const next = { type: "message.send", id: crypto.randomUUID(), text: "hello" };
  socket.send(JSON.stringify(next));
  await until(() => of(someone.events, "run-finished").length === 2);
  expect(someone.events.at(-1)?.event).toMatchObject({ state: "completed" });
  socket.close();
}

describe("RM6: Stop ends what the run is busy with", () => {
  for (const work of ["model", "query"] as const) {
    it(`a ${work} call, from another tab`, async () => {
      const { someone, socket } = await scene.busy(work);
      const tab = new Visitor(someone.userId, someone.workspaceId, someone.threadId);
      const other = await tab.connect(scene.rooms.url);
      await until(() => tab.count("run-started") === 1);
      expect(await scene.stop(tab, other, work)).toBeLessThan(AT_MOST_MS);
      await until(() => someone.runIsOver);
      socket.close();
      other.close();
      await expectStopped(someone, work);
    });

    it(`a ${work} call, after a reload`, async () => {
      const { someone, socket } = await scene.busy(work);
      socket.close();
      const reloaded = new Visitor(someone.userId, someone.workspaceId, someone.threadId);
      const again = await reloaded.connect(scene.rooms.url);
      await until(() => reloaded.count("run-started") === 1);
      expect(await scene.stop(reloaded, again, work)).toBeLessThan(AT_MOST_MS);
      again.close();
      await expectStopped(reloaded, work);
    });
  }

  it.runIf(process.platform === "linux")(
    "both, after the process died",
    async () => {
      const [talking, asking] = [await scene.busy("model"), await scene.busy("query")];
      await scene.killRooms();
      for (const [{ someone }, work] of [
        [talking, "model"],
        [asking, "query"],
      ] as const) {
        const socket = await someone.connect(scene.rooms.url);
        await until(() => someone.count("run-resumed") === 1);
        await scene.untilBusy(someone, work, 2);
        expect(await scene.stop(someone, socket, work)).toBeLessThan(AT_MOST_MS);
        socket.close();
        await expectStopped(someone, work);
      }
    },
    60_000,
  );
});
