import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClickHouse } from "../../db/clickhouse";
import { readClickHouseStamp, writeClickHouseStamp } from "../../db/clickhouse/stamp";
import { createRedisStamp } from "../../db/redis";
import { type StartupError, type StartupResult, startup } from "../../db/startup";
import { startTestEngines, type TestEngines, until } from "../embedded/support";
import { type OwnDatabases, ownDatabases } from "../support/own-databases";
import { byWayOf, startTcpProxy, type TcpProxy } from "../support/tcp-proxy";

let engines: TestEngines;
let own: OwnDatabases;
let clickhouseWay: TcpProxy;
let redisWay: TcpProxy;
let env: Record<string, string>;
let started: StartupResult | null = null;
let refusals: StartupError[];
let lines: string[];

const portOf = (url: string | undefined) => Number(new URL(url ?? "").port);
const count = { name: "count", sql: "SELECT count() AS calls FROM calls_v1", parameters: {} };

beforeAll(async () => {
  engines = await startTestEngines({});
}, 60_000);
afterAll(() => engines?.stop());

beforeEach(async () => {
  own = await ownDatabases(engines);
  clickhouseWay = await startTcpProxy(portOf(own.env.CLICKHOUSE_URL));
  redisWay = await startTcpProxy(portOf(own.env.UPSTASH_REDIS_REST_URL));
  env = {
    ...own.env,
    CLICKHOUSE_URL: byWayOf(own.env.CLICKHOUSE_URL ?? "", clickhouseWay.port),
    UPSTASH_REDIS_REST_URL: byWayOf(own.env.UPSTASH_REDIS_REST_URL ?? "", redisWay.port),
  };
  refusals = [];
  lines = [];
});
afterEach(async () => {
  await started?.close();
  started = null;
  await clickhouseWay.stop();
  await redisWay.stop();
  await own.drop();
});

async function start(): Promise<StartupResult> {
  started = await startup(env, {
    log: (line) => lines.push(line),
    onRefused: (error) => refusals.push(error),
  });
  return started;
}

/** ClickHouse itself, not by way of what a test cuts. */
async function inClickHouse<T>(
  work: (clickhouse: ReturnType<typeof createClickHouse>) => Promise<T>,
) {
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: own.env.CLICKHOUSE_URL ?? "" });
  try {
    return await work(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

describe("ClickHouse that is away at the start", () => {
  it("does not keep the process from starting; back, it is stamped, migrated and validated within 10 s", async () => {
    await clickhouseWay.cut();
    const { databases, stamp } = await start();
    await expect(databases.clickhouse.query(count)).rejects.toThrow(/call data cannot be read now/);
    await clickhouseWay.mend();
    await until(
      () =>
        databases.clickhouse.query(count).then(
          () => true,
          () => false,
        ),
      10_000,
    );
    expect(await inClickHouse(readClickHouseStamp)).toEqual({ state: "stamped", stamp });
    expect(lines.join("\n")).toMatch(/migrate ClickHouse: applied 0001_calls_v1/);
    expect(refusals).toEqual([]);
  }, 40_000);

  it("is never asked anything when it comes back with a foreign stamp", async () => {
    await inClickHouse((one) =>
      writeClickHouseStamp(one, { environment: "production", installation: "another" }),
    );
    await clickhouseWay.cut();
    const { databases } = await start();
    await clickhouseWay.mend();
    await until(() => refusals.length > 0, 10_000);
    expect(refusals.map(({ stage }) => stage)).toEqual(["environment"]);
    expect(refusals[0]?.message).toContain("ClickHouse is stamped for production");
    await expect(databases.clickhouse.query(count)).rejects.toThrow(/stamped for production/);
  }, 40_000);

  it("lost while in use, is used again only when it was seen to be ours", async () => {
    const { databases } = await start();
    await databases.clickhouse.query(count);
    await clickhouseWay.cut();
    await expect(databases.clickhouse.query(count)).rejects.toThrow();
    await inClickHouse((one) =>
      one.command({ name: "swap", sql: "DROP TABLE netra_stamp", parameters: {} }),
    );
    await inClickHouse((one) =>
      writeClickHouseStamp(one, { environment: "test", installation: "another" }),
    );
    await clickhouseWay.mend();
    await until(() => refusals.length > 0, 10_000);
    expect(refusals[0]?.message).toContain("ClickHouse belongs to the installation another");
    await expect(databases.clickhouse.query(count)).rejects.toThrow(/installation another/);
  }, 40_000);
});

describe("Redis", () => {
  const stampOf = (url: string | undefined) =>
    createRedisStamp({
      UPSTASH_REDIS_REST_URL: url ?? "",
      UPSTASH_REDIS_REST_TOKEN: own.env.UPSTASH_REDIS_REST_TOKEN ?? "",
    });

  it("may be away at the start, and is stamped and used when it is back", async () => {
    await redisWay.cut();
    const { databases, stamp } = await start();
    await expect(databases.redis.get("key")).rejects.toThrow(/Redis did not serve/);
    await redisWay.mend();
    await databases.redis.set("key", "value", { seconds: 60 });
    expect(await databases.redis.get("key")).toBe("value");
    expect(await stampOf(own.env.UPSTASH_REDIS_REST_URL).read()).toEqual(stamp);
  }, 40_000);

  it("that comes back with another stamp is refused, with nothing stored there", async () => {
    const { databases } = await start();
    await databases.redis.set("key", "before", { seconds: 60 });
    await redisWay.cut();
    await expect(databases.redis.get("key")).rejects.toThrow();
    await redisCommand(["DEL", "netra:stamp"]);
    await stampOf(own.env.UPSTASH_REDIS_REST_URL).claim({
      environment: "production",
      installation: "another",
    });
    await redisWay.mend();
    await expect(databases.redis.set("key", "after", { seconds: 60 })).rejects.toThrow();
    expect(refusals[0]).toMatchObject({ stage: "environment" });
    expect(refusals[0]?.message).toContain("Redis is stamped for production");
    expect(await redisCommand(["GET", "test:key"])).toContain("before");
  }, 40_000);

  async function redisCommand(words: string[]): Promise<string> {
    const response = await fetch(own.env.UPSTASH_REDIS_REST_URL ?? "", {
      method: "POST",
      headers: { Authorization: `Bearer ${own.env.UPSTASH_REDIS_REST_TOKEN}` },
      body: JSON.stringify(words),
    });
    return response.text();
  }
});
