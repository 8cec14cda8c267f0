import { findPrice, type UnitPrices } from "../../db/prices";
import type { ModelProfileRow } from "./source";

/** A priced model that could take over calls. Provider and model as the catalogue names them. */
export interface Candidate {
  provider: string;
  model: string;
  contextWindow: number | null;
  units: UnitPrices;
}

/**
 * Models of one maker and one kind, the most capable first. Kept short and conservative on purpose:
 * a model that reasons before it answers is no like-for-like stand-in for one that does not, because
 * its token counts would be others. Each entry must be priced by the catalogue, or it is dropped.
 */
const ladders: ReadonlyArray<{
  providers: readonly string[];
  models: readonly string[];
  kind: RegExp;
}> = [
  {
    providers: ["openai", "azure"],
    kind: /^(ft:)?(gpt-4|gpt-3|chatgpt-4)/,
    models: ["gpt-4.1", "gpt-4.1-mini", "gpt-4o-mini", "gpt-4.1-nano"],
  },
  {
    providers: ["openai", "azure"],
    kind: /^(o\d|gpt-5|gpt-6)/,
    models: ["gpt-5.1", "gpt-5-mini", "gpt-5-nano"],
  },
  {
    providers: ["anthropic"],
    kind: /^claude/,
    models: ["claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"],
  },
  {
    providers: ["google"],
    kind: /^gemini/,
    models: ["gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite"],
  },
  {
    providers: ["mistral"],
    kind: /^(mistral|mixtral|ministral|open-mi)/,
    models: ["mistral-large-2512", "mistral-small-2603"],
  },
];

/** Prices at a time (Unix ms) of a model that takes text and answers in text; null for any other. */
export function asCandidate(provider: string, model: string, at: number): Candidate | null {
  const match = findPrice(provider, model, at);
  if (!match.priced) return null;
  const { units } = match;
  // Fees by the request or of their own for reasoning do not follow from the log's token counts.
  if (!units.output || units.reasoning || units.request > 0n) return null;
  return {
    provider: match.provider,
    model: match.model,
    contextWindow: match.contextWindow,
    units,
  };
}

/**
 * What calls of a model could move to: the steps of its own ladder, and models that the log shows at
 * work on the same feature. Prices decide later which of them are cheaper.
 */
export function candidatesFor(
  segment: { feature: string; provider: string; model: string },
  profiles: readonly ModelProfileRow[],
  at: number,
): Candidate[] {
  const own = findPrice(segment.provider, segment.model, at);
  if (!own.priced) return [];
  const found = new Map<string, Candidate>();
  const consider = (candidate: Candidate | null) => {
    if (!candidate || (candidate.provider === own.provider && candidate.model === own.model))
      return;
    found.set(`${candidate.provider}/${candidate.model}`, candidate);
  };
  for (const ladder of ladders) {
    if (!ladder.providers.includes(own.provider) || !ladder.kind.test(own.model)) continue;
    for (const model of ladder.models) consider(asCandidate(own.provider, model, at));
  }
  for (const row of profiles) {
    if (row.feature === segment.feature) consider(asCandidate(row.provider, row.model, at));
  }
  return [...found.values()];
}

/** Every input size at which one of these models' prices changes, ascending. */
export function stepsOf(candidates: Iterable<Candidate>): number[] {
  const starts = new Set<number>();
  for (const { units } of candidates) {
    for (const price of [units.input, units.cacheRead, units.cacheWrite, units.output]) {
      for (const step of price?.steps ?? []) starts.add(step.start);
    }
  }
  return [...starts].sort((a, b) => a - b);
}
