import { type BackTest, backTest } from "./growth-backtest";
import { type ProjectedDay, project } from "./statistics/projection";
import { type DailySeries, fitSeasonalTrend, type Trend } from "./statistics/seasonal-trend";

/** Each weekday three times: fewer leave nothing to tell a weekday from chance by. */
export const LEAST_DAYS = 21;
/** A straight line is not drawn further than this. */
export const MOST_AHEAD = 366;

export interface ForecastQuestion {
  /** Days to project, and days left out between them and the history; 1–366 together. */
  days: number;
  after?: number;
  trend: Trend;
  /** Confidence of the intervals, 0–1. */
  level: number;
}

export type Forecast =
  | { state: "too-short"; known: number; needed: number; reason: string }
  | { state: "unknown"; reason: string }
  | {
      state: "projected";
      /** Whole, known days that the projection stands on. */
      known: number;
      days: ProjectedDay[];
      /** Growth per week as a share of the level at the middle of the history; 0 when flat. */
      weeklyGrowth: number;
      /** How like a day is to the day before, 0–0.8. */
      persistence: number;
      /** Null when the history is too short to try the method on itself. */
      backTest: BackTest | null;
      /** Factor by which the back-test made the intervals wider; 1 when they held. */
      widened: number;
    };

/**
 * Projects daily values by weekday levels and one linear trend (`seasonal-trend.ts`), and tries the same method on
 * the history's own last weeks. Where it did significantly worse there than its intervals said, they are widened by
 * as much. Days outside 1–366 throw RangeError: the caller decides what to ask.
 */
export function forecast(series: DailySeries, question: ForecastQuestion): Forecast {
  const { days, after = 0, level } = question;
  if (!(days >= 1 && days + after <= MOST_AHEAD)) {
    throw new RangeError(`days: 1 to ${MOST_AHEAD} can be projected, not ${days + after}`);
  }
  const known = series.values.filter((value) => value !== null).length;
  if (known < LEAST_DAYS) {
    const needed = LEAST_DAYS - known;
    return {
      state: "too-short",
      known,
      needed,
      reason: `too short: ${needed} more whole ${needed === 1 ? "day is" : "days are"} needed`,
    };
  }
  if (series.values.every((value) => !value)) {
    return { state: "unknown", reason: "nothing was spent on these days" };
  }
  const fit = fitSeasonalTrend(series, question.trend);
  if (!fit) return { state: "unknown", reason: "too few days with calls on any weekday" };
  const tried = backTest(series, question);
  const widened = tried?.widen ?? 1;
  return {
    state: "projected",
    known,
    days: project(fit, { days, after, level, widen: widened }),
    weeklyGrowth: fit.slope * 7,
    persistence: fit.persistence,
    backTest: tried,
    widened,
  };
}
