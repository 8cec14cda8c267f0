import { bisect } from "./distributions";
import { inflationBy, persistenceOf } from "./persistence";

/** One value a day from `start` (UTC midnight, Unix ms); null where the day is not known. */
export interface DailySeries {
  start: number;
  values: ReadonlyArray<number | null>;
}

export const DAY_MS = 86_400_000;

/**
 * μ = level of the weekday × (1 + slope · days from the centre), fitted by quasi-likelihood with a variance in
 * proportion to the mean (Wedderburn 1974), as of spend that is a sum over many calls: busy days weigh more, days of
 * zero do no harm. Given the slope, each level is (sum of its days) ÷ (sum of their growth), so that only the
 * slope is searched for.
 */
export interface SeasonalTrend {
  start: number;
  /** Days of the series, and those of them that are known and lie on a weekday with a level. */
  days: number;
  known: number;
  /** Index 0 is Sunday; 0 where every such day was zero, null where none is known. */
  levels: Array<number | null>;
  /** Share of the centre's level per day; 0 when no trend was asked for. */
  slope: number;
  centre: number;
  /** Variance of a day ÷ its mean, which says how sure levels and slope are. */
  dispersion: number;
  /** Variance of a day ÷ its mean to the power of SCATTER_POWER, for days larger or smaller than those seen. */
  scatter: number;
  /** Correlation of a day with the next, 0–0.8. */
  persistence: number;
  freedom: number;
  information: Information;
}

/**
 * Between sums of many independent calls (1) and shocks that hit all calls of a day alike (2), as is usual for
 * amounts that are sums of random many random parts (Tweedie).
 */
export const SCATTER_POWER = 1.5;

export type Trend = "linear" | "flat";

/** Null when fewer days are known than the model has parameters, or nothing is above zero. Values are not negative. */
export function fitSeasonalTrend(series: DailySeries, trend: Trend): SeasonalTrend | null {
  const days = knownDays(series);
  const centre = days.reduce((sum, { day }) => sum + day, 0) / days.length;
  const slope = trend === "linear" ? searchSlope(days, centre) : 0;
  const levels = levelsAt(days, centre, slope);
  const used = days.filter(({ weekday }) => (levels[weekday] ?? 0) > 0);
  const parameters = levels.filter((level) => level !== null && level > 0).length;
  const freedom = used.length - parameters - (trend === "linear" ? 1 : 0);
  if (parameters === 0 || freedom < 1) return null;
  const residuals = used.map(({ day, weekday, value }) => {
    const mean = (levels[weekday] ?? 0) * (1 + slope * (day - centre));
    return { day, mean, residual: (value - mean) / Math.sqrt(mean) };
  });
  const perFreedom = (pick: (one: (typeof residuals)[number]) => number) =>
    residuals.reduce((sum, one) => sum + pick(one), 0) / freedom;
  const persistence = persistenceOf(residuals, trend === "linear" ? 2 : 1);
  return {
    start: series.start,
    days: series.values.length,
    known: used.length,
    levels,
    slope,
    centre,
    dispersion: perFreedom(({ residual }) => residual ** 2),
    scatter: perFreedom(({ residual, mean }) => residual ** 2 * mean ** (1 - SCATTER_POWER)),
    persistence,
    // Days that resemble the day before tell less.
    freedom: Math.max(2, freedom / inflationBy(persistence)),
    information: informationOf(used, levels, centre, trend === "linear" ? slope : null),
  };
}

interface Day {
  day: number;
  weekday: number;
  value: number;
}

function knownDays({ start, values }: DailySeries): Day[] {
  const first = new Date(start).getUTCDay();
  return values.flatMap((value, day) =>
    value === null ? [] : [{ day, weekday: (first + day) % 7, value }],
  );
}

function levelsAt(days: readonly Day[], centre: number, slope: number): Array<number | null> {
  return Array.from({ length: 7 }, (_, weekday) => {
    const own = days.filter((day) => day.weekday === weekday);
    const growth = own.reduce((sum, { day }) => sum + 1 + slope * (day - centre), 0);
    return own.length === 0 ? null : own.reduce((sum, { value }) => sum + value, 0) / growth;
  });
}

/** The zero of the quasi-score; every day's mean stays above zero. */
function searchSlope(days: readonly Day[], centre: number): number {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last || first.day === last.day) return 0;
  const score = (slope: number) => {
    const levels = levelsAt(days, centre, slope);
    return days.reduce((sum, { day, weekday, value }) => {
      const distance = day - centre;
      return sum + (value / (1 + slope * distance) - (levels[weekday] ?? 0)) * distance;
    }, 0);
  };
  const low = -0.999 / (last.day - centre);
  const high = 0.999 / (centre - first.day);
  if (score(low) <= 0) return low;
  if (score(high) >= 0) return high;
  return bisect(score, low, high);
}

/**
 * Fisher's information of the levels and the slope for a dispersion of one: `own` of each level, `shared` of each
 * level with the slope, `slope` of the slope; null where no slope was fitted.
 */
export interface Information {
  own: number[];
  shared: number[];
  slope: number | null;
}

function informationOf(
  days: readonly Day[],
  levels: ReadonlyArray<number | null>,
  centre: number,
  slope: number | null,
): Information {
  const own = Array<number>(7).fill(0);
  const shared = Array<number>(7).fill(0);
  let ofSlope = 0;
  for (const { day, weekday } of days) {
    const level = levels[weekday] ?? 0;
    const distance = day - centre;
    const growth = 1 + (slope ?? 0) * distance;
    own[weekday] = (own[weekday] ?? 0) + growth / level;
    shared[weekday] = (shared[weekday] ?? 0) + distance;
    ofSlope += (level * distance ** 2) / growth;
  }
  return { own, shared, slope: slope === null ? null : ofSlope };
}
