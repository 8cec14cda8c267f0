import { findPrice } from "../../db/prices";
import { compareModels, type JudgedLog } from "./judged-log";
import { qualityText } from "./quality-by-model";
import { pairedSample, USUAL_RULE } from "./quality-sample";
import type { LatencyEffect, QualityEffect } from "./results";
import type { ModelProfileRow } from "./source";
import type { Candidate } from "./swap-candidates";

/** Fewer calls, or graded labels, than this say too little about a model. */
const ENOUGH = 30;

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
 * What the log's labels say of a candidate in place of the present model, by the comparison that `compareQuality`
 * makes (over common prompts where those tell more): no worse when the interval of candidate − current stays
 * above −margin, worse when it lies under zero, undecided between. Unknown and undecided come with
 * the smallest sample that would settle it. Few graded labels that happen to be alike have an interval of no
 * width, so that under 30 of them are unknown; for right and wrong the interval holds at any number.
 */
export function qualityEffect(
  current: ModelProfileRow | null,
  candidate: ModelProfileRow | null,
  judged: JudgedLog,
): QualityEffect {
  const unknown = (reason: string, needed = pairedSample(USUAL_RULE, null)): QualityEffect => ({
    state: "unknown",
    reason,
    needed,
  });
  if (!candidate) return unknown("the log has no call of this model on this feature");
  if (!current) return unknown("the log has no call of the present model on this feature");
  const found = compareModels(current.feature, current, candidate, judged, USUAL_RULE);
  if (found.state === "unknown") return unknown(found.reason, found.needed);
  const fewest = Math.min(found.judged.current, found.judged.candidate);
  if (found.own === null && fewest < ENOUGH) {
    return unknown(
      `fewer than ${ENOUGH} graded quality labels on one of the two models`,
      found.needed ?? undefined,
    );
  }
  return {
    state: "measured",
    method: found.method,
    current: qualityText(found.current),
    candidate: qualityText(found.candidate),
    currentCalls: found.judged.current,
    candidateCalls: found.judged.candidate,
    difference: { low: found.interval.low, high: found.interval.high },
    verdict: found.verdict,
    needed: found.needed,
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
