import { findPrice } from "../../db/prices";
import { qualityText } from "./quality-by-model";
import type { LatencyEffect, QualityEffect } from "./results";
import type { ModelProfileRow } from "./source";
import type { Candidate } from "./swap-candidates";

/** Fewer calls or labels than this say too little about a model. */
const ENOUGH = 30;
/** A mean label this much lower still counts as no worse. */
export const QUALITY_MARGIN = 0.03;
/** One-sided 95 %, as is usual for a test of being no worse. */
const Z = 1.645;

/** The profile of a candidate on a feature, found by what the catalogue calls the logged model. */
export function profileOf(
  candidate: Pick<Candidate, "provider" | "model">,
  feature: string,
  profiles: readonly ModelProfileRow[],
  at: number,
): ModelProfileRow | null {
  const own = profiles.filter((row) => {
    if (row.feature !== feature) return false;
    const match = findPrice(row.provider, row.model, at);
    return match.priced && match.provider === candidate.provider && match.model === candidate.model;
  });
  // Several logged names may mean one model; the one with the most calls speaks for it.
  return own.sort((a, b) => b.calls - a.calls)[0] ?? null;
}

/**
 * Compares mean labels with the normal approximation: no worse when the difference's lower bound stays
 * within the margin, worse when its upper bound is under zero, undecided between.
 */
export function qualityEffect(
  current: ModelProfileRow | null,
  candidate: ModelProfileRow | null,
): QualityEffect {
  if (!candidate)
    return { state: "unknown", reason: "the log has no call of this model on this feature" };
  if (
    !current ||
    current.meanQuality === null ||
    candidate.meanQuality === null ||
    current.labelledCalls < ENOUGH ||
    candidate.labelledCalls < ENOUGH
  ) {
    return {
      state: "unknown",
      reason: `fewer than ${ENOUGH} quality labels on one of the two models`,
    };
  }
  const difference = candidate.meanQuality - current.meanQuality;
  const error = Math.hypot(candidate.qualityError ?? 0, current.qualityError ?? 0);
  const verdict =
    difference - Z * error >= -QUALITY_MARGIN
      ? "no-worse"
      : difference + Z * error < 0
        ? "worse"
        : "undecided";
  return {
    state: "measured",
    current: qualityText(current.meanQuality),
    candidate: qualityText(candidate.meanQuality),
    currentCalls: current.labelledCalls,
    candidateCalls: candidate.labelledCalls,
    verdict,
  };
}

export function latencyEffect(
  current: ModelProfileRow | null,
  candidate: ModelProfileRow | null,
): LatencyEffect {
  const before = current?.latencyMs;
  const after = candidate?.latencyMs;
  if (!before || before.calls < ENOUGH) {
    return {
      state: "unknown",
      reason: `fewer than ${ENOUGH} logged latencies of the present model`,
    };
  }
  if (!after || after.calls < ENOUGH) {
    return {
      state: "unknown",
      reason: `fewer than ${ENOUGH} logged latencies of the candidate on this feature`,
    };
  }
  return {
    state: "measured",
    currentP50Ms: before.p50,
    candidateP50Ms: after.p50,
    currentP95Ms: before.p95,
    candidateP95Ms: after.p95,
  };
}
