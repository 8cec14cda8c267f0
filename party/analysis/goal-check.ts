import { type Pico, parseUsd } from "../../db/prices";
import { movedLatency, type OptionEffect, type PlanOption } from "./goal-options";
import type { JudgedLog } from "./judged-log";
import type { ModelProfileRow } from "./source";

export type Goal =
  /** At least so many percent less. */
  | { kind: "cost-cut"; percent: number }
  /** Latency of a feature's successful calls at most so many ms. */
  | { kind: "latency"; feature: string; percentile: "p50" | "p95"; ms: number }
  /** Judged quality of a feature no lower than today. */
  | { kind: "quality"; feature: string };

/** How a plan does against a goal. `unknown` never counts as met. */
export interface GoalState {
  state: "met" | "missed" | "unknown";
  /** Percent saved, or ms; null for quality, and where it is unknown. */
  value: number | null;
  /** How far it misses, as part of the goal: 0.1 is 10 % too little or too slow; 0 when met, 1 when unknown. */
  shortfall: number;
}

/** What is measured of latency today. */
export interface Today {
  profiles: readonly ModelProfileRow[];
  judged: JudgedLog;
  /** By feature; successful calls. */
  latency: ReadonlyMap<string, { p50: number; p95: number }>;
  costUsd: string;
  at: number;
}

const MET: Omit<GoalState, "value"> = { state: "met", shortfall: 0 };
const UNKNOWN: GoalState = { state: "unknown", value: null, shortfall: 1 };

export function checkGoal(
  goal: Goal,
  options: readonly PlanOption[],
  effects: readonly OptionEffect[],
  saved: Pico,
  today: Today,
): GoalState {
  switch (goal.kind) {
    case "cost-cut": {
      const cost = parseUsd(today.costUsd);
      if (cost === 0n) return UNKNOWN;
      // Met is decided in whole numbers, so that a plan on the line is neither rounded in nor out.
      const isMet = saved * 10_000n >= cost * BigInt(Math.round(goal.percent * 100));
      const value = (Number(saved) / Number(cost)) * 100;
      if (isMet) return { ...MET, value };
      return { state: "missed", value, shortfall: (goal.percent - value) / goal.percent };
    }
    case "quality": {
      const touching = effects.filter(({ feature }) => feature === goal.feature);
      if (touching.every(keepsQuality)) return { ...MET, value: null };
      const isWorse = touching.some(({ quality }) => quality === "worse");
      return isWorse ? { state: "missed", value: null, shortfall: 1 } : UNKNOWN;
    }
    case "latency": {
      const value = latencyUnder(goal, options, today);
      if (value === null) return UNKNOWN;
      if (value <= goal.ms) return { ...MET, value };
      return { state: "missed", value, shortfall: Math.min(value / goal.ms - 1, 1_000) };
    }
  }
}

export function keepsQuality({ quality }: OptionEffect): boolean {
  return quality === "same" || quality === "no-worse";
}

/** A batch may take a day. */
const BATCH_MS = 86_400_000;

/**
 * An upper bound of a feature's latency under a plan, from measured calls only: today's where no segment
 * of it moves; else the slowest of its segments, each as measured on the model it ends on, because a mixture's percentile is
 * at most the largest of its parts'. Cached answers and shorter ones are not slower than today. Null: not known.
 */
function latencyUnder(
  { feature, percentile }: Extract<Goal, { kind: "latency" }>,
  options: readonly PlanOption[],
  { profiles, latency, at }: Today,
): number | null {
  if (options.some((one) => one.lever === "batch" && one.feature === feature)) return BATCH_MS;
  const cascades = options.some(
    (one) => one.lever === "cascade" && one.cascade.feature === feature,
  );
  if (cascades) return null;
  const swaps = options.flatMap((one) =>
    one.lever === "model-swap" && one.swap.feature === feature ? [one.swap] : [],
  );
  if (swaps.length === 0) return latency.get(feature)?.[percentile] ?? null;
  const segments = profiles.filter((row) => row.feature === feature);
  const bounds = segments.map((row) => {
    const swap = swaps.find(
      ({ fromProvider, fromModel }) => fromProvider === row.provider && fromModel === row.model,
    );
    if (swap) return movedLatency(swap, percentile, profiles, at);
    // Segments without any successful call with a latency have no part in the percentile.
    return row.latencyMs === null ? 0 : row.latencyMs[percentile];
  });
  return bounds.reduce<number | null>(
    (most, bound) => (most === null || bound === null ? null : Math.max(most, bound)),
    0,
  );
}
