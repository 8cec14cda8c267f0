import { forecast, MOST_AHEAD } from "./growth-forecast";
import type { Interval } from "./statistics/interval";
import type { ProjectedDay } from "./statistics/projection";
import { DAY_MS, type DailySeries } from "./statistics/seasonal-trend";

/** The calendar month (UTC) of a moment, or one some months later; `to` is exclusive. Unix ms. */
export function monthOf(at: number, later = 0): { from: number; to: number } {
  const date = new Date(at);
  const start = (months: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  return { from: start(later), to: start(later + 1) };
}

/** Days from one start of day to another. */
export function daysBetween(from: number, to: number): number {
  return Math.round((to - from) / DAY_MS);
}

/** Spend of a month, part of it known. USD. */
export interface MonthSpend {
  from: number;
  to: number;
  /** Before the first projected day. */
  spent: number;
  total: number;
  interval: Interval;
}

/** Known spend and projected days of the month put together; `days` reach at least to the month's end. */
export function monthEnd(
  month: { from: number; to: number },
  spent: number,
  days: readonly ProjectedDay[],
): MonthSpend | null {
  const last = days.filter(({ at }) => at < month.to).at(-1);
  if (!last) return null;
  const { low, high, level } = last.interval;
  return {
    ...month,
    spent,
    total: spent + last.total,
    interval: { low: spent + low, high: spent + high, level },
  };
}

/** The last four weeks' weekday levels, times a factor, over a month. */
export type FactorSpend =
  | { state: "unknown"; reason: string }
  | {
      state: "projected";
      from: number;
      to: number;
      factor: number;
      total: number;
      interval: Interval;
    };

const FOUR_WEEKS = 28;

/**
 * A month of usage that is `factor` times that of the last four weeks, without any trend: the factor is the user's,
 * only the weekdays and the scatter are the log's.
 */
export function factorSpend(
  series: DailySeries,
  month: { from: number; to: number },
  factor: number,
  level: number,
): FactorSpend {
  const skipped = Math.max(0, series.values.length - FOUR_WEEKS);
  const recent = { start: series.start + skipped * DAY_MS, values: series.values.slice(skipped) };
  const end = recent.start + recent.values.length * DAY_MS;
  const before = daysBetween(end, month.from);
  const days = daysBetween(month.from, month.to);
  if (before + days > MOST_AHEAD)
    return { state: "unknown", reason: "the month lies too far ahead" };
  const outcome = forecast(recent, { days, after: before, trend: "flat", level });
  if (outcome.state !== "projected") return { state: "unknown", reason: outcome.reason };
  const last = outcome.days.at(-1);
  if (!last) return { state: "unknown", reason: "the month has no days" };
  return {
    state: "projected",
    ...month,
    factor,
    total: factor * last.total,
    interval: { low: factor * last.interval.low, high: factor * last.interval.high, level },
  };
}
