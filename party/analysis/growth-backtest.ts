import { fisherQuantile, studentQuantile } from "./statistics/distributions";
import { project } from "./statistics/projection";
import { type DailySeries, fitSeasonalTrend, type Trend } from "./statistics/seasonal-trend";

/** The method tried on the history's own last weeks, each projected from the days before it alone. */
export interface BackTest {
  weeks: number;
  /** Σ |projected − actual| ÷ Σ actual over those weeks; null when they were zero. */
  error: number | null;
  /** Weeks whose actual sum lay in its interval. */
  covered: number;
  /** How much wider the intervals have to be; 1 unless the weeks were missed by more than chance explains. */
  widen: number;
}

const WEEK = 7;
const MOST_WEEKS = 8;
/** Days before a projected week: each weekday three times, as for the projection itself. */
const LEAST_BEFORE = 21;
const ONE_IN_TWENTY = 0.95;

/** Null when not even one week has 21 days before it. */
export function backTest(
  series: DailySeries,
  { trend, level }: { trend: Trend; level: number },
): BackTest | null {
  const weeks = lastWeeks(series).flatMap((end) => {
    const fit = fitSeasonalTrend(
      { start: series.start, values: series.values.slice(0, end - WEEK) },
      trend,
    );
    const week = fit && project(fit, { days: WEEK, level });
    const last = week?.at(-1);
    if (!fit || !week || !last) return [];
    const actual = series.values.slice(end - WEEK, end);
    // A day that is not known is left out of both sides.
    const missing = week.reduce(
      (sum, day, index) => sum + (actual[index] === null ? day.expected : 0),
      0,
    );
    const projected = last.total - missing;
    const happened = actual.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const error = (last.interval.high - last.total) / studentQuantile((1 + level) / 2, fit.freedom);
    return [
      { projected, happened, half: last.interval.high - last.total, error, freedom: fit.freedom },
    ];
  });
  if (weeks.length === 0) return null;
  const sum = (pick: (week: (typeof weeks)[number]) => number) =>
    weeks.reduce((total, week) => total + pick(week), 0);
  const actual = sum(({ happened }) => happened);
  const missed = sum(({ projected, happened }) => Math.abs(projected - happened));
  return {
    weeks: weeks.length,
    error: actual === 0 ? null : missed / actual,
    covered: weeks.filter(({ projected, happened, half }) => Math.abs(projected - happened) <= half)
      .length,
    widen: widening(weeks),
  };
}

/** Ends of the last weeks, none overlapping, that have enough days before them; first to last. */
function lastWeeks({ values }: DailySeries): number[] {
  const ends: number[] = [];
  for (let end = values.length; ends.length < MOST_WEEKS; end -= WEEK) {
    const before = values.slice(0, Math.max(0, end - WEEK)).filter((value) => value !== null);
    if (before.length < LEAST_BEFORE) break;
    ends.unshift(end);
  }
  return ends;
}

/**
 * The mean square of errors in units of what was promised is about Fisher's F; beyond its 95 % quantile the promise
 * did not hold, and its root is how much wider it should have been.
 */
function widening(
  weeks: ReadonlyArray<{ projected: number; happened: number; error: number; freedom: number }>,
): number {
  const squares = weeks
    .filter(({ error }) => error > 0)
    .map(({ projected, happened, error }) => ((projected - happened) / error) ** 2);
  if (squares.length === 0) return 1;
  const meanSquare = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  const freedom = Math.min(...weeks.map((week) => week.freedom));
  return meanSquare > fisherQuantile(ONE_IN_TWENTY, squares.length, freedom)
    ? Math.sqrt(meanSquare)
    : 1;
}
