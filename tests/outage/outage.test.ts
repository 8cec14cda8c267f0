import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createClickHouse } from "../../db/clickhouse";
import type { Readiness, StoreName } from "../../db/startup/health";
import { startHangingServer } from "../support/hanging-server";
import { type BreakableStores, startBreakableStores } from "./breakable-stores";
import { type Answer, type RunningProduct, startProduct } from "./product";

/**
 * A store goes away under use and comes back: what each page and endpoint answers meanwhile, and that
 * all is well soon after, without a restart of the web server or the rooms.
 */
const OUTAGE_MS = process.env.NETRA_TEST_FULL ? 30_000 : 3_000;
const WELL_WITHIN_MS = 10_000;
const QUESTION = "Where does our money go?";
const DATABASE_AWAY = "The database does not answer";

let stores: BreakableStores;
let product: RunningProduct;
/** A thread whose run was finished before anything went away. */
let earlier: string;

beforeAll(async () => {
  stores = await startBreakableStores();
  product = await startProduct(stores);
  earlier = await product.ask(QUESTION);
  expect(await endOfRun(earlier)).toMatchObject({ state: "completed" });
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await stores?.remove();
});

/** Everything works: readiness, pages, a new question from beginning to end, an import. */
afterEach(async () => {
  // No matter where a test broke off.
  for (const store of [stores.postgres, stores.clickhouse, stores.redis]) await store.start();
  const back = Date.now();
  await until(
    async () =>
      (await readinessOf("web")).status === "ready" && (await pageStatus("/threads")) === 200,
    WELL_WITHIN_MS,
  );
  await until(async () => (await readinessOf("rooms")).status === "ready", WELL_WITHIN_MS);
  expect(Date.now() - back).toBeLessThan(WELL_WITHIN_MS);
  expect(await endOfRun(await product.ask(QUESTION))).toMatchObject({ state: "completed" });
  expect((await importCalls()).text).toContain("completed");
}, 60_000);

describe("Postgres away", () => {
  it(`for ${OUTAGE_MS / 1000} s: pages say so with 503, the processes live, and nothing said is lost`, async () => {
    await stores.postgres.stop();
    const goneAt = Date.now();
    await until(async () => !(await readinessOf("web")).ready, 5_000);
    const said = "And what did it cost last week?";
    expect(await product.say(earlier, said)).toBe(200);

    for (let round = 0; round === 0 || Date.now() - goneAt < OUTAGE_MS; round++) {
      expect(await statusOf(`${product.origin}/healthz`)).toBe(200);
      expect(await statusOf(`${product.roomsUrl}/healthz`)).toBe(200);
      for (const server of ["web", "rooms"] as const) {
        const readiness = await readinessOf(server);
        expect(readiness).toMatchObject({
          httpStatus: 503,
          status: "unavailable",
          stores: { postgres: { state: "down" }, clickhouse: { state: "up" } },
        });
      }
      for (const path of ["/threads", "/data", `/threads/${earlier}`, "/login"]) {
        const page = await product.get(path);
        expect([path, page.status]).toEqual([path, 503]);
        expect(page.text).toContain(DATABASE_AWAY);
        expect(page.headers.get("Content-Type")).toMatch(/^text\/html/);
        expect(page.headers.get("Retry-After")).toBe("5");
      }
      const data = await product.get("/threads?_data=routes%2F_shell.threads._index");
      expect([data.status, data.text.slice(0, 28)]).toEqual([503, DATABASE_AWAY]);
      const ticket = await product.post(`/threads/${earlier}/ticket`, "");
      expect(ticket.status).toBe(503);
      expect((await importCalls()).status).toBe(503);
    }

    await stores.postgres.start();
    // The room kept what was said, and hands it over by itself.
    await until(
      async () => (await product.get(`/threads/${earlier}`)).text.includes(said),
      WELL_WITHIN_MS,
    );
  }, 120_000);
});

describe("ClickHouse away", () => {
  it("threads and reports are served; measuring and importing say what is missing", async () => {
    await stores.clickhouse.stop();
    await expectDegraded("clickhouse");
    await expectServed();
    const run = await endOfRun(await product.ask(QUESTION));
    expect(run).toMatchObject({ state: "failed" });
    expect(run.reason).toMatch(/ClickHouse/);
    const receipt = await importCalls();
    expect(receipt.status).toBe(200);
    expect(receipt.text).toContain("ClickHouse, which holds the calls, does not answer.");
    await stores.clickhouse.start();
  }, 60_000);
});

