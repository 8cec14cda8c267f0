import type { Pico } from "../../db/prices";
import { amount, type Saving } from "./lever";
import {
  costOfClass,
  FINE,
  isRemoved,
  type PlanCase,
  type PlanTerms,
  segmentKey,
} from "./plan-cost";
import type { JointLever } from "./results";
import { type Attribution, attribute, floorDivide } from "./shapley";
import type { JointRow } from "./source";

export interface PlanOutcomes {
  cost: Pico;
  range: Saving;
  /** What each lever saves beyond the ones before it; adds up to the saving. */
  marginal: Pico[];
  /** Each lever's share of the saving whatever the order; adds up to it as well. */
  attribution: Attribution;
  /** To how many calls each lever applies, after the ones before it. */
  calls: number[];
}

/** Up to 64 subsets of six levers over 20,000 classes take about a second. */
const EXACT_UP_TO = 7;
const MOST_VALUATIONS = 2_000_000;
export const SAMPLED_ORDERS = 200;
export const SAMPLE_SEED = 1;

/** What a plan comes to, in all three cases, and how its levers share in it. `levers` in their joint order. */
export function outcomesOf(
  rows: readonly JointRow[],
  levers: readonly JointLever[],
  terms: PlanTerms,
): PlanOutcomes {
  const all = 2 ** levers.length - 1;
  const saved = (set: number, which: PlanCase) => savedBy(rows, chosen(levers, set), which, terms);
  const whole = (fine: bigint) => floorDivide(fine, FINE);
  const upTo = levers.map((_, index) => whole(saved(2 ** (index + 1) - 1, "central")));
  const fits = rows.length * 2 ** levers.length <= MOST_VALUATIONS;
  return {
    cost: rows.reduce((sum, row) => sum + amount(row.costUsd), 0n),
    range: {
      low: whole(saved(all, "low")),
      saving: upTo.at(-1) ?? 0n,
      high: whole(saved(all, "high")),
    },
    marginal: upTo.map((sum, index) => sum - (upTo[index - 1] ?? 0n)),
    attribution: attribute(levers.length, FINE, (set) => saved(set, "central"), {
      exactUpTo: fits ? EXACT_UP_TO : 0,
      samples: SAMPLED_ORDERS,
      seed: SAMPLE_SEED,
    }),
    calls: levers.map((lever, index) => {
      const has = chosen(levers, 2 ** (index + 1) - 1);
      return rows.reduce((sum, row) => sum + callsTouched(row, lever, has, terms), 0);
    }),
  };
}

function chosen(levers: readonly JointLever[], set: number): (lever: JointLever) => boolean {
  const names = new Set(levers.filter((_, index) => set & (1 << index)));
  return (lever) => names.has(lever);
}

/**
 * Saving of a set of levers. Prompts are cached on a model only where that pays over all its calls under
 * the set: where writes would cost more than hits save, one leaves it off.
 */
export function savedBy(
  rows: readonly JointRow[],
  has: (lever: JointLever) => boolean,
  which: PlanCase,
  terms: PlanTerms,
): bigint {
  let saved = 0n;
  const byCache = new Map<string, bigint>();
  for (const row of rows) {
    const { cost, withPrompt, cacheOf } = costOfClass(row, has, which, terms);
    saved += amount(row.costUsd) * FINE - cost;
    if (withPrompt !== null) byCache.set(cacheOf, (byCache.get(cacheOf) ?? 0n) + cost - withPrompt);
  }
  for (const more of byCache.values()) if (more > 0n) saved += more;
  return saved;
}

/** `has` holds the lever and those before it. */
function callsTouched(
  row: JointRow,
  lever: JointLever,
  has: (lever: JointLever) => boolean,
  terms: PlanTerms,
): number {
  const before = (other: JointLever) => other !== lever && has(other);
  if (isRemoved(row, before, "central")) return 0;
  const move = terms.moves.get(segmentKey(row.feature, row.provider, row.model));
  switch (lever) {
    case "retry-waste":
    case "response-cache":
      return isRemoved(row, has, "central") ? row.calls : 0;
    case "prompt-trim":
      return row.attempt === 0 ? row.trimmedCalls : 0;
    case "output-cap":
      return row.attempt === 0 ? row.truncatedCalls : 0;
    case "model-swap":
    case "cascade":
      return row.attempt === 0 && move?.kind === lever ? row.calls : 0;
    case "prompt-cache":
      return (move && has(move.kind) ? row.cacheableMoved : row.cacheable) ? row.calls : 0;
    case "batch": {
      if (row.attempt > 0 || !terms.batched.has(row.feature)) return 0;
      const { provider, model } = move && has(move.kind) ? move.candidate : row;
      return terms.batchRule(provider, model) ? row.calls : 0;
    }
  }
}
