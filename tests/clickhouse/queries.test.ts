import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClickHouse } from "../../db/clickhouse/client";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { createAnalytics } from "../../party/adapters/analytics";
import {
  askBreakdown,
  askPeriods,
  askTimeline,
  askTotals,
} from "../../party/analysis/profile-questions";
import { type CallSource, type Dimension, rankings, type Scope } from "../../party/analysis/source";
import { memorySource } from "../analysis/support/memory-source";
import { aCall, generatedCalls } from "./support/calls";
import { startTestClickHouse, type TestClickHouse } from "./support/engine";

const DAY = 86_400_000;
const start = Date.UTC(2026, 2, 1);
let engine: TestClickHouse;
let clickhouse: ClickHouse;

beforeAll(async () => {
  engine = await startTestClickHouse();
  clickhouse = engine.clickhouse;
});
afterAll(() => engine?.stop());

/** Every question over a scope, with its rows in an order of their own where the store promises none. */
function questions(source: CallSource, scope: Scope) {
  const dimensions: Dimension[] = ["model", "provider", "feature", "user", "status", "day", "hour"];
  const pair = {
    current: { from: start + 5 * DAY, to: start + 8 * DAY },
    previous: { from: start + 2 * DAY, to: start + 5 * DAY },
  };
  return {
    totals: () => askTotals(source, scope),
    ...Object.fromEntries(
      dimensions.map((by) => [
        `breakdown ${by}`,
        () => askBreakdown(source, scope, { by, limit: 4 }),
      ]),
    ),
    ...Object.fromEntries(
      dimensions.flatMap((by) =>
        rankings.map((rank) => [
          `breakdown ${by} led by ${rank}`,
          () => askBreakdown(source, scope, { by, limit: 3, rank }),
        ]),
      ),
    ),
    "timeline day": () => askTimeline(source, scope, { grain: "day" }),
    "timeline hour": () => askTimeline(source, scope, { grain: "hour" }),
    "periods as a whole": () => askPeriods(source, scope, { ...pair, by: null }),
    "periods by feature": () => askPeriods(source, scope, { ...pair, by: "feature" }),
    duplicates: () => source.duplicates(scope, { withinSeconds: [3600, 86_400] }),
    "prefix reuse": () => source.prefixReuse(scope, { lifetimeSeconds: 900, minimumTokens: 1024 }),
    "model usage": () => source.modelUsage(scope, { steps: [1000, 200_000] }),
    "model usage without steps": () => source.modelUsage(scope, { steps: [] }),
    "model profiles": () => source.modelProfiles(scope),
    errors: () => source.errors(scope),
    "joint usage": () =>
      source.jointUsage(scope, { steps: [200_000], shortSeconds: 3600, mediumSeconds: 86_400 }),
  };
}

const ordered = new Set(["totals", "timeline day", "timeline hour"]);

async function compareAll(real: CallSource, plain: CallSource, scope: Scope, seed: number) {
  const asked = questions(real, scope);
  const expected = questions(plain, scope);
  for (const [name, ask] of Object.entries(asked)) {
    const found = rounded((await ask()).rows);
    const wanted = rounded((await expected[name as keyof typeof expected]()).rows);
    const keepsOrder =
      ordered.has(name) || name.startsWith("breakdown") || name.startsWith("periods");
    const sort = (rows: string[]) => (keepsOrder ? rows : [...rows].sort());
    expect(sort(found), `${name}, seed ${seed}`).toEqual(sort(wanted));
  }
}

/** Keys in one order; means of floats agree to nine places, everything else exactly. */
function rounded(rows: readonly object[]): string[] {
  return rows.map((row) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(row)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => [
            key,
            typeof value === "number" && !Number.isInteger(value) ? value.toFixed(9) : value,
          ]),
      ),
    ),
  );
}

