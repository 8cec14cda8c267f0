import { DAY_MS, type DailySeries } from "./statistics/seasonal-trend";

/** A measure of one UTC day; null when it is not known (all calls unpriced). */
export interface DayValue {
  /** Start of the day, Unix ms. */
  at: number;
  value: number | null;
}

export interface WholeDays {
  series: DailySeries;
  /** Days without calls that are taken for holes in the log: on that weekday there usually are calls. */
  gaps: number;
  /** Days left out because no call of theirs has a value. */
  unknown: number;
}

/** More days than this are not looked back on: what was true two years ago says little of next month. */
const MOST_DAYS = 730;

/**
 * The days from the first to the one before the last, without those two, which the log may hold in part; null when
 * no whole day is left. A day without calls counts as zero when most days of its weekday have none (a service
 * that rests on Sundays), else as a hole in the log.
 */
export function wholeDays(days: readonly DayValue[]): WholeDays | null {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return null;
  const end = last.at;
  const start = Math.max(first.at + DAY_MS, end - MOST_DAYS * DAY_MS);
  const count = Math.round((end - start) / DAY_MS);
  if (count < 1) return null;
  const known = new Map(days.map(({ at, value }) => [at, value]));
  const weekdayOf = (day: number) => new Date(start + day * DAY_MS).getUTCDay();
  const isLogged = (day: number) => known.has(start + day * DAY_MS);
  const all = Array.from({ length: count }, (_, day) => day);
  const rests = Array.from({ length: 7 }, (_, weekday) => {
    const own = all.filter((day) => weekdayOf(day) === weekday);
    return own.filter(isLogged).length * 2 < own.length;
  });
  const isGap = (day: number) => !isLogged(day) && !rests[weekdayOf(day)];
  const values = all.map((day) =>
    isLogged(day) ? (known.get(start + day * DAY_MS) ?? null) : isGap(day) ? null : 0,
  );
  return {
    series: { start, values },
    gaps: all.filter(isGap).length,
    unknown: all.filter((day) => isLogged(day) && values[day] === null).length,
  };
}
