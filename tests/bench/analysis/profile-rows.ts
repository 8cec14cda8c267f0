import {
  comparePeriods,
  concentration,
  explainChange,
  profileBreakdown,
  profileTimeline,
  profileTotals,
  unusualHours,
} from "../../../party/analysis";
import type { BenchRow } from ".";

const tokens = [
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
];
/** What the measures of a profile read. */
const profiled = ["time", ...tokens, "cost_usd", "status", "retry", "latency_ms", "ttft_ms"];

/** The questions of a profile: apart, and as a person who opens it waits for them. */
export const profileRows: readonly BenchRow[] = [
  {
    name: "totals",
    promiseMs: 2_000,
    columns: profiled,
    ask: (source, scope) => profileTotals(source, scope, {}),
  },
  {
    name: "breakdown by model",
    promiseMs: 2_000,
    columns: ["provider", "model", ...profiled],
    ask: (source, scope) => profileBreakdown(source, scope, { by: "model" }),
  },
  {
    name: "breakdown by feature",
    promiseMs: 2_000,
    columns: ["feature", ...profiled],
    ask: (source, scope) => profileBreakdown(source, scope, { by: "feature" }),
  },
  {
    name: "breakdown by user (20,000)",
    promiseMs: null,
    columns: ["user", ...profiled],
    ask: (source, scope) => profileBreakdown(source, scope, { by: "user" }),
  },
  {
    name: "timeline by day",
    promiseMs: 2_000,
    columns: profiled,
    ask: (source, scope) => profileTimeline(source, scope, { grain: "day" }),
  },
  {
    name: "cost by model by day",
    promiseMs: 2_000,
    columns: ["time", "provider", "model", "cost_usd"],
    ask: (source, scope) =>
      source.query(scope, { measures: ["spend"], dimensions: ["model"], grain: "day" }),
  },
  {
    name: "comparison of two weeks by feature",
    promiseMs: 2_000,
    columns: ["feature", ...profiled],
    ask: (source, scope) => comparePeriods(source, scope, { days: 7 }),
  },
  {
    name: "decomposition of a change of two weeks",
    promiseMs: 2_000,
    columns: ["feature", "provider", "model", ...profiled, "price_input", "price_cache_read"],
    ask: (source, scope) => explainChange(source, scope, { days: 7 }),
  },
  {
    name: "unusual hours of a week",
    promiseMs: 2_000,
    columns: profiled,
    ask: (source, scope) => unusualHours(source, scope, { days: 7 }),
  },
  {
    name: "concentration by user (20,000)",
    promiseMs: null,
    columns: ["user", "cost_usd"],
    ask: (source, scope) => concentration(source, scope, { by: "user" }),
  },
];
