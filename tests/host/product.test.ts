import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Engines, startEngines } from "../../db/embedded";
import { listRuns, listSteps, listUnfinishedRuns } from "../../db/postgres";
import { type Databases, startup } from "../../db/startup";
import { development } from "../../db/startup/seed-development";
import { buildRooms } from "../../party/host/build-rooms";
import { sweep } from "../../party/host/sweep";
import { type ModelServer, startModelServer } from "../support/model-server";
import { recordSignIn } from "../support/sign-in";
import { freePort } from "../support/web-server";
import { askRooms } from "./ask-rooms";
import { APP_ORIGIN, RoomProcess, SECRET, until } from "./room-process";

const QUESTION = "Where does our money go, and what can we save without making answers slower?";
const folder = mkdtempSync(join(tmpdir(), "netra-rooms-"));
const bundle = join(folder, "worker.js");

let engines: Engines;
let databases: Databases;
let model: ModelServer;
let rooms: RoomProcess | null = null;
let port = 0;

async function startRooms(extra: Record<string, string> = {}): Promise<RoomProcess> {
  const env = { ...engines.env, NETRA_ENV: "development", ...extra };
  rooms = await RoomProcess.start(folder, port, bundle, env, "party/host/main.ts");
  return rooms;
}

const ask = (url: string) => askRooms(databases.db, url, QUESTION);

beforeAll(async () => {
  port = await freePort();
  model = await startModelServer();
  engines = await startEngines({ dataDir: folder });
  const env = {
    ...engines.env,
    NETRA_ENV: "development",
    APP_ORIGIN,
    ROOMS_URL: `http://127.0.0.1:${port}`,
    ROOM_TICKET_SECRET: SECRET,
  };
  ({ databases } = await startup(env, { log: () => {} }));
  const { user, workspace } = development;
  await recordSignIn(databases.db, { userId: user.id, workspaceId: workspace.id });
  await buildRooms({ outfile: bundle });
}, 120_000);
afterEach(async () => {
  rooms?.child.kill("SIGTERM");
  await rooms?.exited;
});
afterAll(async () => {
  await model?.stop();
  await engines?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the built rooms on real engines", () => {
  it("answer a question by rules, and bring it to the record and the cache", async () => {
    const { url } = await startRooms();
    const { ada, socket, place } = await ask(url);
    await until(() => ada.runIsOver, 60_000);
    socket.close();
    expect(ada.events.at(-1)?.event).toMatchObject({ type: "run-finished", state: "completed" });
    expect(ada.count("report-written")).toBe(1);
    expect(ada.count("evidence-recorded")).toBeGreaterThan(3);
    let finished = false;
    await until(() => {
      void listRuns(databases.db, place).then(([run]) => {
        finished = run?.state === "completed";
      });
      return finished;
    });
    const [run] = await listRuns(databases.db, place);
    const steps = await listSteps(databases.db, place);
    expect(steps.map(({ id }) => id)).toEqual(
      ada.events.flatMap(({ event }) => (event.type === "step-started" ? [event.stepId] : [])),
    );
    await vi.waitFor(async () =>
      expect(await databases.redis.get(`run:${run?.id}`)).toMatchObject({
        state: "finished",
        threadId: ada.threadId,
      }),
    );
  }, 120_000);

  it("RM7: kill -9 in the run, restart, and the sweep alone brings it to its end in the record", async () => {
    const first = await startRooms();
    const { ada, socket, place } = await ask(first.url);
    await until(() => ada.count("step-started") >= 2);
    // The record must know of the run before a sweep can find it.
    let known = 0;
    await until(() => {
      void listUnfinishedRuns(databases.db).then((runs) => {
        known = runs.length;
      });
      return known > 0 || ada.runIsOver;
    });
    first.child.kill("SIGKILL");
    await first.exited;
    socket.close();
    expect(ada.runIsOver).toBe(false);

    const second = await startRooms();
    await sweep({
      roomsUrl: second.url,
      secret: SECRET,
      listUnfinished: () => listUnfinishedRuns(databases.db),
      print: () => {},
    });
    let state = "";
    await until(() => {
      void listRuns(databases.db, place).then(([run]) => {
        state = run?.state ?? "";
      });
      return state === "completed";
    }, 120_000);
    await ada.connect(second.url);
    await until(() => ada.runIsOver);
    expect(ada.events.map(({ seq }) => seq)).toEqual(ada.events.map((_, index) => index + 1));
    expect(ada.count("run-started")).toBe(1);
    expect(ada.count("run-resumed")).toBe(1);
    expect(ada.count("report-written")).toBe(1);
    const finished = ada.events.flatMap(({ event }) =>
      event.type === "step-finished" ? [event.agent] : [],
    );
    expect(new Set(finished).size).toBe(finished.length);
  }, 150_000);

  it("reach a language model from inside workerd", async () => {
    const words = "Most of the money goes to one feature. The rest is small.";
    model.script(
      { when: ({ stream }) => stream, reply: { kind: "text", text: words, pieces: 8 }, times: 50 },
      { reply: { kind: "status", status: 400 }, times: 50 },
    );
    const { url } = await startRooms({
      OPENAI_API_KEY: "test-key",
      OPENAI_BASE_URL: model.url,
      OPENAI_MODEL: "test-model",
    });
    const { ada, socket } = await ask(url);
    await until(() => ada.runIsOver, 60_000);
    socket.close();
    const started = ada.events.find(({ event }) => event.type === "run-started")?.event;
    expect(started).toMatchObject({ model: "test-model" });
    const deltas = ada.events.flatMap(({ event }) =>
      event.type === "text-delta" ? event.text : [],
    );
    expect(deltas.join("")).toBe(words);
    // It refuses what is not streamed, so there the rules did the work and the run says so.
    expect(
      ada.events.filter(
        ({ event }) => event.type === "step-finished" && event.outcome === "fell-back",
      ).length,
    ).toBeGreaterThan(0);
    expect(ada.events.at(-1)?.event).toMatchObject({ type: "run-finished", state: "completed" });
  }, 120_000);
});
