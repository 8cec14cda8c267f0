import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as raw } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClickHouse } from "../../db/clickhouse";
import { createDatabase } from "../../db/postgres";
import { withMigrationLock } from "../../db/postgres/migration-lock";
import { createRedisStamp } from "../../db/redis";
import { prepareStores } from "../../db/startup";
import { startTestEngines, type TestEngines, until } from "../embedded/support";
import { type OwnDatabases, ownDatabases } from "../support/own-databases";
import { startRecordingProxy } from "../support/recording-proxy";

let engines: TestEngines;
let own: OwnDatabases;
let lines: string[];

beforeAll(async () => {
  engines = await startTestEngines({});
}, 60_000);
afterAll(() => engines?.stop());

beforeEach(async () => {
  own = await ownDatabases(engines);
  await prepareStores(own.env, { log: () => {} });
  lines = [];
});
afterEach(() => own.drop());

const start = (changes: Record<string, string> = {}, folder?: string) =>
  prepareStores(
    { ...own.env, ...changes },
    { log: (line) => lines.push(line), ...(folder ? { folder } : {}) },
  );
const stages = () => lines.map((line) => /^startup: (.+?):/.exec(line)?.[1]);
const inPostgres = (statement: string) =>
  createDatabase({ DATABASE_URL: own.env.DATABASE_URL ?? "" }).write((sql) =>
    sql.execute(raw.raw(statement)),
  );
const looked = () => until(() => lines.some((line) => line.startsWith("startup: look:")), 20_000);

/** A copy of the migrations with one more. The caller removes it. */
function newerProject(): string {
  const project = mkdtempSync(join(tmpdir(), "netra-newer-"));
  for (const folder of ["db/postgres/migrations", "db/clickhouse/migrations"]) {
    cpSync(folder, join(project, folder), { recursive: true });
  }
  const journalFile = join(project, "db/postgres/migrations/meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8")) as {
    entries: Array<{ idx: number; when: number; tag: string; version: string }>;
  };
  const last = journal.entries.at(-1);
  if (!last) throw new Error("no migrations");
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: "9000_next" });
  writeFileSync(journalFile, JSON.stringify(journal));
  writeFileSync(join(project, "db/postgres/migrations/9000_next.sql"), "select 1;");
  return project;
}

/** The lock, held as by another process that migrates, until the returned function is called. */
async function holdLock(): Promise<() => Promise<void>> {
  let letGo = () => {};
  const wanted = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const db = createDatabase({ DATABASE_URL: own.env.DATABASE_URL ?? "" });
  const taken = await new Promise<{ running: Promise<void> }>((resolve, reject) => {
    const running: Promise<void> = withMigrationLock(db, async () => {
      resolve({ running });
      await wanted;
    });
    running.catch(reject);
  });
  return async () => {
    letGo();
    await taken.running;
  };
}

/** Until a session has asked for the lock and not got it. */
async function someoneWaits(): Promise<void> {
  const db = createDatabase({ DATABASE_URL: own.env.DATABASE_URL ?? "" });
  await until(async () => {
    const { rows } = await db.read((sql) =>
      sql.execute(raw`select 1 from pg_stat_activity a
        where a.datname = current_database() and a.state = 'idle in transaction'
          and a.query like '%pg_try_advisory_xact_lock%'
          and not exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory')`),
    );
    return rows.length > 0;
  }, 20_000);
}

