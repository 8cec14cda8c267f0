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
import {
  type CacheLifetime,
  type CallSource,
  type Dimension,
  type JointQuestion,
  rankings,
  type Scope,
} from "../../party/analysis/source";
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

const lifetimes: [CacheLifetime, CacheLifetime] = [
  { seconds: 3600, features: [{ feature: "search", seconds: 7200 }] },
  { seconds: 86_400, features: [] },
];

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
    duplicates: () => source.duplicates(scope, { livesFrom: "last-use", lifetimes }),
    "duplicates since their storing": () =>
      source.duplicates(scope, { livesFrom: "store", lifetimes }),
    "prefix reuse": () =>
      source.prefixReuse(scope, {
        lifetimes: [900, 3600, null],
        rules: [
          { provider: "openai", model: "gpt-4o", minimumTokens: 1024, stepTokens: 128 },
          { provider: "", model: "gpt-4.1", minimumTokens: 512, stepTokens: 1 },
        ],
        cautiousMinimumTokens: 2048,
      }),
    "prefix breaks": () => source.prefixBreaks(scope, { leastCalls: 2, limit: 1_000 }),
    "model usage": () => source.modelUsage(scope, { steps: [1000, 200_000] }),
    "model usage without steps": () => source.modelUsage(scope, { steps: [] }),
    "model profiles": () => source.modelProfiles(scope),
    errors: () => source.errors(scope),
    "input levels": () => source.inputLevels(scope),
    rates: () => source.rates(scope),
  };
}

type Ask = () => Promise<{ rows: readonly object[] }>;

/** What a plan asks, with much and with little in it; the plans' own comparison covers what is between. */
function jointQuestions(source: CallSource, scope: Scope) {
  const answers = (livesFrom: "store" | "last-use") => ({
    livesFrom,
    low: lifetimes[0],
    central: lifetimes[1],
  });
  const caps = [{ feature: "search", tokens: 300 }];
  const trims = [
    { feature: "search", tokens: 900 },
    { feature: "chat", tokens: 1_500 },
  ];
  const move = { feature: "chat", provider: "openai", keepsReads: true, excluded: false };
  const prompt = {
    lifetimeSeconds: 900,
    rules: [
      { provider: "openai", model: "gpt-4o", minimumTokens: 1024, stepTokens: 128 },
      { provider: "anthropic", model: "claude-sonnet-4-5", minimumTokens: 1024, stepTokens: 1 },
    ],
    moves: [
      { ...move, model: "gpt-4o", minimumTokens: 2048, stepTokens: 64 },
      { ...move, model: "o3", minimumTokens: 0, stepTokens: 1, keepsReads: false },
      { ...move, model: "gpt-4o-mini", minimumTokens: 0, stepTokens: 1, excluded: true },
    ],
  };
  const ask = (question: Partial<JointQuestion>) => () =>
    source.jointUsage(scope, {
      steps: [200_000],
      answers: null,
      caps: [],
      trims: [],
      prompt: null,
      ...question,
    });
  return {
    "joint usage with both caches": ask({ prompt, caps, answers: answers("last-use") }),
    "joint usage with bounded prompts": ask({ prompt, trims, answers: answers("last-use") }),
    "joint usage with bounded prompts alone": ask({ trims }),
    "joint usage without rules and moves": ask({
      prompt: { lifetimeSeconds: 900, rules: [], moves: [] },
      answers: answers("store"),
    }),
  };
}

const ordered = new Set(["totals", "timeline day", "timeline hour"]);

async function compareAll(
  real: CallSource,
  plain: CallSource,
  scope: Scope,
  seed: number,
  questionsOf: (source: CallSource, scope: Scope) => Record<string, Ask> = questions,
) {
  const asked = questionsOf(real, scope);
  const expected = questionsOf(plain, scope);
  for (const [name, ask] of Object.entries(asked)) {
    const found = rounded((await ask()).rows);
    const wanted = rounded((await expected[name]?.())?.rows ?? []);
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

/** Seeds and sizes; the first two in every run, all of them with `NETRA_TEST_FULL=1`. */
const LOGS: ReadonlyArray<readonly [seed: number, size: number]> = [
  [1, 600],
  [4, 1],
  [2, 600],
  [3, 40],
];

describe("the questions over calls", () => {
  for (const [seed, size] of process.env.NETRA_TEST_FULL === "1" ? LOGS : LOGS.slice(0, 2)) {
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
      await compareAll(real, plain, whole, seed, jointQuestions);
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
    }, 120_000);
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
    const lives = (seconds: number) => ({ seconds, features: [] });
    const served = async (livesFrom: "store" | "last-use", seconds: number) =>
      (await real.duplicates(scope, { livesFrom, lifetimes: [lives(seconds)] })).rows[0];
    expect(await served("last-use", 3599)).toMatchObject({ repeats: 5, served: [{ repeats: 4 }] });
    expect(await served("last-use", 86_400)).toMatchObject({ served: [{ repeats: 5 }] });
    // Stored at 0; served at 1 and 3600; dead at 3601 and stored again; served at 7200; dead at 93,600.
    expect(await served("store", 3600)).toMatchObject({ repeats: 5, served: [{ repeats: 3 }] });
    const classes = await real.jointUsage(scope, {
      steps: [],
      answers: { livesFrom: "last-use", low: lives(3598), central: lives(3599) },
      caps: [],
      trims: [],
      prompt: null,
    });
    const calls = (low: boolean, central: boolean, high: boolean) =>
      classes.rows.find(
        ({ served }) => served.low === low && served.central === central && served.high === high,
      )?.calls;
    expect(classes.rows).toHaveLength(4);
    expect(calls(false, false, false)).toBe(1);
    expect(calls(true, true, true)).toBe(2);
    expect(calls(false, true, true)).toBe(2);
    expect(calls(false, false, true)).toBe(1);
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
