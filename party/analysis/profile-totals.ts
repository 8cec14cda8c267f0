import { formatUsd, parseUsd } from "../../db/prices";
import { draftOf } from "./draft";
import { Figures, shareOfCount } from "./figures";
import { askTotals } from "./profile-questions";
import type { Analysis, TotalsResult } from "./results";
import type { Measures } from "./source";

const noCalls: Measures = {
  calls: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costUsd: null,
  pricedCalls: 0,
  unpricedCalls: 0,
  errors: 0,
  errorCostUsd: "0",
  retries: 0,
  latencyMs: null,
  ttftMs: null,
  firstAt: null,
  lastAt: null,
};

/**
 * Calls, tokens, cost, failures and latency over the whole scope.
 *
 * Keys (segment null): `calls`, `cost`, `cost_per_call`, `priced_calls`, `unpriced_calls`, `input_tokens`,
 * `cache_read_tokens`, `cache_write_tokens`, `output_tokens`, `reasoning_tokens`, `cache_share`, `errors`,
 * `error_rate`, `error_cost`, `retries`, `latency_calls`, `p50_latency`, `p95_latency`, `p99_latency`,
 * `p50_ttft`, `p95_ttft`, `p99_ttft`, `first_call`, `last_call`.
 */
export const profileTotals: Analysis<Record<string, never>, TotalsResult> = async (
  source,
  scope,
  _params,
  signal,
) => {
  const answer = await askTotals(source, scope, signal);
  const result = answer.rows[0] ?? noCalls;
  const figures = totalFigures(result);
  return {
    result,
    draft: draftOf(scope, {
      tool: "profile-totals",
      what: "Calls, tokens, cost, failures and latency of all calls in range",
      ground: "measured",
      formula:
        "cost = Σ over priced calls of tokens × catalogue price; percentiles by linear interpolation over successful calls",
      answers: [answer],
      figures,
    }),
  };
};

function totalFigures(totals: Measures): Figures {
  const figures = new Figures();
  const count = (key: string, label: string, value: number) =>
    figures.add(null, key, label, key.endsWith("tokens") ? "tokens" : "calls", value);
  count("calls", "calls", totals.calls);
  figures.spend(null, "cost", "cost", totals);
  figures.usd(
    null,
    "cost_per_call",
    "cost per priced call",
    costPerCall(totals),
    totals.pricedCalls === 0 ? "unpriced: no priced calls" : undefined,
  );
  count("priced_calls", "priced calls", totals.pricedCalls);
  count("unpriced_calls", "unpriced calls", totals.unpricedCalls);
  count("input_tokens", "input tokens", totals.inputTokens);
  count("cache_read_tokens", "cached input tokens", totals.cacheReadTokens);
  count("cache_write_tokens", "input tokens written to a cache", totals.cacheWriteTokens);
  count("output_tokens", "output tokens", totals.outputTokens);
  count("reasoning_tokens", "reasoning tokens", totals.reasoningTokens);
  const cacheShare = shareOfCount(totals.cacheReadTokens, totals.inputTokens);
  figures.add(
    null,
    "cache_share",
    "share of input tokens read from a cache",
    "percent",
    cacheShare,
    cacheShare === null ? "no input tokens" : undefined,
  );
  count("errors", "failed calls", totals.errors);
  const errorRate = shareOfCount(totals.errors, totals.calls);
  figures.add(
    null,
    "error_rate",
    "share of calls that failed",
    "percent",
    errorRate,
    errorRate === null ? "no calls in range" : undefined,
  );
  figures.usd(null, "error_cost", "cost of failed calls", totals.errorCostUsd);
  count("retries", "calls that repeat an attempt", totals.retries);
  count("latency_calls", "successful calls with a logged latency", totals.latencyMs?.calls ?? 0);
  figures.percentiles(null, "latency", totals.latencyMs);
  figures.percentiles(null, "ttft", totals.ttftMs);
  const none = "no calls in range";
  figures.add(
    null,
    "first_call",
    "first call",
    "date",
    isoText(totals.firstAt),
    totals.firstAt === null ? none : undefined,
  );
  figures.add(
    null,
    "last_call",
    "last call",
    "date",
    isoText(totals.lastAt),
    totals.lastAt === null ? none : undefined,
  );
  return figures;
}

/** Rounded half up to whole pico-dollars. */
function costPerCall(totals: Measures): string | null {
  if (totals.costUsd === null || totals.pricedCalls === 0) return null;
  const calls = BigInt(totals.pricedCalls);
  return formatUsd((2n * parseUsd(totals.costUsd) + calls) / (2n * calls));
}

function isoText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
