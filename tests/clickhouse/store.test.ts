import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  countDatasetCalls,
  deleteDatasetCalls,
  deleteImportCalls,
} from "../../db/clickhouse/dataset-calls";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { FailedMigrationError, migrateClickHouse } from "../../db/clickhouse/migrate";
import { readClickHouseMigrations } from "../../db/clickhouse/migration-files";
import { MigrationHistoryError } from "../../db/migration-history";
import { createAnalytics } from "../../party/adapters/analytics";
import { aCall, generatedCalls } from "./support/calls";
import { startTestClickHouse, type TestClickHouse } from "./support/engine";

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

const target = () => ({
  workspaceId: randomUUID(),
  datasetId: randomUUID(),
  importId: randomUUID(),
});

describe("storing calls", () => {
  it("keeps one row of a call, however often and however cut its batch comes back", async () => {
    const to = target();
    const calls = generatedCalls(11, 300);
    await insertCalls(engine.clickhouse, to, calls);
    await insertCalls(engine.clickhouse, to, calls);
    await insertCalls(engine.clickhouse, to, calls.slice(50, 170));
    const counted = await countDatasetCalls(engine.clickhouse, to);
    expect(counted.calls).toBe(300);
    expect(counted.firstAt).toBe(Math.min(...calls.map((call) => call.time)));
    expect(counted.lastAt).toBe(Math.max(...calls.map((call) => call.time)));
    const scope = {
      workspaceId: to.workspaceId,
      datasets: [{ id: to.datasetId, name: "log", version: 1 }],
      from: null,
      to: null,
      filters: {},
    };
    const { rows } = await createAnalytics(engine.clickhouse).query(scope, {
      measures: ["input_tokens"],
    });
    expect(rows[0]?.values.input_tokens).toBe(
      calls.reduce((sum, call) => sum + call.inputTokens, 0),
    );
  });

  it("tells what it stored, and why calls are unpriced", async () => {
    const receipt = await insertCalls(engine.clickhouse, target(), [
      aCall({ id: "1" }),
      aCall({ id: "2", model: "house-model-7" }),
      aCall({ id: "3", model: "" }),
      aCall({ id: "4", provider: "nowhere" }),
      aCall({ id: "5", provider: "openai", model: "text-embedding-3-small", outputTokens: 0 }),
    ]);
    expect(receipt).toEqual({
      inserted: 5,
      priced: 2,
      unpriced: { "unknown-model": 1, "no-model": 1, "unknown-provider": 1 },
    });
  });

  it("stores nothing for no calls", async () => {
    const to = target();
    expect(await insertCalls(engine.clickhouse, to, [])).toEqual({
      inserted: 0,
      priced: 0,
      unpriced: {},
    });
    expect(await countDatasetCalls(engine.clickhouse, to)).toEqual({
      calls: 0,
      firstAt: null,
      lastAt: null,
    });
  });

  it("removes one import, or one dataset, and nothing of anybody else", async () => {
    const first = target();
    const second = { ...first, importId: randomUUID() };
    const other = { ...first, workspaceId: randomUUID() };
    await insertCalls(engine.clickhouse, first, generatedCalls(21, 30));
    await insertCalls(engine.clickhouse, second, generatedCalls(22, 40));
    await insertCalls(engine.clickhouse, other, generatedCalls(23, 50));
    await deleteImportCalls(engine.clickhouse, first);
    expect((await countDatasetCalls(engine.clickhouse, first)).calls).toBe(40);
    await deleteDatasetCalls(engine.clickhouse, first);
    expect((await countDatasetCalls(engine.clickhouse, first)).calls).toBe(0);
    expect((await countDatasetCalls(engine.clickhouse, other)).calls).toBe(50);
  });
});

describe("migrations", () => {
  it("run once", async () => {
    const files = await readClickHouseMigrations();
    expect(files[0]?.name).toBe("0001_calls_v1.sql");
    expect(await migrateClickHouse(engine.clickhouse, files)).toEqual([]);
  });

  it("refuse a file that was changed after it ran, by name, before anything else runs", async () => {
    const files = await readClickHouseMigrations();
    const changed = files.map((file) => ({ ...file, checksum: "a later thought's" }));
    const next = {
      name: "9000_next.sql",
      sql: "CREATE TABLE IF NOT EXISTS later (a Int8) ENGINE = Memory",
      checksum: "next",
    };
    const run = migrateClickHouse(engine.clickhouse, [...changed, next]);
    await expect(run).rejects.toBeInstanceOf(MigrationHistoryError);
    await expect(run).rejects.toThrow(/0001_calls_v1\.sql was changed/);
    const { rows } = await engine.clickhouse.query({
      name: "later",
      sql: "SELECT name FROM system.tables WHERE name = 'later'",
      parameters: {},
    });
    expect(rows).toEqual([]);
  });

  it("say which file failed and run it again the next time", async () => {
    const files = await readClickHouseMigrations();
    const broken = {
      name: "9001_broken.sql",
      sql: "CREATE TABLE broken (a NoSuchType) ENGINE = Memory",
      checksum: "broken",
    };
    const run = migrateClickHouse(engine.clickhouse, [...files, broken]);
    await expect(run).rejects.toBeInstanceOf(FailedMigrationError);
    await expect(run).rejects.toMatchObject({ migration: "9001_broken.sql" });
    const mended = { ...broken, sql: "CREATE TABLE IF NOT EXISTS broken (a Int8) ENGINE = Memory" };
    expect(await migrateClickHouse(engine.clickhouse, [...files, mended])).toEqual([
      "9001_broken.sql",
    ]);
  });
});
