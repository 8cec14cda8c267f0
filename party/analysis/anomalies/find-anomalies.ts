import { median, pooledSpread, robustScore } from "./robust-score";

export const HOUR_MS = 3_600_000;
export const WEEK_MS = 7 * 24 * HOUR_MS;
/** Weeks of history that each hour is held against. */
export const WEEKS = 4;
/** The limit that Iglewicz and Hoaglin recommend for their score. */
export const SCORE_LIMIT = 3.5;

/** Value of a measure by the start of its hour, Unix ms; null where it could not be measured. */
export type HourlyValues = ReadonlyMap<number, number | null>;

/** What a measure is like. */
export interface Watched {
  /** What an hour without calls counts as: 0 for sums, null for percentiles. */
  whenSilent: 0 | null;
  /** Whether it counts events. */
  counts: boolean;
}

export interface Anomaly {
  /** Start of its first hour, Unix ms, and how many hours in a row lie as far off on the same side. */
  at: number;
  hours: number;
  /** Of the hour that lies the farthest off: what was measured, and the median of the same hour in the weeks before. */
  peakAt: number;
  value: number;
  expected: number;
  score: number;
}

/**
 * Hours of [from, to) whose value lies far from that of the same hours of the preceding four weeks:
 * |modified z-score| ≥ 3.5 (robust-score.ts). The spread of an hour is at least the pooled one of all
 * hours looked at, and of counts at least Poisson's √expected: a storm of errors after weeks without any
 * has a score too. Hours in a row on the same side are one anomaly; the farthest off comes first. An
 * hour without all four weeks before it is not judged.
 */
export function findAnomalies(
  values: HourlyValues,
  { from, to }: { from: number; to: number },
  { whenSilent, counts }: Watched,
): Anomaly[] {
  const begin = Math.min(...values.keys());
  // Before the log began nothing is known, not even that it was silent.
  const at = (hour: number) =>
    values.has(hour) ? (values.get(hour) ?? null) : hour < begin ? null : whenSilent;
  const hours: number[] = [];
  for (let hour = from; hour < to; hour += HOUR_MS) hours.push(hour);
  const histories = hours.map((hour) =>
    Array.from({ length: WEEKS }, (_, week) => at(hour - (week + 1) * WEEK_MS)).filter(
      (value): value is number => value !== null,
    ),
  );
  const least = pooledSpread(histories);
  const found: Anomaly[] = [];
  for (const [index, hour] of hours.entries()) {
    const value = at(hour);
    const history = histories[index] ?? [];
    if (value === null || history.length < WEEKS) continue;
    const byChance = counts ? Math.sqrt(Math.max(1, median(history) ?? 1)) : 0;
    const judged = robustScore(value, history, Math.max(least, byChance));
    if (judged === null || judged.score === null) continue;
    const { expected, score } = judged;
    if (Math.abs(score) < SCORE_LIMIT) continue;
    const last = found.at(-1);
    const goesOn =
      last !== undefined &&
      last.at + last.hours * HOUR_MS === hour &&
      Math.sign(last.score) === Math.sign(score);
    if (!goesOn) found.push({ at: hour, hours: 1, peakAt: hour, value, expected, score });
    else {
      last.hours += 1;
      if (Math.abs(score) > Math.abs(last.score)) {
        Object.assign(last, { peakAt: hour, value, expected, score });
      }
    }
  }
  return found.sort((a, b) => Math.abs(b.score) - Math.abs(a.score) || a.at - b.at);
}

/**
 * How many of the preceding weeks can be held against [from, to): those with calls in at least half as
 * many hours. A week before the log began, or in a gap of it, says nothing.
 */
export function weeksOfHistory(
  calls: HourlyValues,
  { from, to }: { from: number; to: number },
): number {
  const hoursWithCalls = (back: number) =>
    [...calls].filter(([hour, value]) => hour >= from - back && hour < to - back && value).length;
  const least = Math.max(1, hoursWithCalls(0) / 2);
  return Array.from({ length: WEEKS }, (_, week) => hoursWithCalls((week + 1) * WEEK_MS)).filter(
    (hours) => hours >= least,
  ).length;
}
