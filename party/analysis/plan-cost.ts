import type { BatchRule, Pico } from "../../db/prices";
import { amount } from "./lever";
import type { JointLever } from "./results";
import type { JointRow } from "./source";
import type { Candidate } from "./swap-candidates";
import { CAUTION, pricesAt, sizeWithin } from "./swap-cost";

/**
 * Millionths of a pico-dollar. Three factors in whole percent (caution, escalation, batch discount) may meet in
 * one cost; in this unit they divide without rest, so that costs add up exactly in any order.
 */
export type Fine = bigint;
export const FINE = 1_000_000n;

export type PlanCase = "low" | "central" | "high";

/** What a segment's calls turn into. */
export interface Move {
  kind: "model-swap" | "cascade";
  candidate: Candidate;
  /** The log's cached reads and writes stay cached at the candidate: it has the same provider. */
  isHome: boolean;
  /** Percent of the calls that a cascade gives to the present model as well. */
  escalatedPercent: bigint;
}

/** What the levers of a plan do, with everything looked up. */
export interface PlanTerms {
  /** By `segmentKey`. */
  moves: ReadonlyMap<string, Move>;
  /** Features that may be answered by batch, and those whose answers are capped. */
  batched: ReadonlySet<string>;
  capped: ReadonlySet<string>;
  /** Features whose prompts are bounded. */
  trimmed: ReadonlySet<string>;
  /** Input sizes at which a candidate's prices change. */
  steps: readonly number[];
  batchRule(provider: string, model: string): BatchRule | null;
  /** Whether output tokens have one price on the logged model (reasoning is not billed apart). */
  hasOneOutputPrice(provider: string, model: string): boolean;
}

export function segmentKey(feature: string, provider: string, model: string): string {
  return JSON.stringify([feature, provider, model]);
}

/** The cost of a class of calls, in parts that a batch may bill each in its own way. */
interface Split {
  /** Input tokens billed as cached reads, at that price and at that of plain input. */
  reads: Fine;
  readsAsInput: Fine;
  rest: Fine;
}

export interface ClassCost {
  /** Without cached prompts. */
  cost: Fine;
  /** With them; null where they change nothing. */
  withPrompt: Fine | null;
  /** The model whose cache that would be: it is switched on where that pays over all its calls. */
  cacheOf: string;
}

/**
 * What a class of calls costs under a set of levers. Levers meet on a call in this order: a removed
 * failure or repeat costs nothing; a failed call is otherwise left as it is, because no lever does its work
 * cheaper; then the prompt and the answer are cut, the model changed, the prompt's prefix read from the cache, and the batch's discount taken.
 */
export function costOfClass(
  row: JointRow,
  has: (lever: JointLever) => boolean,
  which: PlanCase,
  terms: PlanTerms,
): ClassCost {
  const logged = amount(row.costUsd) * FINE;
  const same = { withPrompt: null, cacheOf: "" };
  if (isRemoved(row, has, which)) return { cost: 0n, ...same };
  if (row.attempt > 0) return { cost: logged, ...same };

  const move = terms.moves.get(segmentKey(row.feature, row.provider, row.model));
  const active = move && has(move.kind) ? move : null;
  // Low: every cut answer is asked for again, so that a cap saves nothing.
  const isCapped = has("output-cap") && terms.capped.has(row.feature) && which !== "low";
  const output = isCapped ? row.cappedOutputTokens : row.outputTokens;
  const ownOutput = terms.hasOneOutputPrice(row.provider, row.model) ? output : row.outputTokens;
  // Low: what was cut was needed, and a bound on prompts saves nothing.
  const isTrimmed = has("prompt-trim") && terms.trimmed.has(row.feature) && which !== "low";
  const trimmed = isTrimmed ? row.trimmedInputTokens : 0;
  const bill = (split: Split, provider: string, model: string): Fine => {
    if (!has("batch") || !terms.batched.has(row.feature)) return split.reads + split.rest;
    return batched(split, terms.batchRule(provider, model), which);
  };
  const own = (reads: number | null) =>
    bill(ownSplit(row, ownOutput, reads, trimmed), row.provider, row.model);
  if (!active) {
    const reads = has("prompt-cache") && row.cacheable && row.prices.cacheRead !== null;
    return {
      cost: own(null),
      withPrompt: reads ? own(readsOf(row.reads, has, which)) : null,
      cacheOf: JSON.stringify([row.provider, row.model]),
    };
  }
  const { candidate } = active;
  const moved = (reads: number | null) =>
    bill(
      movedSplit(row, active, {
        output,
        trimmed,
        reads,
        steps: terms.steps,
        cautious: which === "low",
      }),
      candidate.provider,
      candidate.model,
    );
  if (active.kind === "cascade") {
    return { cost: moved(null) + (own(null) * active.escalatedPercent) / 100n, ...same };
  }
  const reads = has("prompt-cache") && row.cacheableMoved && candidate.units.cacheRead !== null;
  return {
    cost: moved(null),
    withPrompt: reads ? moved(readsOf(row.movedReads, has, which)) : null,
    cacheOf: JSON.stringify([candidate.provider, candidate.model]),
  };
}

