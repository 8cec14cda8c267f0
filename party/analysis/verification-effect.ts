import { halfWidth } from "./statistics/means";
import { inflationBy, persistenceOf } from "./statistics/persistence";
import { DAY_MS } from "./statistics/seasonal-trend";

/** What one UTC day brought in a segment. `units` is what the cost is taken per: calls, or 1 for a whole day. */
export interface DayCost {
  units: number;
  calls: number;
  costUsd: number;
}

/** The changed segment and the ones that were not touched, on the same day. */
export interface DayPair {
  /** Start of the day, Unix ms. */
  at: number;
  changed: DayCost;
  /** All untouched segments together. */
  untouched: DayCost;
}

/** ln(cost per unit after ÷ before) of the changed segment, less that of the untouched ones. */
export interface Effect {
  log: number;
  /** Half of the interval of `log`. */
  half: number;
  /** Whether untouched segments took part. */
  corrected: boolean;
  /** Squared standard error by period, and days behind each. */
  before: { error: number; days: number };
  after: { error: number; days: number };
}

/** Whole weeks next to the change: of what came before the last ones, of what came after the first ones. */
export function wholeWeeks(days: readonly DayPair[], side: "before" | "after"): DayPair[] {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return [];
  const weeks = Math.floor((last.at - first.at + DAY_MS) / (7 * DAY_MS));
  return side === "before"
    ? days.filter(({ at }) => at > last.at - weeks * 7 * DAY_MS)
    : days.filter(({ at }) => at < first.at + weeks * 7 * DAY_MS);
}

/**
 * Difference in differences on the logarithm of cost per unit, by the delta method over days as blocks: calls of a
 * day share its shocks, so that days, not calls, are what is independent (Bertrand, Duflo and Mullainathan 2004).
 * Each day counts by how far it lies from its period's ratio, the untouched segments' part taken off. From two weeks
 * on, days are measured against their own weekday; the likeness of neighbouring days makes it wider. Student's t,
 * with Satterthwaite's degrees of freedom.
 *
 * Null when the changed segment cost nothing in one of the periods, or a period has fewer than two days.
 */
export function effectOf(
  before: readonly DayPair[],
  after: readonly DayPair[],
  level: number,
): Effect | null {
  const corrected = [before, after].every((days) => sum(days, "untouched", "costUsd") > 0);
  const one = periodOf(before, corrected);
  const other = periodOf(after, corrected);
  if (!one || !other) return null;
  const likeness = inflationBy(persistenceOf([...one.residuals, ...other.residuals], 2));
  const parts = [one, other].map(({ error, freedom }) => ({
    error: error * likeness,
    freedom,
  }));
  return {
    log: other.log - one.log,
    half: halfWidth(parts, level),
    corrected,
    before: { error: one.error * likeness, days: before.length },
    after: { error: other.error * likeness, days: after.length },
  };
}

interface Period {
  log: number;
  error: number;
  freedom: number;
  residuals: Residual[];
}

function periodOf(days: readonly DayPair[], corrected: boolean): Period | null {
  const changed = { units: sum(days, "changed", "units"), cost: sum(days, "changed", "costUsd") };
  const untouched = {
    units: sum(days, "untouched", "units"),
    cost: sum(days, "untouched", "costUsd"),
  };
  if (days.length < 2 || changed.units === 0 || changed.cost <= 0) return null;
  const influence = days.map((day) => ({
    day: Math.round(day.at / DAY_MS),
    residual:
      distanceOf(day.changed, changed) - (corrected ? distanceOf(day.untouched, untouched) : 0),
  }));
  return {
    log:
      Math.log(changed.cost / changed.units) -
      (corrected ? Math.log(untouched.cost / untouched.units) : 0),
    ...scatterOf(influence),
  };
}

/** How far a day pulls its period's ratio, as a share of it. */
function distanceOf(day: DayCost, period: { units: number; cost: number }): number {
  return day.costUsd / period.cost - day.units / period.units;
}

/** `day` counts days since 1970, a Thursday. */
interface Residual {
  day: number;
  residual: number;
}

/** Squared standard error of the sum of the days' influence, within weekdays where each has two days. */
function scatterOf(days: readonly Residual[]): Omit<Period, "log"> {
  const weekdays = [0, 1, 2, 3, 4, 5, 6].map((weekday) =>
    days.filter(({ day }) => day % 7 === weekday),
  );
  const groups = weekdays.every((own) => own.length >= 2) ? weekdays : [days];
  let error = 0;
  const residuals = groups.flatMap((own) => {
    const mean = own.reduce((total, { residual }) => total + residual, 0) / own.length;
    const centred = own.map(({ day, residual }) => ({ day, residual: residual - mean }));
    const squares = centred.reduce((total, { residual }) => total + residual ** 2, 0);
    error += (squares * own.length) / (own.length - 1);
    return centred;
  });
  residuals.sort((a, b) => a.day - b.day);
  return { error, freedom: days.length - groups.length, residuals };
}

export function sum(
  days: readonly DayPair[],
  side: "changed" | "untouched",
  what: keyof DayCost,
): number {
  return days.reduce((total, day) => total + day[side][what], 0);
}
