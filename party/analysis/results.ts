import type { Measure, MeasureValues } from "../../db/call-query";
import type { BatchRule } from "../../db/prices";
import type { EvidenceDraft } from "../protocol/evidence";
import type { Anomaly } from "./anomalies/find-anomalies";
import type { EffectName } from "./change/decompose";
import type { Bounds } from "./concentration-figures";
import type { QualityVerdict } from "./quality-comparison";
import type { SampleSize } from "./quality-sample";
import type {
  CallSource,
  Dimension,
  Grain,
  Measures,
  Percentiles,
  Period,
  PrefixBreakRow,
  Ranking,
  Scope,
  SegmentRow,
} from "./source";

/** A figure's receipt and the same facts as typed values. Results are plain JSON, so that a run state can hold them. */
export interface Analysed<Result> {
  draft: EvidenceDraft;
  result: Result;
}

/** A question over the calls of a scope. Throws what the source throws. */
export type Analysis<Params, Result> = (
  source: CallSource,
  scope: Scope,
  params: Params,
  signal?: AbortSignal,
) => Promise<Analysed<Result>>;

export type TotalsResult = Measures;

export interface BreakdownResult {
  by: Dimension;
  rank: Ranking;
  /** Largest first, by `rank`. `name` is what the evidence calls the segment; `share` is its percent of the cost, null when unpriced. */
  segments: Array<SegmentRow & { name: string; share: string | null }>;
}

export interface TimelineResult {
  grain: Grain;
  points: Array<{
    at: number;
    /** The bucket's start as the evidence's segment: 2026-03-01 or 2026-03-01 14:00 (UTC). */
    name: string;
    calls: number;
    costUsd: string | null;
    unpricedCalls: number;
    errors: number;
    p95LatencyMs: number | null;
  }>;
}

export interface PeriodsResult {
  /** Why there is nothing to compare; the other fields are then null or empty. */
  unavailable: string | null;
  days: number;
  current: Period | null;
  previous: Period | null;
  currentMeasures: Measures | null;
  previousMeasures: Measures | null;
  /** Percent; null when the earlier value is zero or unknown. */
  costChange: string | null;
  callsChange: string | null;
  /** Current minus previous cost. */
  costDeltaUsd: string | null;
  by: Dimension | null;
  /** By the size of the cost difference, the largest first. */
  drivers: Array<{
    name: string;
    currentCostUsd: string | null;
    previousCostUsd: string | null;
    deltaUsd: string | null;
    currentCalls: number;
    previousCalls: number;
  }>;
}

/** A part of a change of spend; all parts together are the change. */
export type ChangePart =
  | EffectName
  | "new_segments"
  | "vanished_segments"
  | "errors"
  /** Of segments beyond those looked at one by one. */
  | "unlisted";

export interface ChangeResult {
  /** Why there is nothing to explain; the other fields are then null or empty. */
  unavailable: string | null;
  days: number;
  /** Current minus previous cost: the exact sum of `parts`. */
  costDeltaUsd: string | null;
  parts: Array<{ part: ChangePart; usd: string }>;
  /** The largest change first. */
  segments: Array<{
    /** The evidence's segment: `feature · provider/model`. */
    name: string;
    feature: string;
    model: string;
    state: "continuing" | "new" | "vanished";
    deltaUsd: string;
    /** The two largest effects of a continuing segment that are not zero. */
    effects: Array<{ effect: EffectName; usd: string }>;
  }>;
}

export interface AskedCallsResult {
  measures: readonly Measure[];
  /** As the evidence lists them; `name` is its segment. */
  rows: Array<{ name: string | null; values: Partial<MeasureValues> }>;
}

export type WatchedMeasure = "spend" | "calls" | "errors" | "latency_p95";

export interface UnusualHoursResult {
  /** Why nothing can be judged; `anomalies` is then empty, which says nothing. */
  unavailable: string | null;
  days: number;
  /** Weeks of history the hours are held against. */
  weeks: number;
  /** The farthest off first. `name` is the evidence's segment. */
  anomalies: Array<Anomaly & { measure: WatchedMeasure; name: string }>;
}

export interface ConcentrationResult {
  /** Why there are no shares; the figures are then null. */
  unavailable: string | null;
  by: "user" | "feature" | "model" | "session";
  /** Segments with priced calls. */
  segments: number;
  costUsd: string | null;
  /** Percent of the cost that the `top` largest segments have together. */
  tops: Array<{ top: number; share: string | null }>;
  /** Between two bounds that are equal when every segment was looked at. */
  hhi: Bounds | null;
  gini: Bounds | null;
  /** The ten largest. */
  largest: Array<{ name: string; costUsd: string; share: string | null }>;
}

