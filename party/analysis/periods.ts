import type { Answer, Measures, Period, Scope } from "./source";

const DAY_MS = 86_400_000;

export interface PeriodPair {
  current: Period;
  previous: Period;
}

/**
 * The last `days` of the scope's calls and the same number of days before. The end is the scope's
 * own, or just behind the last call. Null with the reason when the calls do not reach back far enough
 * for an earlier period of which at least half has calls.
 */
export function lastAndPreceding(
  scope: Scope,
  totals: Pick<Measures, "firstAt" | "lastAt">,
  days: number,
): PeriodPair | { unavailable: string } {
  if (totals.firstAt === null || totals.lastAt === null)
    return { unavailable: "no calls in range" };
  const end = Math.min(scope.to ?? totals.lastAt + 1, totals.lastAt + 1);
  const current = { from: end - days * DAY_MS, to: end };
  const previous = { from: current.from - days * DAY_MS, to: current.from };
  if (totals.firstAt > previous.from + (days * DAY_MS) / 2) {
    return {
      unavailable: `the calls do not reach back to ${days === 1 ? "the day before the last one" : `the ${days} days before ${lastDays(days)}`}`,
    };
  }
  return { current, previous };
}

/** "the last day", "the last 7 days": for what people read. */
export function lastDays(days: number): string {
  return days === 1 ? "the last day" : `the last ${days} days`;
}

/** "the day before", "the 7 days before". */
export function daysBefore(days: number): string {
  return days === 1 ? "the day before" : `the ${days} days before`;
}

/** The answer to a question that was not worth asking. */
export function noAnswer<Row>(): Answer<Row> {
  return { rows: [], sql: "", parameters: {}, rowsRead: 0, elapsedMs: 0 };
}
