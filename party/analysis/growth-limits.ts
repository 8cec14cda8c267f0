import type { RateRow } from "./source";

/** What a provider allows for a model; null where the user stated none. */
export interface RateLimit {
  provider: string;
  model: string;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/** How near a model's traffic is to a limit. */
export type LimitOutcome =
  | { state: "unknown"; reason: string }
  | {
      state: "measured";
      limit: number;
      p50: number;
      p99: number;
      peak: number;
      /** `over`: the 99th percentile is above it; `peaks-over`: only the busiest minutes are. */
      standing: "within" | "peaks-over" | "over";
      /** By how much traffic may grow before its peak reaches the limit; null when there is no traffic. */
      headroom: number | null;
    };

export interface ModelLimits {
  provider: string;
  model: string;
  requests: LimitOutcome;
  tokens: LimitOutcome;
}

/**
 * Logged traffic times `growth` against stated limits, model by model. A minute is a calendar minute of the log, as
 * providers count it differently (some refill continuously): a burst within one may be refused all the same.
 */
export function againstLimits(
  rates: readonly RateRow[],
  limits: readonly RateLimit[],
  growth = 1,
): ModelLimits[] {
  return limits.map(({ provider, model, requestsPerMinute, tokensPerMinute }) => {
    const own = rates.find((row) => row.provider === provider && row.model === model);
    return {
      provider,
      model,
      requests: standingOf(own?.requestsPerMinute, requestsPerMinute, growth),
      tokens: standingOf(own?.tokensPerMinute, tokensPerMinute, growth),
    };
  });
}

function standingOf(
  rate: RateRow["requestsPerMinute"] | undefined,
  limit: number | null,
  growth: number,
): LimitOutcome {
  if (limit === null) return { state: "unknown", reason: "no limit was stated" };
  if (!(limit > 0)) return { state: "unknown", reason: "a limit has to be above zero" };
  if (!rate) return { state: "unknown", reason: "the log has no call of this model in range" };
  const [p50, p99, peak] = [rate.p50 * growth, rate.p99 * growth, rate.peak * growth];
  return {
    state: "measured",
    limit,
    p50,
    p99,
    peak,
    standing: p99 > limit ? "over" : peak > limit ? "peaks-over" : "within",
    headroom: peak > 0 ? limit / peak : null,
  };
}
