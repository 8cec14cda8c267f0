/** Where and how large the problems are that the generator planted, so that an analysis can be checked against them. */
export interface PlantedFacts {
  calls: number;
  /** Calls whose (provider, model, promptHash) appeared before in the log and succeeded: what an unlimited exact cache serves. */
  duplicateCalls: number;
  duplicateCallsByFeature: Record<string, number>;
  /** Calls with `retry` > 0, all of the log. */
  retryCalls: number;
  errorCalls: number;
  /** Calls inside the storm's window on its feature, errors among them. */
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
  /** From `since` on, latency of the feature is multiplied by `factor`. */
  latencyRegression: { feature: string; since: number; factor: number };
  /** Features whose prompts share long prefixes. Tokens of full leading blocks that an earlier call of the feature's model already sent. */
  prefixReuse: Array<{
    feature: string;
    blockTokens: number;
    calls: number;
    inputTokens: number;
    reusedTokens: number;
  }>;
  qualityLabels: number;
  inputTokens: number;
  outputTokens: number;
  /** Unix ms of the first and last call. */
  firstCallAt: number;
  lastCallAt: number;
}

export interface PlantedModel {
  provider: string;
  model: string;
  calls: number;
  labelled: number;
  /** Mean of the labels, 0–1. */
  meanQuality: number;
}
