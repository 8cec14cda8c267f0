import { spawn } from "node:child_process";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClickHouse } from "../../db/clickhouse";
import { createDatabase } from "../../db/postgres";
import { startTestEngines, type TestEngines } from "../embedded/support";
import { type OwnDatabases, ownDatabases } from "../support/own-databases";
import { normalisedDump } from "./normalised-dump";

let engines: TestEngines;
let own: OwnDatabases;

beforeAll(async () => {
  engines = await startTestEngines({});
  own = await ownDatabases(engines, "development");
}, 120_000);
afterAll(async () => {
  await own?.drop();
  await engines?.stop();
});

/** `npm run db -- …` with nobody at the terminal. */
function db(words: string[], changes: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/db.ts", ...words], {
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...own.env, ...changes },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      output += text;
    });
  }
  return new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, output })),
  );
}

const inPostgres = (statement: string) =>
  createDatabase({ DATABASE_URL: own.env.DATABASE_URL ?? "" }).write((sql) =>
    sql.execute(raw.raw(statement)),
  );

async function inClickHouse(sql: string): Promise<void> {
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: own.env.CLICKHOUSE_URL ?? "" });
  await clickhouse.command({ name: "damage", sql, parameters: {} });
  await clickhouse.close();
}

describe("npm run db, step by step", () => {
  it("plan and status show what is to be done and do nothing", async () => {
    const plan = await db(["plan"]);
    expect(plan.code).toBe(0);
    expect(plan.output).toContain('CREATE TABLE "threads"');
    expect(plan.output).toContain("CREATE TABLE IF NOT EXISTS calls_v1");
    const status = await db(["status"]);
    expect(status.code).toBe(0);
    expect(status.output).toMatch(
      /Postgres .*: empty; 0 migrations applied, to be applied: 0000_first/,
    );
    expect((await db(["validate"])).code).toBe(4);
    expect((await db(["status"])).output).toBe(status.output);
  }, 120_000);

  it("migrate does it, names the installation, and does nothing the second time", async () => {
    const first = await db(["migrate"]);
    expect(first.code).toBe(0);
    expect(first.output).toMatch(/Ready: development, NETRA_INSTALLATION=[0-9a-f-]{36}/);
    const second = await db(["migrate"]);
    expect(second.output).toContain("Postgres and ClickHouse are as expected, nothing to do");
    expect((await db(["validate"])).output).toContain("Both schemas are as expected");
    expect((await db(["plan"])).output).toContain("Nothing to do");
  }, 120_000);

  it("validate refuses drift in both stores; repair mends it, and only when told to", async () => {
    const before = await normalisedDump(own.env);
    await inPostgres("drop index threads_workspace_activity_idx");
    await inPostgres("alter table threads alter column title drop not null");
    await inClickHouse("ALTER TABLE calls_v1 DROP COLUMN ttft_ms");
    const found = await db(["validate"]);
    expect(found.code).toBe(8);
    expect(found.output).toContain("threads.title: expected text not null, found text");
    expect(found.output).toContain("threads_workspace_activity_idx");
    expect(found.output).toContain("calls_v1.ttft_ms");

    expect((await db(["migrate"])).code).toBe(8);

    const unasked = await db(["repair"]);
    expect(unasked.code).toBe(8);
    expect(unasked.output).toContain("Nobody is there to ask");
    const repaired = await db(["repair", "--yes"]);
    expect(repaired.output).toContain("Repaired");
    expect(repaired.code).toBe(0);
    expect((await db(["validate"])).code).toBe(0);
    // A column that was put back stands at the end of its table, unless its place was given.
    const columns = (dump: string) => dump.split("\n").filter((line) => !line.includes("calls_v1"));
    expect(columns(await normalisedDump(own.env))).toEqual(columns(before));
  }, 120_000);

  it("repair stamps a store that lost its stamp, with its fellow's", async () => {
    await inClickHouse("DROP TABLE netra_stamp");
    const refused = await db(["validate"]);
    expect(refused.code).toBe(2);
    expect(refused.output).toContain("ClickHouse holds tables but no stamp");
    const repaired = await db(["repair", "--yes"]);
    expect(repaired.output).toContain("ClickHouse is stamped");
    expect((await db(["validate"])).code).toBe(0);
  }, 120_000);

  it("refuses a database that is newer than the code, with both versions named", async () => {
    await inPostgres(
      "insert into drizzle.__drizzle_migrations (hash, created_at, name) values ('h', 9999999999999, '9999_future')",
    );
    const { code, output } = await db(["migrate"]);
    expect(code).toBe(4);
    expect(output).toMatch(/database is at 9999_future, this version ends at \d{4}_\w+/);
    await inPostgres("delete from drizzle.__drizzle_migrations where name = '9999_future'");
  }, 120_000);

  it("embeds nothing in production: a missing variable is a mistake", async () => {
    const { code, output } = await db(["migrate"], { NETRA_ENV: "production", DATABASE_URL: "" });
    expect(code).toBe(1);
    expect(output).toContain("DATABASE_URL is not set");
  });
});
