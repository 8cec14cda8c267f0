import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { createAnalytics } from "../../party/adapters/analytics";
import type { Scope } from "../../party/analysis/source";
import { aCall, generatedCalls } from "../clickhouse/support/calls";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { allAnalyses } from "./support/all-analyses";
import { memorySource } from "./support/memory-source";

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);
const SQL = "'] OR 1=1; DROP TABLE calls_v1 --\\";

const some = (count: number, fields: (index: number) => Partial<Call>): Call[] =>
  Array.from({ length: count }, (_, index) =>
    aCall({
      id: String(index).padStart(4, "0"),
      time: START + index * 3_600_000,
      ...fields(index),
    }),
  );

/** What a log may be like that no formula was made for; each entry is one dataset. */
const logs: Record<string, { sets: Call[][]; scope?: Partial<Scope> }> = {
  "an empty range": {
    sets: [some(20, () => ({}))],
    scope: { from: START + 90 * DAY, to: START + 91 * DAY },
  },
  "one call": { sets: [some(1, () => ({}))] },
  "calls that are all unpriced": { sets: [some(30, () => ({ model: "house-model-7" }))] },
  "one model only": { sets: [some(60, (index) => ({ promptHash: `p${index % 7}` }))] },
  "clocks that are weeks off": {
    sets: [
      some(40, (index) => ({
        time: START + ([-14, 21][index % 20] ?? 0) * DAY + index * 60_000,
        promptHash: "same",
      })),
    ],
  },
  "a gap of a month": {
    sets: [
      some(60, (index) => ({ time: START + (index < 30 ? 0 : 30 * DAY) + index * 3_600_000 })),
    ],
  },
  "a segment that costs nothing": {
    sets: [
      some(40, (index) => (index % 2 ? {} : { feature: "free", inputTokens: 0, outputTokens: 0 })),
    ],
  },
  "nothing to divide by": {
    sets: [
      some(30, () => ({ inputTokens: 0, outputTokens: 0, latencyMs: 0, ttftMs: 0, quality: 0 })),
    ],
  },
  "a filter value with quotes and SQL in it": {
    sets: [some(40, (index) => ({ feature: index % 2 ? SQL : "chat", promptHash: "same" }))],
    scope: { filters: { feature: [SQL] } },
  },
  "two datasets of different formats": {
    sets: [
      // Few models, as the comparison of quality shows only so many pairs and ties have no order here.
      generatedCalls(77, 120).filter(({ provider }) => ["anthropic", "google"].includes(provider)),
      some(40, () => ({ latencyMs: null, ttftMs: null, user: "", session: "", feature: "" })),
    ],
  },
};

/** Profile, levers, plan, growth and quality: each question that the store answers is in one of them. */
const asked = [
  "by feature",
  "change",
  "unusual hours",
  "concentration",
  "quality compared",
  "projected spend",
  "errors",
  "response cache",
  "prompt cache",
  "prefix breaks",
  "model swap",
  "cascade",
  "output cap",
  "batch",
  "joint plan",
];

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

/** The plain reading promises no order; that of the store has tests of its own. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const texts = value.map((item) => JSON.stringify(unordered(item)));
    return texts.sort();
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, unordered(item)]),
  );
}

describe("every analysis on the real store is what it is over a plain reading of the log", () => {
  for (const [name, { sets, scope: part = {} }] of Object.entries(logs)) {
    it(`of ${name}`, async () => {
      const workspaceId = randomUUID();
      const stored = sets.map((calls) => ({ workspaceId, datasetId: randomUUID(), calls }));
      for (const { calls, ...target } of stored) {
        await insertCalls(engine.clickhouse, { ...target, importId: randomUUID() }, calls);
      }
      const datasets = stored.map(({ datasetId }) => ({ id: datasetId, name: "log", version: 1 }));
      const scope: Scope = { workspaceId, datasets, from: null, to: null, filters: {}, ...part };
      const real = allAnalyses(createAnalytics(engine.clickhouse), scope);
      const plain = allAnalyses(memorySource(stored), scope);
      for (const analysis of asked) {
        const [found, wanted] = [await real[analysis]?.(), await plain[analysis]?.()];
        expect(found, analysis).toBeDefined();
        expect(unordered(found?.result), analysis).toEqual(unordered(wanted?.result));
        expect(unordered(found?.draft.values), analysis).toEqual(unordered(wanted?.draft.values));
        expect(JSON.stringify(found), analysis).not.toMatch(/NaN|Infinity/);
        for (const { key, value, note } of found?.draft.values ?? []) {
          // What is not known says why.
          if (value === null) expect(note, `${analysis}, ${key}`).toBeTruthy();
        }
      }
    }, 60_000);
  }

  it("of a hundred thousand users", async () => {
    const [workspaceId, datasetId] = [randomUUID(), randomUUID()];
    await engine.clickhouse.command({
      name: "users",
      sql: `INSERT INTO calls_v1 (workspace_id, dataset_id, import_id, id, time, provider, model, feature, user, status, input_tokens, output_tokens, cost_usd, price_input, price_output)
        SELECT {workspace:UUID}, {dataset:UUID}, {dataset:UUID}, toString(number), fromUnixTimestamp64Milli({start:Int64} + toInt64(number) * 1000), 'openai', 'gpt-4o', 'chat',
          concat('user-', toString(number)), 'ok', 1000, 100, if(number = 0, 1000, toDecimal64(0.0035, 12)), 2500000, 10000000
        FROM numbers(100000)`,
      parameters: { workspace: workspaceId, dataset: datasetId, start: START },
    });
    const scope: Scope = {
      workspaceId,
      datasets: [{ id: datasetId, name: "log", version: 1 }],
      from: null,
      to: null,
      filters: {},
    };
    const analyses = allAnalyses(createAnalytics(engine.clickhouse), scope);
    const values = (await analyses.concentration?.())?.draft.values ?? [];
    const value = (key: string) => values.find((found) => found.key === key)?.value;
    // One user has 1,000 of 1,349.9965 dollars.
    expect(value("top_1")).toBe("74.0743");
    const users = (await analyses["by user"]?.())?.draft.values ?? [];
    expect(users.find(({ key }) => key === "calls")?.value).toBe("1");
    expect(users.filter(({ key }) => key === "calls").at(-1)).toMatchObject({ value: "99945" });
  }, 60_000);
});
