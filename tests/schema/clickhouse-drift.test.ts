import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ClickHouse } from "../../db/clickhouse";
import { ask } from "../../db/clickhouse/queries/ask";
import { checkClickHouseSchema } from "../../db/clickhouse/schema-check";
import { type Drift, describeDrift } from "../../db/drift";
import { checkVersions } from "../../db/versions";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { clickHouseDamage } from "./support/clickhouse-damage";

let store: TestClickHouse;
let clickhouse: ClickHouse;

beforeAll(async () => {
  store = await startTestClickHouse();
  clickhouse = store.clickhouse;
});
afterAll(() => store?.stop());

async function run(statements: readonly string[]): Promise<void> {
  for (const sql of statements) await clickhouse.command({ name: "hand", sql, parameters: {} });
}

/** Like `npm run db -- repair`: line by line. */
const mend = (drifts: Drift[]) =>
  run(drifts.flatMap((one) => one.mend?.split("\n") ?? []).map((line) => line.replace(/;$/, "")));

/** The definitions as the server prints them. */
async function definitions(): Promise<string[]> {
  const { rows } = await ask(
    clickhouse,
    {
      name: "definitions",
      sql: "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name IN ('calls_v1', 'health_probes') ORDER BY name",
      parameters: {},
    },
    z.object({ create_table_query: z.string() }),
  );
  return rows.map((row) => row.create_table_query);
}

const oneCall = () =>
  clickhouse.insert("calls_v1", [
    {
      workspace_id: randomUUID(),
      dataset_id: randomUUID(),
      import_id: randomUUID(),
      id: "a",
      time: "2026-01-01 00:00:00.000",
      model: "gpt-4o",
      input_tokens: "4000000",
      cost_usd: "0.5",
    },
  ]);

describe("the schema check of ClickHouse", () => {
  it("takes the server's version", async () => {
    const [version] = await checkVersions({ clickhouse });
    expect(version?.version).toMatch(/^\d+\.\d+/);
    expect(version?.refusal).toBeNull();
  });

  it("says nothing about a migrated database", async () => {
    expect(await checkClickHouseSchema(clickhouse)).toEqual([]);
  });

  it("expects to the letter what the migrations make", async () => {
    const migrated = await definitions();
    expect(migrated).toHaveLength(2);
    await run(["DROP TABLE calls_v1 SYNC", "DROP TABLE health_probes SYNC"]);
    const drifts = await checkClickHouseSchema(clickhouse);
    expect(drifts.map(({ object }) => object)).toEqual(["calls_v1", "health_probes"]);
    await mend(drifts);
    expect(await definitions()).toEqual(migrated);
  });

  for (const { what, sql, says, withRows, undo } of clickHouseDamage) {
    it(`finds ${what}${undo ? " and offers no statement" : " and mends it"}`, async () => {
      if (withRows) await oneCall();
      await run(sql);
      const drifts = await checkClickHouseSchema(clickhouse);
      const lines = describeDrift(drifts).split("\n");
      for (const line of says) expect(lines).toContain(line);
      if (undo) {
        expect(drifts.map((drift) => drift.mend)).toContain(null);
        await run(undo);
      } else {
        expect(drifts.every((drift) => drift.mend !== null)).toBe(true);
        await mend(drifts);
      }
      expect(await checkClickHouseSchema(clickhouse)).toEqual([]);
      if (withRows) await run(["TRUNCATE TABLE calls_v1 SYNC"]);
    });
  }
});
