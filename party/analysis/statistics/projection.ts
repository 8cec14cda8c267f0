import { studentQuantile } from "./distributions";
import type { Interval } from "./interval";
import { inflationBy } from "./persistence";
import { DAY_MS, type Information, SCATTER_POWER, type SeasonalTrend } from "./seasonal-trend";

/** What one day brings, and all projected days up to and with it: expected, and where their sum lies. */
export interface ProjectedDay {
  /** Start of the day, Unix ms. */
  at: number;
  expected: number;
  total: number;
  interval: Interval;
}

/**
 * The days that follow the series. The interval of their sum is Student's, from the days' own scatter and the
 * uncertainty of levels and slope (delta method), both larger where days resemble the day before (as of a
 * first-order autoregression). The first of the `days` comes `after` days behind the series; `widen` multiplies the
 * interval's width.
 */
export function project(
  fit: SeasonalTrend,
  {
    days,
    after = 0,
    level,
    widen = 1,
  }: { days: number; after?: number; level: number; widen?: number },
): ProjectedDay[] {
  const t = studentQuantile((1 + level) / 2, fit.freedom);
  const { persistence, slope } = fit;
  const inflation = inflationBy(persistence);
  const firstWeekday = new Date(fit.start).getUTCDay();
  const perLevel = Array<number>(7).fill(0);
  let perSlope = 0;
  let total = 0;
  let scatter = 0;
  /** Standard deviations of the days before, each by how much of it is left. */
  let carried = 0;
  return Array.from({ length: days }, (_, ahead) => {
    const day = fit.days + after + ahead;
    const weekday = (firstWeekday + day) % 7;
    const growth = Math.max(0, 1 + slope * (day - fit.centre));
    const levelOfDay = fit.levels[weekday] ?? 0;
    const expected = levelOfDay * growth;
    total += expected;
    perLevel[weekday] = (perLevel[weekday] ?? 0) + growth;
    if (growth > 0) perSlope += levelOfDay * (day - fit.centre);
    const variance = fit.scatter * expected ** SCATTER_POWER;
    // Σ of both is Σᵢ Σⱼ σᵢ σⱼ ρ^|i−j|; `carried` is already one day old.
    scatter += variance + 2 * Math.sqrt(variance) * carried;
    carried = persistence * (carried + Math.sqrt(variance));
    const fromFit = fit.dispersion * inflation * varianceOf(fit.information, perLevel, perSlope);
    const half = widen * t * Math.sqrt(scatter + fromFit);
    return {
      at: fit.start + day * DAY_MS,
      expected,
      total,
      interval: { low: Math.max(0, total - half), high: total + half, level },
    };
  });
}

/** aᵀ I⁻¹ a for the gradient a of a sum of days, by the Schur complement of the slope. */
function varianceOf(
  { own, shared, slope }: Information,
  perLevel: readonly number[],
  perSlope: number,
): number {
  let ofLevels = 0;
  let ofSlope = slope ?? 0;
  let left = perSlope;
  for (const [weekday, information] of own.entries()) {
    if (information === 0) continue;
    const gradient = perLevel[weekday] ?? 0;
    const common = shared[weekday] ?? 0;
    ofLevels += gradient ** 2 / information;
    ofSlope -= common ** 2 / information;
    left -= (gradient * common) / information;
  }
  return ofLevels + (slope === null || ofSlope <= 0 ? 0 : left ** 2 / ofSlope);
}
