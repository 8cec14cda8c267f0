import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClickHouse } from "../../db/clickhouse";
import { readClickHouseStamp, writeClickHouseStamp } from "../../db/clickhouse/stamp";
import { createDatabase } from "../../db/postgres";
import { readPostgresStamp, writePostgresStamp } from "../../db/postgres/stamp";
import { createRedisStamp } from "../../db/redis";
import { type Stamp, stampSchema } from "../../db/stamp";
import { StartupError, startup } from "../../db/startup";
import { startTestEngines, type TestEngines, until } from "../embedded/support";
import { type OwnDatabases, ownDatabases } from "../support/own-databases";
import { type RecordingProxy, startRecordingProxy } from "../support/recording-proxy";

const OURS = "0a000000-0000-4000-8000-000000000001";
const THEIRS = "0b000000-0000-4000-8000-000000000002";
const environments = ["development", "test", "production"] as const;

let engines: TestEngines;
let own: OwnDatabases;
/** The stores' variables by way of proxies that remember every statement. */
let watched: Record<string, string>;
let clickhouseProxy: RecordingProxy;
let redisProxy: RecordingProxy;

/** Everything that Postgres executed, as its own log has it. */
const postgresLog = () =>
  readFileSync(join(engines.dataDir, "postgres.log"), "utf8")
    .split("\n")
    .flatMap((line) => /LOG: {2}(?:statement|execute [^:]+): (.*)/.exec(line)?.[1] ?? []);

