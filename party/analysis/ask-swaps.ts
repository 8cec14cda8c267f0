import { askJudgedLog } from "./judged-log";
import { segmentKey } from "./plan-cost";
import { askTotals } from "./profile-questions";
import type { Answer, CallSource, Measures, ModelProfileRow, Scope } from "./source";
import { type Candidate, stepsOf } from "./swap-candidates";
import { CAUTION } from "./swap-cost";
import { type SwapLog, type SwapSegment, segmentsOf } from "./swap-offers";

/** Models that calls might move to. */
export interface Candidates {
  /** All of them; one may come more than once. */
  all: Iterable<Candidate>;
  of(segment: Pick<SwapSegment, "feature" | "provider" | "model">): readonly Candidate[];
}

/** All that is asked of a log to say what its calls would have cost on other models. */
export interface SwapAnswers {
  totals: Measures | null;
  /** Unix ms of the last call, whose prices are taken; 0 without calls. */
  at: number;
  candidates: Candidates;
  /** Successful, priced calls; the dearest segments first. */
  segments: SwapSegment[];
  log: SwapLog;
  answers: Array<Answer<unknown>>;
}

/** @param candidatesFor the models to price, for the log's features and models and at a time of prices */
export async function askSwaps(
  source: CallSource,
  scope: Scope,
  candidatesFor: (
    profiles: readonly ModelProfileRow[],
    at: number,
  ) => Candidates | Promise<Candidates>,
  signal: AbortSignal | undefined,
): Promise<SwapAnswers> {
  const [totals, profiles] = await Promise.all([
    askTotals(source, scope, signal),
    source.modelProfiles(scope, signal),
  ]);
  const at = totals.rows[0]?.lastAt ?? 0;
  const candidates = await candidatesFor(profiles.rows, at);
  const steps = stepsOf(candidates.all);
  const [usage, { judged, answers }] = await Promise.all([
    source.modelUsage(scope, { steps }, signal),
    askJudgedLog(source, scope, profiles.rows, signal),
  ]);
  return {
    totals: totals.rows[0] ?? null,
    at,
    candidates,
    segments: segmentsOf(usage.rows),
    log: { profiles: profiles.rows, judged, steps, at },
    answers: [totals, profiles, usage, ...answers],
  };
}

/** @param found candidates by `segmentKey` */
export function candidatesBySegment(found: ReadonlyMap<string, readonly Candidate[]>): Candidates {
  return {
    all: [...found.values()].flat(),
    of: ({ feature, provider, model }) => found.get(segmentKey(feature, provider, model)) ?? [],
  };
}

/** @param whose prices: what the models asked about are called */
export function swapFormula(whose: "candidate" | "model"): string {
  return `saving = logged cost − Σ [(input − read − write)·p_in + read·p_read + write·p_write + output·p_out] at the ${whose}'s catalogue prices for each call's input size`;
}

export const SAME_TOKENS = "The candidate needs the same number of tokens for the same work.";
export const CAUTIOUS_TOKENS = `Low: ${CAUTION.outputPercent} % more output tokens and, at another provider, ${CAUTION.foreignInputPercent} % more input tokens.`;

export function pricesAt(at: number): string {
  return `Prices are those in force at the last call (${new Date(at).toISOString().slice(0, 10)}).`;
}
