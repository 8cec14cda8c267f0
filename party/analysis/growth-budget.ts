import type { ProjectedDay } from "./statistics/projection";

/** When money runs out. Dates are starts of days, Unix ms. */
export type BudgetOutcome =
  | { state: "already-crossed"; over: number }
  | {
      state: "crosses";
      /** The likeliest day; null when it lies beyond the last projected one. */
      at: number | null;
      /** The first day on which it may happen, at the interval's high end. */
      earliest: number;
      /** The last one, at its low end; null when it may not happen within the days. */
      latest: number | null;
    }
  | { state: "not-within-days"; days: number; left: number };

/** `spent` USD before the first projected day. */
export function budgetCrossing(
  budget: number,
  spent: number,
  days: readonly ProjectedDay[],
): BudgetOutcome {
  if (spent >= budget) return { state: "already-crossed", over: spent - budget };
  const firstDay = (amount: (day: ProjectedDay) => number) =>
    days.find((day) => spent + amount(day) >= budget)?.at ?? null;
  const earliest = firstDay(({ interval }) => interval.high);
  if (earliest === null) {
    return {
      state: "not-within-days",
      days: days.length,
      left: budget - spent - (days.at(-1)?.total ?? 0),
    };
  }
  return {
    state: "crosses",
    at: firstDay(({ total }) => total),
    earliest,
    latest: firstDay(({ interval }) => interval.low),
  };
}
