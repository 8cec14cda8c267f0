import type { RateLimit } from "./growth-limits";
import { USUAL_LEVEL } from "./statistics/interval";

/** What is asked of the coming weeks. */
export interface GrowthQuestion {
  /** USD for each calendar month (UTC); null when none was stated. */
  budgetUsd: number | null;
  /** Usage of the next calendar month against the last four weeks, e.g. 1.5 for half as much again; null to follow the trend. */
  factor: number | null;
  limits: readonly RateLimit[];
  /** Confidence of the intervals, 0–1. */
  level: number;
}

/** A question that has no answer; `field` says which part of it. */
export class GrowthQuestionError extends Error {
  override readonly name = "GrowthQuestionError";
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field}: ${problem}`);
  }
}

/** Fills in what was left out. Throws GrowthQuestionError. */
export function checkGrowthQuestion(question: Partial<GrowthQuestion>): GrowthQuestion {
  const { budgetUsd = null, factor = null, limits = [], level = USUAL_LEVEL } = question;
  if (budgetUsd !== null && !(budgetUsd > 0 && budgetUsd < 1e12)) {
    throw new GrowthQuestionError("budgetUsd", "give an amount of USD above zero");
  }
  if (factor !== null && !(factor > 0 && factor <= 1_000)) {
    throw new GrowthQuestionError(
      "factor",
      "give a factor above 0 and at most 1000 (1.5 is 50 % more)",
    );
  }
  if (!(level >= 0.5 && level <= 0.99)) {
    throw new GrowthQuestionError("level", "give a confidence from 0.5 to 0.99");
  }
  if (limits.length > 100) throw new GrowthQuestionError("limits", "give at most 100 limits");
  return { budgetUsd, factor, limits, level };
}