beforeAll(async () => {
  engines = await startTestEngines({});
  const folder = join(engines.dataDir, "postgres");
  appendFileSync(join(folder, "postgresql.conf"), "\nlog_statement = 'all'\n");
  process.kill(
    Number(readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")[0]),
    "SIGHUP",
  );
  const db = createDatabase({ DATABASE_URL: engines.env.DATABASE_URL ?? "" });
  await until(async () => {
    await db.read((sql) => sql.execute(raw`select 'is it logged'`));
    return postgresLog().some((line) => line.includes("is it logged"));
  }, 10_000);
}, 60_000);
afterAll(() => engines?.stop());

async function freshStores(): Promise<void> {
  own = await ownDatabases(engines);
  clickhouseProxy = await startRecordingProxy(own.env.CLICKHOUSE_URL ?? "");
  redisProxy = await startRecordingProxy(own.env.UPSTASH_REDIS_REST_URL ?? "");
  watched = {
    ...own.env,
    CLICKHOUSE_URL: clickhouseProxy.url,
    UPSTASH_REDIS_REST_URL: redisProxy.url,
  };
}

async function removeStores(): Promise<void> {
  await clickhouseProxy.stop();
  await redisProxy.stop();
  await own.drop();
}

const stores = {
  Postgres: {
    stamp: (stamp: Stamp) => writePostgresStamp(database(), stamp),
    clear: () =>
      database().write((sql) => sql.execute(raw`drop schema if exists netra_installation cascade`)),
  },
  ClickHouse: {
    stamp: (stamp: Stamp) => inClickHouse((one) => writeClickHouseStamp(one, stamp)),
    clear: () =>
      inClickHouse((one) =>
        one.command({ name: "clear", sql: "DROP TABLE IF EXISTS netra_stamp", parameters: {} }),
      ),
  },
  Redis: {
    stamp: async (stamp: Stamp) => void (await redisStamp().claim(stamp)),
    clear: () => redisCommand(["DEL", "netra:stamp"]),
  },
};
type Store = keyof typeof stores;

const database = () => createDatabase({ DATABASE_URL: own.env.DATABASE_URL ?? "" });
const redisStamp = () =>
  createRedisStamp({
    UPSTASH_REDIS_REST_URL: own.env.UPSTASH_REDIS_REST_URL ?? "",
    UPSTASH_REDIS_REST_TOKEN: own.env.UPSTASH_REDIS_REST_TOKEN ?? "",
  });

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

async function redisCommand(words: string[]): Promise<void> {
  const response = await fetch(own.env.UPSTASH_REDIS_REST_URL ?? "", {
    method: "POST",
    headers: { Authorization: `Bearer ${own.env.UPSTASH_REDIS_REST_TOKEN}` },
    body: JSON.stringify(words),
  });
  await response.text();
}

/** Starts and says what was refused, and what each store was asked meanwhile. */
async function start(env: Record<string, string>) {
  const logged = postgresLog().length;
  const [calls, cache] = [clickhouseProxy.asked.length, redisProxy.asked.length];
  let refused: StartupError | null = null;
  try {
    const { close } = await startup(env, { log: () => {}, seed: false });
    await close();
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    refused = error;
  }
  return {
    refused,
    asked: {
      // The endpoint cleans each connection after use.
      Postgres: postgresLog()
        .slice(logged)
        .filter((line) => line !== "DISCARD ALL"),
      ClickHouse: clickhouseProxy.asked.slice(calls),
      Redis: redisProxy.asked.slice(cache),
    },
  };
}

const readsStamp: Record<Store, RegExp> = {
  Postgres: /^select environment, installation from netra_installation\.stamp$/,
  ClickHouse: /^SELECT DISTINCT environment, installation FROM netra_stamp/,
  Redis: /^\["get","netra:stamp"\]$/i,
};

describe("a stamp of another environment", () => {
  beforeAll(freshStores);
  afterAll(removeStores);

  const cases = environments.flatMap((environment) =>
    environments
      .filter((stamped) => stamped !== environment)
      .flatMap((stamped) =>
        (Object.keys(stores) as Store[]).map((store) => ({ environment, stamped, store })),
      ),
  );

  it.each(cases)(
    "$store stamped for $stamped refuses $environment",
    async ({ environment, stamped, store }) => {
      for (const { clear } of Object.values(stores)) await clear();
      await stores[store].stamp({ environment: stamped, installation: OURS });
      const { refused, asked } = await start({ ...watched, NETRA_ENV: environment });
      expect(refused?.exitCode).toBe(2);
      expect(refused?.message).toContain(store);
      expect(refused?.message).toContain(stamped);
      expect(asked[store]).toHaveLength(1);
      expect(asked[store][0]).toMatch(readsStamp[store]);
      // Nor was anything changed where there was no stamp.
      const unstamped = (["Postgres", "ClickHouse"] as const).filter((one) => one !== store);
      if (unstamped.includes("Postgres")) {
        expect(await readPostgresStamp(database())).toEqual({ state: "unstamped", empty: true });
      }
      if (unstamped.includes("ClickHouse")) {
        expect(await inClickHouse(readClickHouseStamp)).toEqual({
          state: "unstamped",
          empty: true,
        });
      }
    },
  );
});

describe("stamps of two installations", () => {
  beforeAll(freshStores);
  afterAll(removeStores);

  it.each(["ClickHouse", "Redis"] as const)(
    "%s of another installation than Postgres is refused",
    async (store) => {
      for (const { clear } of Object.values(stores)) await clear();
      await stores.Postgres.stamp({ environment: "test", installation: OURS });
      await stores[store].stamp({ environment: "test", installation: THEIRS });
      const { refused, asked } = await start(watched);
      expect(refused?.exitCode).toBe(2);
      expect(refused?.message).toContain(store);
      expect(refused?.message).toContain(THEIRS);
      expect(asked[store]).toHaveLength(1);
      expect(asked[store][0]).toMatch(readsStamp[store]);
      expect(asked.Postgres).toHaveLength(1);
    },
  );

  it("a stamped ClickHouse beside an empty Postgres is refused: its installation is not there", async () => {
    for (const { clear } of Object.values(stores)) await clear();
    await stores.ClickHouse.stamp({ environment: "test", installation: THEIRS });
    const { refused } = await start(watched);
    expect(refused?.message).toMatch(/ClickHouse belongs to the installation .* Postgres is empty/);
  });

  it("the installation that the configuration names is demanded", async () => {
    for (const { clear } of Object.values(stores)) await clear();
    await stores.Postgres.stamp({ environment: "test", installation: OURS });
    const { refused } = await start({ ...watched, NETRA_INSTALLATION: THEIRS });
    expect(refused?.message).toContain("Postgres belongs to the installation");
  });
});

describe("stores without a stamp", () => {
  it("are stamped alike when they are empty; Redis gets a lost stamp again", async () => {
    await freshStores();
    expect((await start(watched)).refused).toBeNull();
    const postgres = await readPostgresStamp(database());
    expect(postgres).toMatchObject({ state: "stamped", stamp: { environment: "test" } });
    expect(await inClickHouse(readClickHouseStamp)).toEqual(postgres);
    const stamp = stampSchema.parse("stamp" in postgres ? postgres.stamp : null);
    expect(await redisStamp().read()).toEqual(stamp);

    await stores.Redis.clear();
    expect((await start(watched)).refused).toBeNull();
    expect(await redisStamp().read()).toEqual(stamp);
    await removeStores();
  });

  it.each(["Postgres", "ClickHouse"] as const)(
    "%s is refused when it holds tables of somebody",
    async (store) => {
      await freshStores();
      if (store === "Postgres") {
        await database().write((sql) => sql.execute(raw`create table invoices (id int)`));
      } else {
        const sql = "CREATE TABLE invoices (id Int32) ENGINE = MergeTree ORDER BY id";
        await inClickHouse((one) => one.command({ name: "other", sql, parameters: {} }));
      }
      const { refused } = await start(watched);
      expect(refused?.exitCode).toBe(2);
      expect(refused?.message).toMatch(new RegExp(`^${store} holds tables but no stamp`));
      expect(await redisStamp().read()).toBeNull();
      await removeStores();
    },
  );
});
