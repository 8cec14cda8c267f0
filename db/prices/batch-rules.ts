import { findPrice } from "./unit-prices";

/** What a provider says of batches: requests that may take up to a day, for less. */
export interface BatchRule {
  discountPercent: number;
  /** The longest that a batch may take, hours. */
  withinHours: number;
  /**
   * How cached reads are billed in a batch. `discounted`: the batch's discount is taken off their price too;
   * `cache-price`: they keep the price of a cached read; `unknown`: the provider does not say, or says both.
   */
  cachedReads: "discounted" | "cache-price" | "unknown";
  source: string;
  asOf: string;
}

const openai: BatchRule = {
  discountPercent: 50,
  withinHours: 24,
  // Its guides have said that cached input is not discounted in batches, its price list shows both; hence unknown.
  cachedReads: "unknown",
  source: "https://developers.openai.com/api/docs/guides/batch",
  asOf: "2026-05-15",
};

const rules: Readonly<Record<string, BatchRule>> = {
  openai,
  azure: openai,
  anthropic: {
    discountPercent: 50,
    withinHours: 24,
    cachedReads: "discounted",
    source: "https://platform.claude.com/docs/en/build-with-claude/batch-processing",
    asOf: "2026-03-01",
  },
  google: {
    discountPercent: 50,
    withinHours: 24,
    cachedReads: "cache-price",
    source:
      "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/batch-prediction-gemini",
    asOf: "2026-03-01",
  },
};

/** The rule for a model as the log names it; null where no source is known, which is not "no discount". */
export function batchRule(provider: string, model: string, at: number): BatchRule | null {
  const match = findPrice(provider, model, at);
  if (!match.priced) return null;
  // Google's batches are said to hold for its own models, not for those it resells.
  if (match.provider === "google" && !match.model.startsWith("gemini")) return null;
  return rules[match.provider] ?? null;
}