describe("a start with nothing to do", () => {
  it("takes no lock: it serves while another process holds it", async () => {
    const release = await holdLock();
    await start();
    await release();
    expect(stages()).toEqual(["connect", "look"]);
    expect(lines[1]).toContain("Postgres and ClickHouse are as expected, nothing to do");
  }, 30_000);

  it("only reads", async () => {
    const postgres = await startRecordingProxy(own.env.DATABASE_URL ?? "");
    const clickhouse = await startRecordingProxy(own.env.CLICKHOUSE_URL ?? "");
    await start({ DATABASE_URL: postgres.url, CLICKHOUSE_URL: clickhouse.url });
    await postgres.stop();
    await clickhouse.stop();
    const statements = postgres.asked.flatMap((body) => {
      const { queries, query } = JSON.parse(body) as {
        queries?: Array<{ query: string }>;
        query?: string;
      };
      return queries ? queries.map((one) => one.query) : [query ?? ""];
    });
    const others = [...statements, ...clickhouse.asked]
      .map((text) => text.trim())
      .filter((text) => !/^(?:select|with own as|set local jit)\b/i.test(text));
    expect(statements.length).toBeGreaterThan(3);
    expect(clickhouse.asked.length).toBeGreaterThan(2);
    expect(others).toEqual([]);
  }, 30_000);

  it("gives Redis the stamp that it lost, still without the lock", async () => {
    await fetch(own.env.UPSTASH_REDIS_REST_URL ?? "", {
      method: "POST",
      headers: { Authorization: `Bearer ${own.env.UPSTASH_REDIS_REST_TOKEN}` },
      body: JSON.stringify(["DEL", "netra:stamp"]),
    });
    const { stamp } = await start();
    const redis = createRedisStamp({
      UPSTASH_REDIS_REST_URL: own.env.UPSTASH_REDIS_REST_URL ?? "",
      UPSTASH_REDIS_REST_TOKEN: own.env.UPSTASH_REDIS_REST_TOKEN ?? "",
    });
    expect(await redis.read()).toEqual(stamp);
    expect(stages()).toEqual(["connect", "look"]);
  }, 30_000);
});

describe("a start with something to do takes the lock", () => {
  it("for a pending migration: it waits for who holds it, then migrates", async () => {
    const project = newerProject();
    try {
      const release = await holdLock();
      const starting = start({}, project);
      await looked();
      expect(lines.at(-1)).toContain("to be applied: 9000_next");
      await someoneWaits();
      await release();
      await starting;
      expect(lines.find((line) => line.includes("lock:"))).toContain("taken after another process");
      expect(lines.join("\n")).toContain("migrate Postgres: applied 9000_next");
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  }, 30_000);

  it("also when four do at once: one migrates, and all are content", async () => {
    const project = newerProject();
    try {
      const stamps = await Promise.all([1, 2, 3, 4].map(() => start({}, project)));
      expect(new Set(stamps.map(({ stamp }) => stamp.installation)).size).toBe(1);
      const migrated = lines.filter((line) => line.includes("migrate Postgres:"));
      expect(migrated.filter((line) => line.includes("applied 9000_next"))).toHaveLength(1);
      lines = [];
      await Promise.all([1, 2, 3, 4].map(() => start({}, project)));
      expect(lines.filter((line) => line.includes("nothing to do"))).toHaveLength(4);
      expect(stages()).not.toContain("lock");
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  }, 30_000);

  it("for a ClickHouse migration that ran and was not recorded: killed, or just under way", async () => {
    const clickhouse = createClickHouse({ CLICKHOUSE_URL: own.env.CLICKHOUSE_URL ?? "" });
    const command = (sql: string) => clickhouse.command({ name: "undo", sql, parameters: {} });
    await command(
      "DELETE FROM netra_migrations WHERE name = (SELECT max(name) FROM netra_migrations)",
    );
    await start();
    await clickhouse.close();
    expect(stages()).toContain("lock");
    expect(lines.join("\n")).toMatch(/migrate ClickHouse: applied 000\d_\w+/);
    lines = [];
    await start();
    expect(stages()).toEqual(["connect", "look"]);
  }, 30_000);

  it("for drift, and looks again before it refuses", async () => {
    await inPostgres("alter table threads alter column title drop not null");
    const release = await holdLock();
    const starting = start();
    await looked();
    expect(lines.at(-1)).toContain("not all is done (threads.title differs)");
    await inPostgres("alter table threads alter column title set not null");
    await release();
    await starting;
    expect(lines.at(-1)).toMatch(/^startup: validate: Postgres, ClickHouse/);

    await inPostgres("alter table threads alter column title drop not null");
    await expect(start()).rejects.toThrow(/threads\.title: expected text not null, found text/);
  }, 30_000);
});
