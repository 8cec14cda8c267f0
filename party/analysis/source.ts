import type { CallQuery, Measure, QueryRow } from "../../db/call-query";

/**
 * What the analysis asks of a store of calls. The store answers typed questions; nobody hands it SQL.
 * Every question is bound to one workspace by the implementation's caller through `Scope`.
 *
 * In all rows: money is decimal text in USD, exact; null means that no call was priced, never zero.
 * Times are Unix ms, durations ms. Empty text means that the log does not say. Rows are plain JSON.
 */

/** Which calls are looked at. Times are Unix ms, `from` inclusive, `to` exclusive; null is open. */
export interface Scope {
  workspaceId: string;
  datasets: ReadonlyArray<{ id: string; name: string; version: number }>;
  from: number | null;
  to: number | null;
  filters: Filters;
}

interface Filters {
  provider?: readonly string[];
  model?: readonly string[];
  feature?: readonly string[];
  notFeature?: readonly string[];
}

/** By what the segments of a breakdown lead; `p95_latency` is of successful calls. */
export const rankings = ["cost", "calls", "input_tokens", "errors", "p95_latency"] as const;
export type Ranking = (typeof rankings)[number];

export type Dimension = "model" | "provider" | "feature" | "user" | "status" | "day" | "hour";
export type Grain = "day" | "hour";

/** What a question cost and how it was asked: the receipt's raw material. */
export interface Answer<Row> {
  rows: Row[];
  sql: string;
  parameters: Record<string, unknown>;
  rowsRead: number;
  elapsedMs: number;
}

/** Percentiles with linear interpolation between ranks, over the `calls` that have the measure. */
export interface Percentiles {
  calls: number;
  p50: number;
  p95: number;
  p99: number;
}

/** What is counted over a set of calls. */
export interface Measures {
  calls: number;
  inputTokens: number;
  /** Part of `inputTokens`. */
  cacheReadTokens: number;
  /** Part of `inputTokens`. */
  cacheWriteTokens: number;
  outputTokens: number;
  /** Part of `outputTokens`. */
  reasoningTokens: number;
  /** Over the priced calls. */
  costUsd: string | null;
  pricedCalls: number;
  unpricedCalls: number;
  errors: number;
  errorCostUsd: string | null;
  /** Calls that were a second or later attempt. */
  retries: number;
  /** Of calls that succeeded: a failure that comes quickly must not flatter. Null when not logged. */
  latencyMs: Percentiles | null;
  /** Time to first token of calls that succeeded; null when not logged. */
  ttftMs: Percentiles | null;
  firstAt: number | null;
  lastAt: number | null;
}

/** `others` marks the one row that sums up the segments beyond the limit; its `segment` is empty. */
export interface SegmentRow extends Measures {
  segment: string;
  others: boolean;
  /** How many segments stand behind this row. */
  segments: number;
}

/** `at` is the bucket's start (UTC). Buckets without calls have no row. */
export interface TimelineRow extends Measures {
  at: number;
}

export interface Period {
  from: number;
  to: number;
}

export interface PeriodRow extends Measures {
  period: "current" | "previous";
  /** Empty when the question was not by a dimension. */
  segment: string;
}

/** Exact repeats: a successful call with the dataset, feature, provider, model and prompt hash of an earlier one. */
export interface DuplicateRow {
  feature: string;
  /** Successful calls, and those of them whose prompt hash is known. */
  calls: number;
  hashedCalls: number;
  /** Of all calls of the feature. */
  costUsd: string | null;
  repeats: number;
  repeatCostUsd: string | null;
  unpricedRepeats: number;
  /** Of the repeats, those that a cache would have served, for each of the asked lifetimes. */
  served: Array<{ repeats: number; costUsd: string | null }>;
}

/** What a model's provider caches: prompts and prefixes of at least the minimum, in whole steps. */
export interface PrefixRule {
  provider: string;
  model: string;
  minimumTokens: number;
  stepTokens: number;
}

export interface PrefixQuestion {
  /** How long an entry lives since its last use, seconds; null: for ever. */
  lifetimes: ReadonlyArray<number | null>;
  /** A model without a rule has no minimum and no steps. */
  rules: readonly PrefixRule[];
  /** A minimum for the cautious figures, for models without a rule. */
  cautiousMinimumTokens: number;
}

/**
 * Prompt tokens that a prefix cache would have served, over successful calls with known prefix blocks,
 * per provider, model, price and whether the prompt is long enough to be cached at all.
 */
