import { normalQuantile } from "./statistics/distributions";
import type { Interval } from "./statistics/interval";
import { type DayPair, type Effect, effectOf, sum, wholeWeeks } from "./verification-effect";

/** What an action promised: the part of its segment's cost that it saves, 0–1. */
export interface Promised {
  low: number;
  high: number;
}

/** What came of it. Money is USD over the days after the change. */
export interface Realised {
  /** Whole weeks compared on either side. */
  weeksBefore: number;
  weeksAfter: number;
  calls: number;
  costUsd: number;
  /** Part of the cost that would have been paid without the change; negative where it rose. */
  share: number;
  shareInterval: Interval;
  savedUsd: number;
  savedInterval: Interval;
  /** What the promise comes to on these days. */
  promisedUsd: Promised;
  /** False where there were no untouched segments to correct by: then everything that changed meanwhile is in it. */
  corrected: boolean;
}

/**
 * `kept`: it saves, and the interval reaches the promise. `short`: it does not reach it. `no-saving`: the interval
 * lies at or below zero.
 */
export type Verdict = "kept" | "short" | "no-saving";

export type Verification =
  | { state: "unknown"; reason: string }
  | {
      state: "too-early";
      reason: string;
      /** More calls of the segment that would tell the promise from nothing; null when no number would. */
      callsNeeded: number | null;
      soFar: Realised | null;
    }
  | { state: "verified"; verdict: Verdict; realised: Realised };

/** Chance that so many calls tell a promise that is kept from no saving at all. */
const POWER = 0.8;
const WEEK = 7;

/**
 * Realised against promised, from days before the change was accepted and days after it was done. The days are in
 * order; those of the change itself are the caller's to leave out.
 */
export function verify(
  days: { before: readonly DayPair[]; after: readonly DayPair[] },
  promised: Promised,
  level: number,
): Verification {
  const before = wholeWeeks(days.before, "before");
  const after = wholeWeeks(days.after, "after");
  if (before.length < WEEK) {
    return { state: "unknown", reason: "less than a whole week of calls before the change" };
  }
  if (sum(before, "changed", "costUsd") <= 0) {
    return {
      state: "unknown",
      reason: "the segment cost nothing before the change, or is unpriced",
    };
  }
  const perDay = sum(before, "changed", "calls") / before.length;
  if (after.length < WEEK) {
    const missing = WEEK - days.after.length;
    const callsNeeded = Math.max(1, Math.ceil(perDay * Math.max(1, missing)));
    return tooEarly(callsNeeded, null, "a whole week of calls after the change is needed");
  }
  const effect = effectOf(before, after, level);
  if (!effect) {
    return {
      state: "unknown",
      reason:
        sum(after, "changed", "units") === 0
          ? "the segment has no calls after the change"
          : "the segment cost nothing after the change, or is unpriced",
    };
  }
  const realised = realisedBy(effect, before, after, promised, level);
  const { low, high } = realised.shareInterval;
  if (high <= 0) return { state: "verified", verdict: "no-saving", realised };
  if (high < promised.low) return { state: "verified", verdict: "short", realised };
  if (low > 0) return { state: "verified", verdict: "kept", realised };
  const callsNeeded = moreCalls(
    effect,
    promised,
    level,
    sum(after, "changed", "calls") / after.length,
  );
  return tooEarly(
    callsNeeded,
    realised,
    callsNeeded === null
      ? "the days before the change differ too much among themselves to tell a saving of this size"
      : "the saving is not told from none yet",
  );
}

function tooEarly(callsNeeded: number | null, soFar: Realised | null, why: string): Verification {
  const reason =
    callsNeeded === null
      ? why
      : `too early: ${callsNeeded} more ${callsNeeded === 1 ? "call" : "calls"} needed (${why})`;
  return { state: "too-early", reason, callsNeeded, soFar };
}

function realisedBy(
  effect: Effect,
  before: readonly DayPair[],
  after: readonly DayPair[],
  promised: Promised,
  level: number,
): Realised {
  const costUsd = sum(after, "changed", "costUsd");
  const shareAt = (log: number) => 1 - Math.exp(log);
  const savedAt = (log: number) => costUsd * (Math.exp(-log) - 1);
  const { log, half } = effect;
  const without = costUsd * Math.exp(-log);
  return {
    weeksBefore: before.length / WEEK,
    weeksAfter: after.length / WEEK,
    calls: sum(after, "changed", "calls"),
    costUsd,
    share: shareAt(log),
    shareInterval: { low: shareAt(log + half), high: shareAt(log - half), level },
    savedUsd: savedAt(log),
    savedInterval: { low: savedAt(log + half), high: savedAt(log - half), level },
    promisedUsd: { low: without * promised.low, high: without * promised.high },
    corrected: effect.corrected,
  };
}

/**
 * Calls until a kept promise lies (z of the level + z of the power) standard errors from nothing; the days before
 * stay as noisy as they are, those after tell more the more there are.
 */
function moreCalls(
  effect: Effect,
  promised: Promised,
  level: number,
  callsPerDay: number,
): number | null {
  const middle = Math.min(0.999, (promised.low + promised.high) / 2);
  const errors = normalQuantile((1 + level) / 2) + normalQuantile(POWER);
  const allowed = (Math.log(1 - middle) / errors) ** 2 - effect.before.error;
  if (!(allowed > 0)) return null;
  const days = (effect.after.error * effect.after.days) / allowed - effect.after.days;
  // Whole weeks are compared, so that one more day changes nothing.
  const weeks = Math.max(1, Math.ceil(days / WEEK));
  return Math.max(1, Math.ceil(weeks * WEEK * callsPerDay));
}
