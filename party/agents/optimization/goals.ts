import type { Goal } from "../../analysis/goal-check";
import { findValue } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { Target, TriageResult } from "../triage/result";
import type { Recommendation } from "./result";
import type { GoalOption } from "./tools";

/** A goal of the search, and what the reader knows it as. */
export interface AskedGoal {
  goal: Goal;
  /** Feature whose speed or quality it bounds; empty for cost. */
  feature: string;
}

/** Every subset of the options is reckoned: eight make a quarter of a thousand plans. */
const MOST_OPTIONS = 8;
const MOST_FEATURES = 12;

/**
 * What the user asked for as goals that a plan can be held against. A speed-up bounds p95 of each feature by its
 * part of today's; a bound without a feature holds for each. p99 has no measured bound and stays with the verdicts.
 */
export function goalsOf(
  understood: TriageResult,
  latency: KeptEvidence | null,
  options: readonly GoalOption[],
): AskedGoal[] {
  const goals: AskedGoal[] = [];
  const features = featuresWithLatency(latency);
  for (const target of understood.targets) goals.push(...goalsOfTarget(target, features, latency));
  if (goals.length === 0) return [];
  const bounded = new Set(goals.map(({ feature }) => feature));
  for (const feature of touched(options)) {
    if (understood.keepQuality) goals.push({ goal: { kind: "quality", feature }, feature });
    const today = todaysP95(latency, feature);
    if (understood.keepLatency && !bounded.has(feature) && today !== null) {
      goals.push({ goal: { kind: "latency", feature, percentile: "p95", ms: today }, feature });
    }
  }
  return goals;
}

function goalsOfTarget(
  target: Target,
  features: readonly string[],
  latency: KeptEvidence | null,
): AskedGoal[] {
  const about =
    target.segment === null ? features : features.filter((one) => one === target.segment);
  switch (target.kind) {
    case "cost-cut":
      return target.value > 0 && target.value <= 100
        ? [{ goal: { kind: "cost-cut", percent: target.value }, feature: "" }]
        : [];
    case "latency-bound": {
      const percentile = target.percentile ?? "p95";
      if (percentile === "p99") return [];
      const ms = target.value;
      return about.map((feature) => ({
        goal: { kind: "latency", feature, percentile, ms },
        feature,
      }));
    }
    case "speed-up":
      return about.flatMap((feature) => {
        const today = todaysP95(latency, feature);
        return today === null || target.value <= 1
          ? []
          : [
              {
                goal: { kind: "latency", feature, percentile: "p95", ms: today / target.value },
                feature,
              },
            ];
      });
    case "budget":
    case "growth":
      return [];
  }
}

/** Features of which the log has latencies, those with the most calls first. */
function featuresWithLatency(latency: KeptEvidence | null): string[] {
  if (!latency) return [];
  return latency.values
    .filter(
      ({ key, segment, value }) => key === "latency_calls" && segment !== null && Number(value) > 0,
    )
    .sort((a, b) => Number(b.value) - Number(a.value))
    .flatMap(({ segment }) => (segment === null ? [] : [segment]))
    .slice(0, MOST_FEATURES);
}

function todaysP95(latency: KeptEvidence | null, feature: string): number | null {
  const value = latency ? findValue(latency, "p95_latency", feature)?.value : null;
  return value == null ? null : Number(value);
}

/** Features whose answers an option changes. */
function touched(options: readonly GoalOption[]): string[] {
  const features = options.flatMap((option) => {
    if (option.lever === "model-swap") return [option.swap.feature];
    return option.lever === "output-cap" ? [option.cap.feature] : [];
  });
  return [...new Set(features)];
}

/** Recommendations as the options that a plan may take or leave: what the log vouches for first. */
export function optionsOf(recommendations: readonly Recommendation[]): GoalOption[] {
  return recommendations.flatMap(optionsFor).slice(0, MOST_OPTIONS);
}

function optionsFor(one: Recommendation): GoalOption[] {
  switch (one.lever) {
    case "retry-waste":
    case "response-cache":
    case "prompt-cache":
      return [{ lever: one.lever }];
    case "model-swap":
      return one.swap ? [{ lever: "model-swap", swap: one.swap }] : [];
    case "output-cap":
      return one.caps.slice(0, 1).map((cap) => ({ lever: "output-cap", cap }));
    case "batch":
      return one.batched.map((feature) => ({ lever: "batch", feature }));
  }
}