export interface PrefixRow {
  provider: string;
  model: string;
  /** By the model's rule, and by the cautious minimum. */
  cacheable: boolean;
  cautiouslyCacheable: boolean;
  /** Pico-dollars per token; null where the catalogue has no such price. */
  prices: { input: string | null; cacheRead: string | null; cacheWrite: string | null };
  calls: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** In the order of the asked lifetimes: tokens served, and tokens billed as read, at least those that the log has. */
  replays: Array<{ servedTokens: number; readTokens: number; cautiousReadTokens: number }>;
}

/** Calls whose prompts part behind the same block (place 0: at once). */
export interface PrefixBreakRow {
  provider: string;
  model: string;
  /** The first by name of the features of these calls. */
  feature: string;
  /** Hash id of the last shared block; empty at place 0. */
  block: string;
  place: number;
  calls: number;
  /** Different blocks that come next. */
  continuations: number;
  sharedTokens: number;
  lostTokens: number;
  /** What the lost tokens cost above cached reads; null when nothing of it is priced. */
  lostUsd: string | null;
}

/** Tokens and cost of a segment, parted by how many of the asked input steps a call exceeds. */
export interface UsageRow {
  feature: string;
  provider: string;
  model: string;
  /** Number of the asked `steps` (input tokens) that each of these calls exceeds. */
  step: number;
  calls: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  /** Input and output of the longest of these calls. */
  longestTokens: number;
  costUsd: string;
}

/** How long a cached answer lives: by default, and for the features that say otherwise. */
export interface CacheLifetime {
  seconds: number;
  features: ReadonlyArray<{ feature: string; seconds: number }>;
}

/** From when a cached answer's life is counted: from when it was stored, or from when it was last used. */
export type LivesFrom = "store" | "last-use";

export interface JointQuestion {
  /** Input sizes at which one of the models in question changes its price. */
  steps: readonly number[];
  /** Lifetimes of cached answers in the low and the central case; the high one never forgets. */
  answers: { livesFrom: LivesFrom; low: CacheLifetime; central: CacheLifetime } | null;
  /** Longest answer of a feature, tokens. */
  caps: ReadonlyArray<{ feature: string; tokens: number }>;
  /** Longest prompt of a feature, tokens. */
  trims: ReadonlyArray<{ feature: string; tokens: number }>;
  prompt: {
    lifetimeSeconds: number;
    /** A model without a rule has no minimum and no steps. */
    rules: readonly PrefixRule[];
    /** Segments that change their model: each has caches of its own. The rule is that of the new model. */
    moves: ReadonlyArray<
      PrefixRule & {
        feature: string;
        /** Reads that the log has already carry over to the new model. */
        keepsReads: boolean;
        /** The segment takes no part in prompt caching. */
        excluded: boolean;
      }
    >;
  } | null;
}

/** Input tokens billed as cached reads: for all calls, or those that cached answers leave; with the asked lifetime, or for ever. */
export interface ReadTokens {
  all: number;
  keptLow: number;
  keptCentral: number;
  allEver: number;
  keptEver: number;
}

/** A class of priced calls of which a plan of levers makes the same thing. */
export interface JointRow extends UsageRow {
  /** 0: succeeded; else the first, second, or third or later attempt, which failed. */
  attempt: number;
  /** Whether a cache of answers would have answered it, by case. */
  served: { low: boolean; central: boolean; high: boolean };
  /** Whether its prompt can be cached on its own model, and on the one it would move to. */
  cacheable: boolean;
  cacheableMoved: boolean;
  /** What the catalogue charged for a token, pico-dollars; null where it has no such price. */
  prices: {
    input: string | null;
    cacheRead: string | null;
    cacheWrite: string | null;
    output: string | null;
  };
  /** Output with each answer cut at its feature's cap, and how many answers that cuts. */
  cappedOutputTokens: number;
  truncatedCalls: number;
  /** Input behind the feature's bound that no cache serves, and how many prompts that cuts. */
  trimmedInputTokens: number;
  trimmedCalls: number;
  /** On its own model, and on the one it would move to. */
  reads: ReadTokens;
  movedReads: ReadTokens;
}

/** Measured speed and judged quality of a model on a feature. */
export interface ModelProfileRow {
  feature: string;
  provider: string;
  model: string;
  calls: number;
  latencyMs: Percentiles | null;
  ttftMs: Percentiles | null;
  /** Successful calls with a quality label, their mean (0–1) and the standard error of it. */
  labelledCalls: number;
  meanQuality: number | null;
  qualityError: number | null;
}

