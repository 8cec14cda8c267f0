/**
 * What can be counted over a set of calls, by name. A name is also the key of the figure in evidence.
 *
 * Money is exact decimal text in USD over the priced calls; null means that no call was priced, never
 * zero. Ratios are plain factors (0.05 is 5 %), durations ms, instants Unix ms. Null otherwise means
 * that there is nothing to take it of: no calls, nothing logged, a division by zero.
 */
export interface MeasureValues {
  calls: number;
  priced_calls: number;
  unpriced_calls: number;
  spend: string | null;
  /**
   * Spend by what was billed: input neither read from nor written to a cache, cached reads, cache
   * writes, and the rest (output with reasoning, fees per request). They sum to `spend`.
   */
  fresh_input_cost: string | null;
  cache_read_cost: string | null;
  cache_write_cost: string | null;
  output_cost: string | null;
  input_tokens: number;
  /** Input neither read from nor written to a cache. */
  fresh_input_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  /** Cached reads ÷ input tokens. */
  cache_share: number | null;
  /** Spend ÷ priced calls, rounded half up to a whole pico-dollar. */
  cost_per_call: string | null;
  /** Spend ÷ thousand input and output tokens of priced calls, rounded half up to a whole pico-dollar. */
  cost_per_1k_tokens: string | null;
  /** Successful calls with a logged latency: what its percentiles and mean stand on. */
  latency_calls: number;
  latency_p50: number | null;
  latency_p90: number | null;
  latency_p95: number | null;
  latency_p99: number | null;
  latency_mean: number | null;
  /** The same of time to first token. */
  ttft_calls: number;
  ttft_p50: number | null;
  ttft_p90: number | null;
  ttft_p95: number | null;
  ttft_p99: number | null;
  ttft_mean: number | null;
  errors: number;
  /** Errors ÷ calls. */
  error_rate: number | null;
  /** Of failed calls: zero without any, null when all of them are unpriced. */
  error_cost: string | null;
  /** Calls that were a second or later attempt. */
  retries: number;
  /** Different users and sessions; calls that name none are not counted. */
  users: number;
  sessions: number;
  /** Successful calls with a quality label, and the mean of the labels (0–1). */
  labelled_calls: number;
  quality_mean: number | null;
  /**
   * Calls ÷ seconds: of the time bucket where the question has a grain, else of its range, else (the
   * range is open) from the first to the last of these calls.
   */
  calls_per_second: number | null;
  /** Output tokens ÷ seconds of generation (latency − time to first token), over successful calls that log both. */
  tokens_per_second: number | null;
  first_at: number | null;
  last_at: number | null;
}

export type Measure = keyof MeasureValues;

/** How a measure's value is read and told apart. */
export type MeasureKind = "count" | "money" | "duration" | "ratio" | "rate" | "score" | "instant";

export const measureKinds: Record<Measure, MeasureKind> = {
  calls: "count",
  priced_calls: "count",
  unpriced_calls: "count",
  spend: "money",
  fresh_input_cost: "money",
  cache_read_cost: "money",
  cache_write_cost: "money",
  output_cost: "money",
  input_tokens: "count",
  fresh_input_tokens: "count",
  cache_read_tokens: "count",
  cache_write_tokens: "count",
  output_tokens: "count",
  reasoning_tokens: "count",
  cache_share: "ratio",
  cost_per_call: "money",
  cost_per_1k_tokens: "money",
  latency_calls: "count",
  latency_p50: "duration",
  latency_p90: "duration",
  latency_p95: "duration",
  latency_p99: "duration",
  latency_mean: "duration",
  ttft_calls: "count",
  ttft_p50: "duration",
  ttft_p90: "duration",
  ttft_p95: "duration",
  ttft_p99: "duration",
  ttft_mean: "duration",
  errors: "count",
  error_rate: "ratio",
  error_cost: "money",
  retries: "count",
  users: "count",
  sessions: "count",
  labelled_calls: "count",
  quality_mean: "score",
  calls_per_second: "rate",
  tokens_per_second: "rate",
  first_at: "instant",
  last_at: "instant",
};

export const measures = Object.keys(measureKinds) as [Measure, ...Measure[]];
