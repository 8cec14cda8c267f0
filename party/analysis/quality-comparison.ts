import type { ModelLabels, PairedLabels } from "./quality-labels";
import {
  independentSample,
  pairedSample,
  type QualityRule,
  type SampleSize,
} from "./quality-sample";
import type { Interval } from "./statistics/interval";
import { differenceOfMeans, meanInterval } from "./statistics/means";
import {
  independentDifference,
  mcnemar,
  pairedDifference,
  wilsonInterval,
} from "./statistics/proportions";

/**
 * `no-worse`: the interval of candidate − current stays above −margin. `worse`: it lies below zero.
 * `undecided`: neither; more labels would tell.
 */
export type QualityVerdict = "no-worse" | "worse" | "undecided";

/** What labels say of a candidate against the current model. Shares and means are 0–1. */
export type QualityComparison =
  | { state: "unknown"; reason: string; needed: SampleSize }
  | {
      state: "measured";
      design: SampleSize["design"];
      /** How the interval was made, for the receipt. */
      method: string;
      /** Labels behind it: pairs, or calls of each model. */
      judged: { current: number; candidate: number };
      current: number;
      candidate: number;
      /** Candidate minus current. */
      difference: number;
      interval: Interval;
      /** Of each model by itself; null where labels are graded. */
      own: { current: Interval; candidate: Interval } | null;
      /** Paired right-or-wrong labels only. */
      mcnemar: { exact: number; mid: number; onlyCurrent: number; onlyCandidate: number } | null;
      verdict: QualityVerdict;
      /** The sample that would settle it; null when it is settled. */
      needed: SampleSize | null;
    };

/**
 * Two models on the same items. Labels of right and wrong: Tango's score interval and McNemar's test;
 * graded labels: Student's interval of the differences. Pairing removes what makes items hard for both.
 */
export function comparePaired(pairs: PairedLabels, rule: QualityRule): QualityComparison {
  const { difference, outcomes } = pairs;
  const unknown = (reason: string): QualityComparison => ({
    state: "unknown",
    reason,
    needed: pairedSample(rule, null),
  });
  if (difference.n === 0) return unknown("no item was judged for both models");
  const discordance = outcomes
    ? { onlyFirst: outcomes.onlyCandidate, onlySecond: outcomes.onlyCurrent, pairs: difference.n }
    : null;
  const interval = discordance
    ? pairedDifference(discordance, rule.level)
    : meanInterval(difference, rule.level);
  if (!interval) return unknown("one graded pair says nothing of how much pairs differ");
  const verdict = verdictOf(interval, rule);
  return {
    state: "measured",
    design: "paired",
    method: discordance
      ? "score interval of a paired difference (Tango 1998)"
      : "Student's interval of paired differences",
    judged: { current: difference.n, candidate: difference.n },
    current: pairs.current.mean,
    candidate: pairs.candidate.mean,
    difference: difference.mean,
    interval,
    own: outcomes && {
      current: share(outcomes.both + outcomes.onlyCurrent, difference.n, rule),
      candidate: share(outcomes.both + outcomes.onlyCandidate, difference.n, rule),
    },
    mcnemar: discordance && {
      ...mcnemar(discordance),
      onlyCurrent: discordance.onlySecond,
      onlyCandidate: discordance.onlyFirst,
    },
    verdict,
    needed:
      verdict === "undecided"
        ? pairedSample(rule, observedSpread(difference.variance, difference.n))
        : null,
  };
}

/**
 * Two models on calls of their own. Labels of right and wrong: Newcombe's interval from Wilson's; graded
 * labels: Welch's. Says nothing of items being harder for one of the two: prefer pairs.
 */
export function compareIndependent(
  current: ModelLabels,
  candidate: ModelLabels,
  rule: QualityRule,
): QualityComparison {
  const [before, after] = [current.labels, candidate.labels];
  const unknown = (reason: string): QualityComparison => ({
    state: "unknown",
    reason,
    needed: independentSample(rule, null),
  });
  if (before.n === 0) return unknown("the current model has no quality labels");
  if (after.n === 0) return unknown("the candidate has no quality labels");
  const shares =
    current.right !== null && candidate.right !== null
      ? {
          current: { right: current.right, judged: before.n },
          candidate: { right: candidate.right, judged: after.n },
        }
      : null;
  const interval = shares
    ? independentDifference(shares.candidate, shares.current, rule.level)
    : differenceOfMeans(after, before, rule.level);
  if (!interval) return unknown("one graded label says nothing of how much labels vary");
  const verdict = verdictOf(interval, rule);
  return {
    state: "measured",
    design: "independent",
    method: shares
      ? "hybrid score interval of a difference (Newcombe 1998)"
      : "Welch's interval of a difference of means",
    judged: { current: before.n, candidate: after.n },
    current: before.mean,
    candidate: after.mean,
    difference: after.mean - before.mean,
    interval,
    own: shares && {
      current: wilsonInterval(shares.current, rule.level),
      candidate: wilsonInterval(shares.candidate, rule.level),
    },
    mcnemar: null,
    verdict,
    needed:
      verdict === "undecided"
        ? independentSample(
            rule,
            observedSpread((before.variance + after.variance) / 2, Math.min(before.n, after.n)),
          )
        : null,
  };
}

/** Small samples often vary less than what they were drawn from; below this size the worst case is kept. */
const ENOUGH_FOR_SPREAD = 30;

function observedSpread(variance: number, judged: number): number | null {
  return judged < ENOUGH_FOR_SPREAD || variance === 0 ? null : variance;
}

function verdictOf({ low, high }: Interval, { margin }: QualityRule): QualityVerdict {
  if (low > -margin) return "no-worse";
  return high < 0 ? "worse" : "undecided";
}

function share(right: number, judged: number, { level }: QualityRule): Interval {
  return wilsonInterval({ right, judged }, level);
}