export interface LatencyResult {
  /** Whether any call in scope has a logged latency. */
  logged: boolean;
  days: number;
  features: Array<{
    name: string;
    calls: number;
    latencyMs: Percentiles | null;
    ttftMs: Percentiles | null;
    /** p95 of the last `days` and of the `days` before, with the calls each stands on. */
    currentP95Ms: number | null;
    previousP95Ms: number | null;
    currentCalls: number;
    previousCalls: number;
    /** Percent; null when one of the two is unknown. */
    p95Change: string | null;
    /** p95 rose by at least 20 % with at least 30 calls on both sides. */
    regressed: boolean;
  }>;
}

export interface QualityResult {
  labelledCalls: number;
  models: Array<{
    name: string;
    feature: string;
    provider: string;
    model: string;
    calls: number;
    labelledCalls: number;
    /** Mean label (0–1), four decimals; null is unknown. */
    quality: string | null;
  }>;
}

export interface ErrorsResult {
  calls: number;
  errors: number;
  /** Percent of calls; null without calls. */
  errorRate: string | null;
  retries: number;
  errorCostUsd: string | null;
  /** Most failures first. */
  causes: Array<{
    name: string;
    feature: string;
    errorCode: string;
    errors: number;
    errorCostUsd: string | null;
  }>;
}

/** Levers that can be joined in a plan. */
export type JointLever =
  | "retry-waste"
  | "response-cache"
  | "prompt-trim"
  | "output-cap"
  | "model-swap"
  | "cascade"
  | "prompt-cache"
  | "batch";
export type LeverName = JointLever | "capacity";

/** What every lever answers. Savings are over the scope's whole time, USD, low ≤ saving ≤ high. */
export interface LeverResult {
  lever: LeverName;
  /** False when the log cannot tell; `reason` says why and the savings are null. A true zero is available. */
  available: boolean;
  reason: string | null;
  savingUsd: string | null;
  savingLowUsd: string | null;
  savingHighUsd: string | null;
  /** Saving as percent of the scope's cost; null when that is zero or unpriced. */
  share: string | null;
  /** The scope's cost that the share is of. */
  costUsd: string | null;
}

export interface ResponseCacheResult extends LeverResult {
  lever: "response-cache";
  hashedCalls: number;
  repeats: number;
  features: Array<{
    name: string;
    feature: string;
    hashedCalls: number;
    repeats: number;
    savingUsd: string | null;
  }>;
}

export interface PromptCacheResult extends LeverResult {
  lever: "prompt-cache";
  /** Over calls with known prefix blocks. */
  calls: number;
  inputTokens: number;
  /** What their input cost as logged, where cached input has a price; and the saving as percent of it. */
  inputCostUsd: string | null;
  shareOfInput: string | null;
  /** What it would be if all input were billed as cached reads: the promise that the replay corrects. */
  naiveSavingUsd: string | null;
  cacheReadTokens: number;
  /** Served, counted as the providers bill it; at least what the log has. */
  billedReadTokens: number;
  unlimited: { hitTokens: number; hitShare: string | null };
  /** With entries that live `lifetimeSeconds` since their last use. */
  limited: { lifetimeSeconds: number; hitTokens: number; hitShare: string | null };
  models: Array<{
    name: string;
    provider: string;
    model: string;
    /** False when the catalogue has no cached-read price for it. */
    available: boolean;
    writeFee: boolean;
    /** The provider's own rule; null where none is known. */
    rule: { minimumTokens: number; source: string; asOf: string } | null;
    hitTokens: number;
    inputTokens: number;
    hitShare: string | null;
    savingUsd: string | null;
    /** With entries of an hour at their price; null where the provider is not known to sell them. */
    hourSavingUsd: string | null;
    naiveSavingUsd: string | null;
  }>;
}

export interface PrefixBreaksResult {
  /** The dearest first. */
  breaks: Array<PrefixBreakRow & { name: string }>;
}

/** What the log shows of a model in place of another; `unknown` is never "no loss". */
export type QualityEffect =
  | { state: "unknown"; reason: string; needed: SampleSize }
  | {
      state: "measured";
      /** How the interval was made. */
      method: string;
      current: string;
      candidate: string;
      currentCalls: number;
      candidateCalls: number;
      /** Interval of candidate − current. */
      difference: { low: number; high: number };
      verdict: QualityVerdict;
      /** The smallest sample that would settle it; null when it is settled. */
      needed: SampleSize | null;
    };

export type LatencyEffect =
  | { state: "unknown"; reason: string }
  | {
      state: "measured";
      currentP50Ms: number;
      candidateP50Ms: number;
      currentP95Ms: number;
      candidateP95Ms: number;
    };

/** Tokens of the segment's longest call against the candidate's window; null where the catalogue does not state one. */
export interface ContextFit {
  longestTokens: number;
  windowTokens: number | null;
}