describe("the questions over calls", () => {
  for (const [seed, size] of [
    [1, 600],
    [2, 600],
    [3, 40],
    [4, 1],
  ] as const) {
    it(`answer as a plain reading of the log does (seed ${seed}, ${size} calls)`, async () => {
      const workspaceId = randomUUID();
      const sets = [
        { workspaceId, datasetId: randomUUID(), calls: generatedCalls(seed, size) },
        {
          workspaceId,
          datasetId: randomUUID(),
          calls: generatedCalls(seed + 100, Math.ceil(size / 3)),
        },
      ];
      for (const { datasetId, calls } of sets) {
        await insertCalls(clickhouse, { workspaceId, datasetId, importId: randomUUID() }, calls);
      }
      const real = createAnalytics(clickhouse);
      const plain = memorySource(sets);
      const datasets = sets.map(({ datasetId }) => ({ id: datasetId, name: "log", version: 1 }));
      const whole: Scope = { workspaceId, datasets, from: null, to: null, filters: {} };
      await compareAll(real, plain, whole, seed);
      await compareAll(
        real,
        plain,
        {
          ...whole,
          from: start + 1.5 * DAY,
          to: start + 7 * DAY,
          filters: { provider: ["openai", "anthropic", ""], notFeature: ["search"] },
        },
        seed,
      );
      await compareAll(
        real,
        plain,
        {
          ...whole,
          datasets: datasets.slice(0, 1),
          filters: {
            feature: ['it\'s "odd"\\\n; DROP TABLE calls_v1 --'],
            model: ["gpt-4o", "o3"],
          },
        },
        seed,
      );
      await compareAll(real, plain, { ...whole, datasets: [] }, seed);
    });
  }

  it("keep to the edges: a range's start is in and its end is out, a lifetime's last moment counts", async () => {
    const workspaceId = randomUUID();
    const datasetId = randomUUID();
    const edges = [0, 1, 3600, 3601, 7200, 93_600, 93_601].map((seconds, index) =>
      aCall({ id: String(index), time: start + seconds * 1000, promptHash: "same", retry: index }),
    );
    await insertCalls(clickhouse, { workspaceId, datasetId, importId: randomUUID() }, edges);
    const real = createAnalytics(clickhouse);
    const scope: Scope = {
      workspaceId,
      datasets: [{ id: datasetId, name: "log", version: 1 }],
      from: start,
      to: start + 93_601_000,
      filters: {},
    };
    expect((await askTotals(real, scope)).rows[0]?.calls).toBe(6);
    expect((await askTotals(real, { ...scope, from: start + 1 })).rows[0]?.calls).toBe(5);
    const [repeats] = (await real.duplicates(scope, { withinSeconds: [3599, 86_400] })).rows;
    expect(repeats).toMatchObject({
      repeats: 5,
      within: [{ repeats: 4 }, { repeats: 5 }],
    });
    const fates = (
      await real.jointUsage(scope, { steps: [], shortSeconds: 3598, mediumSeconds: 3599 })
    ).rows;
    expect(Object.fromEntries(fates.map(({ fate, calls }) => [fate, calls]))).toEqual({
      kept: 1,
      "repeat-short": 2,
      "repeat-medium": 2,
      "repeat-long": 1,
    });
  });

  it("see nothing of another workspace, whatever dataset is named", async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()];
    const datasetId = randomUUID();
    const ours = generatedCalls(5, 50);
    await insertCalls(clickhouse, { workspaceId: mine, datasetId, importId: randomUUID() }, ours);
    await insertCalls(
      clickhouse,
      { workspaceId: theirs, datasetId, importId: randomUUID() },
      generatedCalls(6, 80),
    );
    const real = createAnalytics(clickhouse);
    const datasets = [{ id: datasetId, name: "log", version: 1 }];
    const scope = (workspaceId: string): Scope => ({
      workspaceId,
      datasets,
      from: null,
      to: null,
      filters: {},
    });
    await compareAll(
      real,
      memorySource([{ workspaceId: mine, datasetId, calls: ours }]),
      scope(mine),
      5,
    );
    expect((await askTotals(real, scope(theirs))).rows[0]?.calls).toBe(80);
    expect((await askTotals(real, scope(randomUUID()))).rows[0]?.calls).toBe(0);
  });

  it("take quotes, backslashes, tabs and SQL in filter values as text", async () => {
    const workspaceId = randomUUID();
    const datasetId = randomUUID();
    const odd = [
      "'",
      "\\",
      "\\'",
      "a\tb",
      "a\nb",
      "'] OR 1=1 --",
      "{x:String}",
      "日本語 🦊",
      '"',
      "\\N",
      "NULL",
      "a,b",
      "[a]",
    ];
    const [template] = generatedCalls(7, 1);
    if (!template) throw new Error("one call was generated");
    const calls = odd.map((feature, index) => ({ ...template, id: String(index), feature }));
    await insertCalls(clickhouse, { workspaceId, datasetId, importId: randomUUID() }, calls);
    const real = createAnalytics(clickhouse);
    for (const feature of odd) {
      const scope = {
        workspaceId,
        datasets: [{ id: datasetId, name: "log", version: 1 }],
        from: null,
        to: null,
        filters: { feature: [feature] },
      };
      const answer = await askBreakdown(real, scope, { by: "feature", limit: 5 });
      expect(answer.rows.map((row) => [row.segment, row.calls])).toEqual([[feature, 1]]);
    }
  });
});
