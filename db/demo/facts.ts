/**
 * Where and how large the problems are that the generator planted, counted from the calls themselves by the plainest
 * possible reading, so that an analysis can be checked against them. Money is exact decimal text in USD.
 */
export interface PlantedFacts {
  calls: number;
  /** Of all priced calls, failed ones too. */
  spendUsd: string;
  /** Successful calls whose (provider, model, promptHash) had succeeded before: what an unlimited exact cache serves. */
  duplicateCalls: number;
  duplicateCallsByFeature: Record<string, number>;
  duplicateCostUsd: string;
  /** Calls with `retry` > 0, all of the log. */
  retryCalls: number;
  errorCalls: number;
  /** What failed calls cost: timed-out ones are billed. */
  errorCostUsd: string;
  /** Calls of the feature inside the window, `from` inclusive, `to` exclusive (Unix ms); errors and retries among them. */
  retryStorm: {
    feature: string;
    from: number;
    to: number;
    calls: number;
    errors: number;
    retries: number;
  };
  /** Calls of models that no catalogue prices. */
  unpricedCalls: number;
  unpricedModel: { provider: string; model: string };
  /** A simple task on a large model, while the small one is measured on the same feature. */
  oversized: {
    feature: string;
    large: PlantedModel;
    small: PlantedModel;
  };
  /** From `since` on, latency and time to first token of the feature are multiplied by `factor`. */
  latencyRegression: { feature: string; since: number; factor: number };
  /**
   * Features whose prompts share long prefixes, successful calls only. `reusedTokens` counts leading blocks that an
   * earlier call of the same provider and model had sent, at most the call's input.
   */
  prefixReuse: PlantedPrefix[];
  qualityLabels: number;
  inputTokens: number;
  outputTokens: number;
  /** Unix ms of the first and last call. */
  firstCallAt: number;
  lastCallAt: number;
}

export interface PlantedPrefix {
  feature: string;
  blockTokens: number;
  calls: number;
  inputTokens: number;
  reusedTokens: number;
}

export interface PlantedModel {
  provider: string;
  model: string;
  calls: number;
  labelled: number;
  /** Mean of the labels, 0–1. */
  meanQuality: number;
}
