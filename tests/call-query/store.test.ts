import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallQuery } from "../../db/call-query";
import type { Call } from "../../db/clickhouse/call";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { queryCalls } from "../../db/clickhouse/query/query-calls";
import { createAnalytics } from "../../party/adapters/analytics";
import { concentration, explainChange } from "../../party/analysis";
import { aCall } from "../clickhouse/support/calls";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { insertManyCalls } from "../clickhouse/support/many-calls";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 2, 1);
const nobody = "0190a000-0000-7000-8000-0000000000ff";

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

const scopeOf = (workspaceId: string, datasetId: string) => ({
  workspaceId,
  datasets: [{ id: datasetId, name: "log", version: 1 }],
  from: null,
  to: null,
  filters: {},
});

async function stored(calls: readonly Call[]) {
  const [workspaceId, datasetId] = [randomUUID(), randomUUID()];
  await insertCalls(engine.clickhouse, { workspaceId, datasetId, importId: randomUUID() }, calls);
  const scope = scopeOf(workspaceId, datasetId);
  return {
    scope,
    ask: async (question: CallQuery) => (await queryCalls(engine.clickhouse, scope, question)).rows,
  };
}

const everything: CallQuery["measures"] = [
  "calls",
  "spend",
  "cost_per_call",
  "cost_per_1k_tokens",
  "cache_share",
  "error_rate",
  "error_cost",
  "latency_p95",
  "latency_mean",
  "calls_per_second",
  "tokens_per_second",
  "quality_mean",
  "users",
  "first_at",
];

describe("a log with little in it", () => {
  it("without calls gives zeros for counts and nothing for the rest", async () => {
    const { ask } = await stored([]);
    const [row] = await ask({ measures: everything });
    expect(row?.values).toEqual({
      calls: 0,
      spend: null,
      cost_per_call: null,
      cost_per_1k_tokens: null,
      cache_share: null,
      error_rate: null,
      error_cost: "0",
      latency_p95: null,
      latency_mean: null,
      calls_per_second: null,
      tokens_per_second: null,
      quality_mean: null,
      users: 0,
      first_at: null,
    });
    expect(await ask({ measures: ["calls"], dimensions: ["model"] })).toEqual([]);
    expect(await ask({ measures: ["calls"], grain: "hour" })).toEqual([]);
  });

  it("of one call gives what the call says, and no rate of no time", async () => {
    const { ask } = await stored([aCall({ id: "1", quality: 0.5, ttftMs: 200, latencyMs: 1200 })]);
    const [row] = await ask({ measures: everything });
    expect(row?.values).toEqual({
      calls: 1,
      spend: "0.0035",
      cost_per_call: "0.0035",
      // $0.0035 over 1.1 thousand tokens, rounded to a pico-dollar.
      cost_per_1k_tokens: "0.003181818182",
      cache_share: 0,
      error_rate: 0,
      error_cost: "0",
      latency_p95: 1200,
      latency_mean: 1200,
      calls_per_second: null,
      tokens_per_second: 100,
      quality_mean: 0.5,
      users: 1,
      first_at: start,
    });
    const hour = { from: start, to: start + HOUR };
    const [bound] = await ask({ measures: ["calls_per_second"], range: hour });
    expect(bound?.values.calls_per_second).toBeCloseTo(1 / 3600, 15);
  });

  it("without a price anywhere is unpriced, never free", async () => {
    const { ask, scope } = await stored([
      aCall({ id: "1", model: "house-model-7", status: "error" }),
      aCall({ id: "2", model: "house-model-7" }),
    ]);
    const [row] = await ask({
      measures: ["spend", "error_cost", "cost_per_call", "output_cost", "unpriced_calls"],
    });
    expect(row?.values).toEqual({
      spend: null,
      error_cost: null,
      cost_per_call: null,
      output_cost: null,
      unpriced_calls: 2,
    });
    const { result } = await explainChange(createAnalytics(engine.clickhouse), scope, { days: 1 });
    expect(result).toMatchObject({ costDeltaUsd: null, parts: [] });
    expect(result.unavailable).not.toBeNull();
  });

  it("with a gap has no row where nothing was called, and an empty range says so by its zero", async () => {
    const { ask } = await stored([
      aCall({ id: "1", time: start }),
      aCall({ id: "2", time: start + 3 * DAY }),
    ]);
    const days = await ask({ measures: ["calls"], grain: "day" });
    expect(days.map(({ at }) => at)).toEqual([start, start + 3 * DAY]);
    const between = { from: start + DAY, to: start + 2 * DAY };
    expect((await ask({ measures: ["calls"], range: between }))[0]?.values).toEqual({ calls: 0 });
    await expect(ask({ measures: ["calls"], range: { from: 5, to: 5 } })).rejects.toMatchObject({
      name: "InvalidCallQuery",
      problems: [{ field: "range", problem: expect.stringContaining("range is empty") }],
    });
  });
});