/** One segment moved to one candidate. */
export interface Swap {
  /** The evidence's segment, e.g. `search · openai/gpt-4o → openai/gpt-4o-mini`. */
  name: string;
  feature: string;
  fromProvider: string;
  fromModel: string;
  toProvider: string;
  toModel: string;
  calls: number;
  costUsd: string;
  newCostUsd: string;
  savingUsd: string;
  savingLowUsd: string;
  context: ContextFit;
  quality: QualityEffect;
  latency: LatencyEffect;
  /** The one candidate of its segment that counts in the lever's saving. */
  chosen: boolean;
}

export interface ModelSwapResult extends LeverResult {
  lever: "model-swap";
  /** Largest saving of a segment first; within a segment the chosen candidate first. */
  swaps: Swap[];
}

export interface RetryWasteResult extends LeverResult {
  lever: "retry-waste";
  errors: number;
  retries: number;
  features: Array<{
    name: string;
    feature: string;
    errors: number;
    savingUsd: string | null;
  }>;
}

/** The move of a segment that the joint plan applies. */
export type SwapChoice = Pick<
  Swap,
  "feature" | "fromProvider" | "fromModel" | "toProvider" | "toModel"
>;

/** A segment asked of a smaller model first, and of its present model for so many percent of the calls. */
export interface CascadeChoice extends SwapChoice {
  escalatedPercent: number;
}

export interface JointPlanResult {
  available: boolean;
  reason: string | null;
  costUsd: string | null;
  plannedCostUsd: string | null;
  savingUsd: string | null;
  savingLowUsd: string | null;
  savingHighUsd: string | null;
  share: string | null;
  /** How the shares were found: over all `orders`, or over so many drawn at random. Null without a plan. */
  attribution: { method: "exact" | "sampled"; orders: number } | null;
  /** In the order applied; each saves only what the ones before it left, and its attributed share does not depend on the order. */
  steps: Array<{
    lever: JointLever;
    calls: number;
    savingUsd: string;
    attributedUsd: string;
    /** 90 % interval of a sampled share. */
    attributedRange: { lowUsd: string; highUsd: string } | null;
  }>;
}

export interface BatchResult extends LeverResult {
  lever: "batch";
  /** Of the features that may wait; the largest saving first. Savings are null where no rule of the provider is known. */
  segments: Array<{
    name: string;
    feature: string;
    provider: string;
    model: string;
    calls: number;
    costUsd: string;
    savingUsd: string | null;
    savingLowUsd: string | null;
    savingHighUsd: string | null;
    rule: BatchRule | null;
  }>;
}

export interface CascadeResult {
  available: boolean;
  reason: string | null;
  calls: number;
  costUsd: string | null;
  smallCostUsd: string | null;
  /** Share escalated at which nothing is saved; negative where the small model alone costs more. */
  breakEvenPercent: string | null;
  points: Array<{
    escalatedPercent: number;
    costUsd: string;
    savingUsd: string;
    savingLowUsd: string;
  }>;
}

export interface PromptTrimResult extends LeverResult {
  lever: "prompt-trim";
  calls: number;
  /** Prompts that are longer than the bound, with plain input to cut. */
  trimmed: number;
  trimmedShare: string | null;
  /** The bounds as they were resolved; the joint plan takes them as they are. */
  trims: Array<{ feature: string; tokens: number }>;
  segments: Array<{
    name: string;
    feature: string;
    provider: string;
    model: string;
    bound: number;
    /** Of the feature, on all its models. */
    p50InputTokens: number | null;
    p90InputTokens: number | null;
    calls: number;
    trimmed: number;
    trimmedShare: string | null;
    costUsd: string;
    savingUsd: string;
  }>;
}

export interface OutputCapResult extends LeverResult {
  lever: "output-cap";
  calls: number;
  truncated: number;
  truncatedShare: string | null;
  segments: Array<{
    name: string;
    feature: string;
    provider: string;
    model: string;
    cap: number;
    calls: number;
    truncated: number;
    truncatedShare: string | null;
    costUsd: string;
    /** Null where reasoning is billed apart. */
    savingUsd: string | null;
  }>;
}

/** A plan among those that the goals were held against. */
export interface PlanOutline {
  options: Array<{
    name: string;
    ground: "measured" | "simulated" | "assumed";
    quality: "same" | "no-worse" | "worse" | "unknown";
  }>;
  savingUsd: string;
  savingLowUsd: string;
  share: string | null;
  /** For ordering only: smaller is less risky. */
  risk: number;
  /** In the order of the goals. */
  goals: Array<{ state: "met" | "missed" | "unknown"; value: number | null; shortfall: number }>;
}

export interface GoalResult {
  outcome: "met" | "no-way" | "unavailable";
  /** Why there is no plan. */
  reason: string | null;
  /** Plans reckoned: every subset of the options. */
  plans: number;
  costUsd: string | null;
  plan: PlanOutline | null;
  nearest: PlanOutline | null;
  front: PlanOutline[];
}
