import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { listDatasets, listModelCalls } from "../../db/postgres";
import { type Databases, startup } from "../../db/startup";
import { development } from "../../db/startup/seed-development";
import { ownDatasetId } from "../../party/adapters/own-calls";
import { buildRooms } from "../../party/host/build-rooms";
import type { ModelCall } from "../../party/protocol";
import { scriptRun } from "../agents/model-script";
import { askRooms } from "../host/ask-rooms";
import { APP_ORIGIN, RoomProcess, SECRET, until, type Visitor } from "../host/room-process";
import { type ModelServer, startModelServer } from "../support/model-server";
import { recordSignIn } from "../support/sign-in";
import { freePort } from "../support/web-server";
import { type BreakableStores, startBreakableStores } from "./breakable-stores";

/**
 * The crew's own calls through real rooms and engines: what a run says that it took is what the workspace's
 * dataset of own calls holds, also when ClickHouse goes away in the middle.
 */
const QUESTION = "Where does our money go, and what can we save?";
const workspaceId = development.workspace.id;
const datasetId = ownDatasetId(workspaceId);

let stores: BreakableStores;
let databases: Databases;
let model: ModelServer;
let rooms: RoomProcess;

beforeAll(async () => {
  const port = await freePort();
  [stores, model] = await Promise.all([startBreakableStores(), startModelServer()]);
  const env = {
    ...stores.env,
    NETRA_ENV: "development",
    APP_ORIGIN,
    ROOMS_URL: `http://127.0.0.1:${port}`,
    ROOM_TICKET_SECRET: SECRET,
  };
  ({ databases } = await startup(env, { log: () => {} }));
  await recordSignIn(databases.db, { userId: development.user.id, workspaceId });
  const bundle = `${stores.dataDir}/worker.js`;
  await buildRooms({ outfile: bundle });
  const withModel = {
    ...env,
    OPENAI_API_KEY: "test-key",
    OPENAI_BASE_URL: model.url,
    OPENAI_MODEL: "gpt-4o",
  };
  rooms = await RoomProcess.start(stores.dataDir, port, bundle, withModel, "party/host/main.ts");
}, 180_000);
afterAll(async () => {
  rooms?.child.kill("SIGTERM");
  await rooms?.exited;
  await databases?.clickhouse.close();
  await model?.stop();
  await stores?.remove();
});
beforeEach(() => {
  model.reset();
  scriptRun(model);
});

const callsOf = ({ events }: Visitor): ModelCall[] =>
  events.flatMap(({ event }) => (event.type === "model-called" ? [event.call] : []));

/** The rows of the dataset as they stand, several of one call too. */
async function storedCalls() {
  const { rows } = await databases.clickhouse.query({
    name: "own-calls-of-a-test",
    sql: `SELECT id, feature, session, model, toString(input_tokens) AS input, toString(cache_read_tokens) AS cached,
  toString(output_tokens) AS output, toString(cost_usd) AS cost, tags['cache'] AS cache, tags['saved_usd'] AS saved
FROM calls_v1 FINAL WHERE workspace_id = {workspace:UUID} AND dataset_id = {dataset:UUID} ORDER BY time, id`,
    parameters: { workspace: workspaceId, dataset: datasetId },
  });
  return rows as Array<Record<string, string | null>>;
}

function rowOf(call: ModelCall, threadId: string) {
  return {
    ...{ id: call.id, feature: call.agent, session: threadId, model: "gpt-4o" },
    input: String(call.usage?.inputTokens),
    cached: String(call.usage?.cachedInputTokens),
    output: String(call.usage?.outputTokens),
    cost: call.costUsd,
    cache: call.cache,
    saved: call.savedUsd ?? "",
  };
}

const byId = (a: { id?: string | null }, b: { id?: string | null }) =>
  (a.id ?? "") < (b.id ?? "") ? -1 : 1;

async function expectAllStored(visitors: readonly Visitor[]): Promise<void> {
  const due = visitors.flatMap((ada) => callsOf(ada).map((call) => rowOf(call, ada.threadId)));
  await vi.waitFor(async () => expect((await storedCalls()).sort(byId)).toEqual(due.sort(byId)), {
    timeout: 30_000,
    interval: 250,
  });
  await vi.waitFor(
    async () =>
      expect(
        (await listDatasets(databases.db, { workspaceId })).find(({ id }) => id === datasetId),
      ).toMatchObject({ source: "crew", calls: due.length, name: "Own model calls" }),
    { timeout: 30_000, interval: 250 },
  );
}

const asked: Visitor[] = [];

it("of two equal runs the second is cached, and the dataset says of both what they took, to the digit", async () => {
  for (const _ of [1, 2]) {
    const { ada, socket } = await askRooms(databases.db, rooms.url, QUESTION);
    await until(() => ada.runIsOver, 60_000);
    socket.close();
    asked.push(ada);
    expect(ada.events.at(-1)?.event).toMatchObject({ type: "run-finished", state: "completed" });
  }
  const [first = [], second = []] = asked.map(callsOf);
  expect(model.calls).toHaveLength(7);
  expect(first.map(({ cache, costUsd }) => [cache, costUsd])).toEqual(
    Array.from({ length: 7 }, () => ["miss", "0.00221"]),
  );
  expect(second.map(({ cache, costUsd, savedUsd }) => [cache, costUsd, savedUsd])).toEqual(
    Array.from({ length: 7 }, () => ["hit", "0", "0.00221"]),
  );
  await expectAllStored(asked);
  const [ada] = asked;
  const place = { workspaceId, threadId: ada?.threadId ?? "" };
  await vi.waitFor(async () =>
    expect((await listModelCalls(databases.db, place)).map(({ body }) => body).sort(byId as never))
      // biome-ignore format: the calls of the room
      .toEqual([...first].sort(byId)),
  );
}, 150_000);

it("ClickHouse goes away in the middle of a run and comes back: each call is there once", async () => {
  const { ada, socket } = await askRooms(databases.db, rooms.url, `${QUESTION} And why?`);
  asked.push(ada);
  await until(() => ada.count("model-called") >= 1, 60_000);
  await stores.clickhouse.stop();
  await stores.clickhouse.start();
  await until(() => ada.runIsOver, 60_000);
  socket.close();
  expect(callsOf(ada).length).toBeGreaterThan(0);
  await expectAllStored(asked);
}, 150_000);