/** Quality labels of a model on a feature, over successful calls that have one. */
export interface ModelLabelRow {
  feature: string;
  provider: string;
  model: string;
  labels: LabelMoments;
  /** Labels of 1, and whether every label is 0 or 1. */
  right: number;
  binary: boolean;
  /** Over the labelled calls that are priced, USD. */
  cost: {
    n: number;
    mean: number;
    variance: number;
    meanLabel: number;
    varianceLabel: number;
    covariance: number;
  };
}

/** Mean and sample variance of labels, 0–1. */
export interface LabelMoments {
  n: number;
  mean: number;
  variance: number;
}

/**
 * Labels of two models on the same prompts of a feature (equal prompt hashes; several labels of one
 * model on a prompt count as their mean). `first` comes before `second` by name; a pair of models
 * without a common prompt has no row.
 */
export interface LabelPairRow {
  feature: string;
  first: { provider: string; model: string; labels: LabelMoments };
  second: { provider: string; model: string; labels: LabelMoments };
  /** Second minus first. */
  difference: LabelMoments;
  /** When every label is 0 or 1. */
  binary: boolean;
  bothRight: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

/** Traffic of a model per calendar minute (UTC), over all minutes from its first to its last call, empty ones too. */
export interface RateRow {
  provider: string;
  model: string;
  minutes: number;
  /** Those of them with a call. */
  activeMinutes: number;
  calls: number;
  /** Input and output, over all minutes. */
  tokens: number;
  requestsPerMinute: RateLevels;
  /** Input and output together. */
  tokensPerMinute: RateLevels;
  /** Start of the minute with most tokens, Unix ms; the earliest of equals. */
  peakAt: number;
}

/** Input tokens of a feature's successful calls; percentiles with linear interpolation between ranks. */
export interface InputLevelsRow {
  feature: string;
  calls: number;
  p50: number;
  p90: number;
  longest: number;
}

/** Percentiles with linear interpolation between ranks. */
export interface RateLevels {
  p50: number;
  p99: number;
  peak: number;
}

/** Failed calls and repeated attempts, per feature and error code; calls that succeeded have an empty code. */
export interface ErrorRow {
  feature: string;
  errorCode: string;
  calls: number;
  errors: number;
  retries: number;
  /** Cost of the failed calls: all, those of a second or later attempt, those of a third or later one. */
  errorCostUsd: string | null;
  retriedErrorCostUsd: string | null;
  lateErrorCostUsd: string | null;
  unpricedErrors: number;
  costUsd: string | null;
}

/**
 * Throws what the store throws (unreachable, over its limits) or the signal's reason.
 * An answer without rows means that there are no such calls.
 */
export interface CallSource {
  /**
   * The typed question over calls: measures by dimensions, filters, time and a comparison period.
   * Throws InvalidCallQuery for one that cannot be asked.
   */
  query<const M extends Measure>(
    scope: Scope,
    question: CallQuery<M>,
    signal?: AbortSignal,
  ): Promise<Answer<QueryRow<M>>>;
  duplicates(
    scope: Scope,
    question: { livesFrom: LivesFrom; lifetimes: readonly CacheLifetime[] },
    signal?: AbortSignal,
  ): Promise<Answer<DuplicateRow>>;
  prefixReuse(
    scope: Scope,
    question: PrefixQuestion,
    signal?: AbortSignal,
  ): Promise<Answer<PrefixRow>>;
  /** The dearest first; breaks of fewer than `leastCalls` calls are left out. */
  prefixBreaks(
    scope: Scope,
    question: { leastCalls: number; limit: number },
    signal?: AbortSignal,
  ): Promise<Answer<PrefixBreakRow>>;
  /** Successful, priced calls. */
  modelUsage(
    scope: Scope,
    question: { steps: readonly number[] },
    signal?: AbortSignal,
  ): Promise<Answer<UsageRow>>;
  modelProfiles(scope: Scope, signal?: AbortSignal): Promise<Answer<ModelProfileRow>>;
  modelLabels(scope: Scope, signal?: AbortSignal): Promise<Answer<ModelLabelRow>>;
  labelPairs(scope: Scope, signal?: AbortSignal): Promise<Answer<LabelPairRow>>;
  /** Models with most calls first, at most 200. */
  rates(scope: Scope, signal?: AbortSignal): Promise<Answer<RateRow>>;
  /** Features with most calls first, at most 1,000. */
  inputLevels(scope: Scope, signal?: AbortSignal): Promise<Answer<InputLevelsRow>>;
  errors(scope: Scope, signal?: AbortSignal): Promise<Answer<ErrorRow>>;
  /** All priced calls, by what a plan of levers makes of them. */
  jointUsage(
    scope: Scope,
    question: JointQuestion,
    signal?: AbortSignal,
  ): Promise<Answer<JointRow>>;
}