/** The attempt from which a failure counts as one that a breaker would not have made. */
const removedAttempt: Record<PlanCase, number> = { low: 3, central: 2, high: 1 };

export function isRemoved(
  row: JointRow,
  has: (lever: JointLever) => boolean,
  which: PlanCase,
): boolean {
  if (row.attempt > 0) return has("retry-waste") && row.attempt >= removedAttempt[which];
  return has("response-cache") && row.served[which];
}

function readsOf(
  reads: JointRow["reads"],
  has: (lever: JointLever) => boolean,
  which: PlanCase,
): number {
  if (which === "high") return has("response-cache") ? reads.keptEver : reads.allEver;
  if (!has("response-cache")) return reads.all;
  return which === "low" ? reads.keptLow : reads.keptCentral;
}

/**
 * `reads`: tokens read from the prompt cache, with all other input written; null leaves input as logged. `trimmed`: tokens
 * that are cut from what is neither read nor, as logged, written.
 */
function ownSplit(row: JointRow, output: number, reads: number | null, trimmed: number): Split {
  const input = BigInt(row.prices.input ?? 0);
  const cacheRead = BigInt(row.prices.cacheRead ?? row.prices.input ?? 0);
  const cacheWrite = BigInt(row.prices.cacheWrite ?? row.prices.input ?? 0);
  const loggedReads = BigInt(row.cacheReadTokens);
  const cut = BigInt(row.outputTokens - output) * BigInt(row.prices.output ?? 0);
  const restLogged = amount(row.costUsd) - loggedReads * cacheRead - cut;
  if (reads === null) {
    return split(loggedReads, cacheRead, input, restLogged - BigInt(trimmed) * input);
  }
  const fresh = BigInt(row.inputTokens - row.cacheReadTokens - row.cacheWriteTokens);
  const loggedInput = fresh * input + BigInt(row.cacheWriteTokens) * cacheWrite;
  const written = BigInt(row.inputTokens - reads - trimmed) * cacheWrite;
  return split(BigInt(reads), cacheRead, input, restLogged - loggedInput + written);
}

function split(reads: bigint, readPrice: Pico, inputPrice: Pico, rest: Pico): Split {
  return {
    reads: reads * readPrice * FINE,
    readsAsInput: reads * inputPrice * FINE,
    rest: rest * FINE,
  };
}

function movedSplit(
  row: JointRow,
  { candidate, isHome }: Move,
  {
    output,
    trimmed,
    reads,
    steps,
    cautious,
  }: {
    output: number;
    trimmed: number;
    reads: number | null;
    steps: readonly number[];
    cautious: boolean;
  },
): Split {
  const prices = pricesAt(candidate, sizeWithin(row.step, steps));
  const read = reads ?? (isHome ? row.cacheReadTokens : 0);
  const asked = row.inputTokens - trimmed;
  const write = reads === null ? (isHome ? row.cacheWriteTokens : 0) : asked - read;
  const fresh = asked - read - write;
  const more = (cost: Pico, percent: bigint) =>
    (cost * FINE * (100n + (cautious ? percent : 0n))) / 100n;
  const inputMore = isHome ? 0n : CAUTION.foreignInputPercent;
  return {
    reads: more(BigInt(read) * prices.cacheRead, inputMore),
    readsAsInput: more(BigInt(read) * prices.input, inputMore),
    rest:
      more(BigInt(fresh) * prices.input + BigInt(write) * prices.cacheWrite, inputMore) +
      more(BigInt(output) * prices.output, CAUTION.outputPercent),
  };
}

/** A provider without a known rule gives no discount here. */
function batched({ reads, readsAsInput, rest }: Split, rule: BatchRule | null, which: PlanCase) {
  if (!rule) return reads + rest;
  const less = (cost: Fine) => (cost * BigInt(100 - rule.discountPercent)) / 100n;
  switch (rule.cachedReads) {
    case "discounted":
      return less(reads + rest);
    case "cache-price":
      return reads + less(rest);
    case "unknown":
      // Taken as if nothing were cached in a batch, unless the best case is asked for.
      return which === "high" ? less(reads + rest) : less(readsAsInput + rest);
  }
}