/** The question is given up only after the limit of a query and more. */
describe.runIf(process.env.NETRA_TEST_FULL === "1")("ClickHouse that hangs", () => {
  it("threads are served, and a question ends with what is missing and no tool left running", async () => {
    await stores.clickhouse.stop();
    const hanging = await startHangingServer(Number(new URL(stores.env.CLICKHOUSE_URL ?? "").port));
    try {
      await expectDegraded("clickhouse");
      await expectServed();
      const threadId = await product.ask(QUESTION);
      const run = await endOfRun(threadId, 60_000);
      expect(run).toMatchObject({ state: "failed" });
      expect(run.reason).toMatch(/ClickHouse, which holds the calls, did not answer within \d+ s/);
      const types = (await product.eventsOf(threadId)).map(({ event }) => event.type);
      const count = (type: string) => types.filter((one) => one === type).length;
      expect(count("tool-failed")).toBeGreaterThan(0);
      expect(count("tool-finished") + count("tool-failed")).toBe(count("tool-started"));
    } finally {
      await hanging.stop();
    }
    await stores.clickhouse.start();
  }, 120_000);
});

describe("Redis away", () => {
  it("nothing is missing, and health says so", async () => {
    await stores.redis.stop();
    await expectDegraded("redis");
    await expectServed();
    expect(await endOfRun(await product.ask(QUESTION))).toMatchObject({ state: "completed" });
    await stores.redis.start();
  }, 60_000);
});

describe("100 calls of /readyz at once", () => {
  it("make one probe, or two when a second ends in between", async () => {
    const clickhouse = createClickHouse({ CLICKHOUSE_URL: stores.env.CLICKHOUSE_URL ?? "" });
    const probes = async () => {
      const { rows } = await clickhouse.query({
        name: "probes",
        sql: "SELECT count() AS n FROM health_probes",
        parameters: {},
      });
      return Number((rows as { n: string }[])[0]?.n);
    };
    for (const origin of [product.origin, product.roomsUrl]) {
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const before = await probes();
      const statuses = await Promise.all(
        Array.from({ length: 100 }, () => statusOf(`${origin}/readyz`)),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
      const made = (await probes()) - before;
      expect(made).toBeGreaterThanOrEqual(1);
      expect(made).toBeLessThanOrEqual(2);
    }
    await clickhouse.close();
  }, 30_000);
});

async function expectDegraded(store: StoreName): Promise<void> {
  for (const server of ["web", "rooms"] as const) {
    await until(async () => (await readinessOf(server)).status === "degraded", 5_000);
    const readiness = await readinessOf(server);
    expect(readiness).toMatchObject({ httpStatus: 200, ready: true, status: "degraded" });
    const { state, problem } = readiness.stores[store];
    expect([state, problem]).toEqual(["down", expect.stringMatching(/\S/)]);
  }
}

async function expectServed(): Promise<void> {
  for (const path of ["/healthz", "/threads", `/threads/${earlier}`, "/data"]) {
    expect([path, await pageStatus(path)]).toEqual([path, 200]);
  }
  // The report of the earlier run is there with its figures.
  expect((await product.get(`/threads/${earlier}`)).text).toContain("Where the money goes");
}

async function readinessOf(server: "web" | "rooms"): Promise<Readiness & { httpStatus: number }> {
  const response = await fetch(`${server === "web" ? product.origin : product.roomsUrl}/readyz`);
  return { ...((await response.json()) as Readiness), httpStatus: response.status };
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

async function pageStatus(path: string): Promise<number> {
  return (await product.get(path)).status;
}

async function endOfRun(
  threadId: string,
  withinMs = 30_000,
): Promise<{ state: string; reason: string | null }> {
  let end: { state: string; reason: string | null } | null = null;
  await until(async () => {
    const last = (await product.eventsOf(threadId)).at(-1)?.event;
    if (last?.type === "run-finished") end = { state: last.state, reason: last.reason };
    return end !== null;
  }, withinMs);
  return end ?? { state: "none", reason: null };
}

/** Imports one call; resolves to the receipt's page, or to what came in its place. */
async function importCalls(): Promise<Answer> {
  const id = crypto.randomUUID();
  const file = "timestamp,model,input_tokens,output_tokens\n2026-01-01T00:00:00Z,gpt-4o,10,20\n";
  const posted = await product.post(
    `/data/imports/${id}?fileName=calls.csv&model=openai/gpt-4o`,
    file,
  );
  return posted.status === 303 ? product.get(`/data/imports/${id}`) : posted;
}

async function until(condition: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
