import type { RunState } from "./state";

/**
 * What one run may use at most. Steps count each agent's turn, the last of them reports; seconds are those
 * that steps worked, not the time a run waited for people; dollars are the model's list price.
 */
export interface Ceilings {
  steps: number;
  tokens: number;
  dollars: number;
  seconds: number;
}
export type CeilingName = keyof Ceilings;

export const defaultCeilings: Ceilings = { steps: 12, tokens: 400_000, dollars: 1, seconds: 300 };

/** The ceiling that a run has reached, or null. A model without a known price costs no dollars here. Pure. */
export function reachedCeiling(
  { steps, usage }: Pick<RunState, "steps" | "usage">,
  ceilings: Ceilings,
  costUsd: (usage: RunState["usage"]) => number | null,
): CeilingName | null {
  if (steps.length >= ceilings.steps - 1) return "steps";
  if (remainingMs({ steps }, ceilings) <= 0) return "seconds";
  if (usage.inputTokens + usage.outputTokens >= ceilings.tokens) return "tokens";
  return (costUsd(usage) ?? 0) >= ceilings.dollars ? "dollars" : null;
}

/** Working time that is left, ms. */
export function remainingMs({ steps }: Pick<RunState, "steps">, { seconds }: Ceilings): number {
  return seconds * 1_000 - steps.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
}

/** Where a ceiling leaves time, the rules do the rest, which costs nothing; else the run reports what it has. */
export function rulesGoOn(ceiling: CeilingName): boolean {
  return ceiling === "tokens" || ceiling === "dollars";
}

const TOLD: Record<CeilingName, string> = {
  steps: "its ceiling on steps (CREW_MAX_STEPS)",
  tokens: "its ceiling on tokens (CREW_MAX_TOKENS)",
  dollars: "its ceiling on dollars (CREW_MAX_DOLLARS)",
  seconds: "its ceiling on seconds (CREW_MAX_SECONDS)",
};

/** For people: "its ceiling on tokens (CREW_MAX_TOKENS)". */
export const ceilingName = (ceiling: CeilingName): string => TOLD[ceiling];