describe("hostile text in a question", () => {
  const odd = [
    "'",
    "\\'; DROP TABLE calls_v1; --",
    "') OR 1 = 1 --",
    "{workspace:UUID}",
    "a\tb\nc\0d",
    "日本語 🦊",
    "\\N",
    "%_*",
  ];

  it("stays data: in values, in keys of tags, and in what is parted by them", async () => {
    const other = await stored([aCall({ id: "theirs", feature: "theirs" })]);
    const { ask } = await stored(
      odd.map((text, index) =>
        aCall({ id: String(index), feature: text, tags: { [text]: text, all: "x" } }),
      ),
    );
    for (const text of odd) {
      const one = await ask({
        measures: ["calls"],
        dimensions: [`tag:${text}`, "feature"],
        filters: [
          { dimension: "feature", in: [text] },
          { dimension: `tag:${text}`, in: [text] },
        ],
      });
      expect(
        one.map(({ segment, values }) => [segment, values.calls]),
        text,
      ).toEqual([[[text, text], 1]]);
      const rest = await ask({
        measures: ["calls"],
        filters: [{ dimension: `tag:${text}`, notIn: [text] }],
      });
      expect(rest[0]?.values.calls, text).toBe(odd.length - 1);
    }
    const [all] = await ask({
      measures: ["calls"],
      filters: [{ dimension: "tag:all", in: ["x"] }],
    });
    expect(all?.values.calls).toBe(odd.length);
    expect((await other.ask({ measures: ["calls"] }))[0]?.values.calls).toBe(1);
  });

  it("reaches no other workspace, whatever dataset, filter or tag it names", async () => {
    const { scope } = await stored([aCall({ id: "1", tags: { workspace_id: nobody } })]);
    const { rows } = await queryCalls(
      engine.clickhouse,
      { ...scope, workspaceId: nobody },
      {
        measures: ["calls"],
        filters: [{ dimension: "tag:workspace_id", in: [nobody] }],
      },
    );
    expect(rows[0]?.values.calls).toBe(0);
  });
});

describe("a large log", () => {
  const [workspaceId, datasetId] = [randomUUID(), randomUUID()];
  const scope = scopeOf(workspaceId, datasetId);
  beforeAll(() =>
    insertManyCalls(engine.clickhouse, {
      ...{ workspaceId, datasetId, start },
      count: 300_000,
      users: 100_000,
      days: 30,
    }),
  );

  it("of a hundred thousand users lists the leading ones and sums up the rest", async () => {
    const ask = (question: CallQuery) => queryCalls(engine.clickhouse, scope, question);
    const [all] = (await ask({ measures: ["users", "calls", "spend"] })).rows;
    expect(all?.values.calls).toBe(300_000);
    const users = all?.values.users ?? 0;
    expect(users).toBeGreaterThan(90_000);
    const { rows } = await ask({
      measures: ["calls", "users", "latency_p95"],
      dimensions: ["user"],
      limit: 5_000,
      rest: "others",
    });
    expect(rows).toHaveLength(5_001);
    expect(rows.at(-1)).toMatchObject({ others: true, segments: users - 5_000 });
    expect(rows.reduce((sum, { values }) => sum + values.calls, 0)).toBe(300_000);
    const { result } = await concentration(createAnalytics(engine.clickhouse), scope, {
      by: "user",
    });
    expect(result.segments).toBeGreaterThan(90_000);
    expect(result.gini?.low).toBeLessThan(result.gini?.high ?? 0);
  });

  it("is not answered beyond the limits: the error says which", async () => {
    await expect(
      queryCalls(engine.clickhouse, scope, {
        measures: ["calls"],
        dimensions: ["user"],
        grain: "hour",
        limit: 5_000,
        rest: "others",
      }),
    ).rejects.toMatchObject({ name: "ClickHouseQueryError", limit: "result rows" });
    await expect(
      engine.clickhouse.query({
        name: "read too much",
        sql: "SELECT count() FROM calls_v1 WHERE workspace_id = {workspace:UUID} AND input_tokens > 0",
        parameters: { workspace: workspaceId },
        limits: { rowsToRead: 1000 },
      }),
    ).rejects.toMatchObject({ name: "ClickHouseQueryError", limit: "rows read", retryable: false });
  });

  it("leaves nothing running when its question is withdrawn", async () => {
    const stop = new AbortController();
    const reason = new Error("withdrawn");
    const asked = queryCalls(
      engine.clickhouse,
      scope,
      {
        measures: ["users", "sessions", "latency_p99", "ttft_p99"],
        dimensions: ["user", "session", "hour", "tag:team"],
        limit: 5_000,
        rest: "others",
      },
      { signal: stop.signal },
    );
    setTimeout(() => stop.abort(reason), 30);
    await expect(asked).rejects.toBe(reason);
    const running = async () =>
      (
        await engine.clickhouse.query({
          name: "running",
          sql: "SELECT count() AS queries FROM system.processes WHERE query LIKE '%calls_v1%' AND query NOT LIKE '%system.processes%'",
          parameters: {},
        })
      ).rows;
    await expect.poll(running, { timeout: 5_000 }).toEqual([{ queries: "0" }]);
  });
});
