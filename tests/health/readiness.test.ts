import { describe, expect, it } from "vitest";
import type { Drift } from "../../db/drift";
import { ForeignStampError } from "../../db/stamp";
import { createHealth, type HealthSources } from "../../db/startup/health";
import { SharedAnswer } from "../../db/startup/health-shared";

const drift: Drift = {
  store: "postgres",
  object: "threads.title",
  expected: "text not null",
  found: "varchar(80)",
  mend: null,
};

/** Stores that do as told; each counts how often it was written to. */
function stores(changes: { [Store in "postgres" | "clickhouse" | "redis"]?: Error } = {}) {
  const writes = { postgres: 0, clickhouse: 0, redis: 0 };
  const keys = new Map<string, unknown>();
  const failing = (store: keyof typeof writes) => {
    writes[store]++;
    if (changes[store]) throw changes[store];
  };
  let id: unknown = null;
  const table = {
    insert: () => ({
      values: (row: { id: unknown }) => {
        id = row.id;
      },
    }),
    select: () => ({ from: () => ({ where: () => undefined }) }),
    delete: () => ({ where: () => undefined }),
    execute: () => undefined,
    batch: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return [null, [{ id }], null, { rows: [{ version: "18.0" }] }];
    },
  };
  const sources = {
    db: {
      write: async (ask: (sql: typeof table) => unknown) => {
        failing("postgres");
        return ask(table);
      },
    },
    clickhouse: {
      insert: async () => failing("clickhouse"),
      query: async () => ({ rows: [{ version: "25.8" }] }),
    },
    redis: {
      set: async (key: string, value: unknown) => {
        failing("redis");
        keys.set(key, value);
      },
      get: async (key: string) => keys.get(key) ?? null,
      delete: async (key: string) => {
        keys.delete(key);
      },
      version: async () => null,
    },
    checkPostgres: async () => [],
    checkClickHouse: async () => [],
    now: () => Date.parse("2026-10-23"),
  };
  return { writes, keys, sources: sources as unknown as HealthSources };
}

describe("readiness", () => {
  it("tells state, version and schema of each store and the age of the prices", async () => {
    const { keys, sources } = stores();
    const readiness = await createHealth(sources).readiness();
    expect(readiness).toMatchObject({
      status: "ready",
      ready: true,
      stores: {
        postgres: { state: "up", required: true, version: "18.0", schema: "current" },
        clickhouse: { state: "up", required: false, version: "25.8", schema: "current" },
        redis: { state: "up", required: false, version: null, schema: "none", problem: null },
      },
      prices: { published: "2026-09-23", ageDays: 30 },
    });
    expect(readiness.stores.postgres.latencyMs).toBeGreaterThanOrEqual(29);
    expect(keys.size).toBe(0);
  });

  it("is degraded without ClickHouse or Redis, and unavailable without Postgres", async () => {
    const gone = new Error("could not be reached");
    for (const store of ["clickhouse", "redis"] as const) {
      const { sources } = stores({ [store]: gone });
      expect(await createHealth(sources).readiness()).toMatchObject({
        status: "degraded",
        ready: true,
        stores: { [store]: { state: "down", problem: gone.message } },
      });
    }
    const { sources } = stores({ postgres: gone });
    expect(await createHealth(sources).readiness()).toMatchObject({
      status: "unavailable",
      ready: false,
      stores: { postgres: { state: "down", version: null } },
    });
  });

  it("is unavailable when a schema is wrong, and writes nothing there", async () => {
    const { writes, sources } = stores();
    const wrong = { ...sources, checkClickHouse: async () => [drift, drift] };
    expect(await createHealth(wrong).readiness()).toMatchObject({
      status: "unavailable",
      stores: {
        clickhouse: {
          state: "wrong",
          schema: "drifted",
          problem: "its schema differs in 2 places from what this version expects",
        },
      },
    });
    expect(writes.clickhouse).toBe(0);
  });

  it("is unavailable when a store carries another's stamp", async () => {
    const foreign = new Error("Redis did not serve SET", {
      cause: new ForeignStampError("Redis", "is stamped for production"),
    });
    const { sources } = stores({ redis: foreign });
    expect(await createHealth(sources).readiness()).toMatchObject({
      status: "unavailable",
      stores: { redis: { state: "wrong" } },
    });
  });

  it("says so of a store that does not answer in time", async () => {
    const { sources } = stores();
    const frozen = { ...sources, checkPostgres: () => new Promise<never>(() => {}) };
    const startedAt = Date.now();
    const { stores: found } = await createHealth(frozen).readiness();
    expect(found.postgres).toMatchObject({ state: "down", problem: "no answer within 1500 ms" });
    expect(found.postgres.latencyMs).toBeGreaterThanOrEqual(1_490);
    expect(Date.now() - startedAt).toBeLessThan(2_500);
  });

  it("makes one probe for 100 calls at once, and the next after a second", async () => {
    const { writes, sources } = stores();
    const health = createHealth(sources);
    const answers = await Promise.all(Array.from({ length: 100 }, () => health.readiness()));
    expect(new Set(answers).size).toBe(1);
    expect(writes).toEqual({ postgres: 1, clickhouse: 1, redis: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    await health.readiness();
    expect(writes).toEqual({ postgres: 2, clickhouse: 2, redis: 2 });
  });
});

describe("a shared answer", () => {
  it("is fetched by the next when the one who fetched was cut off", async () => {
    let fetches = 0;
    const shared = new SharedAnswer(
      () => {
        fetches++;
        return fetches === 1 ? new Promise<string>(() => {}) : Promise.resolve("answer");
      },
      { sharedMs: 1_000, abandonedMs: 100 },
    );
    void shared.read();
    expect(await Promise.all([shared.read(), shared.read()])).toEqual(["answer", "answer"]);
    expect(fetches).toBe(2);
  });

  it("is not made of a failure", async () => {
    let fetches = 0;
    const shared = new SharedAnswer(
      async () => {
        fetches++;
        if (fetches === 1) throw new Error("once");
        return fetches;
      },
      { sharedMs: 1_000, abandonedMs: 100 },
    );
    const [first, second] = await Promise.allSettled([shared.read(), shared.read()]);
    expect(first).toMatchObject({ status: "rejected", reason: { message: "once" } });
    expect(second).toMatchObject({ status: "fulfilled", value: 2 });
  });
});
