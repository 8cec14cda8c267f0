export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The logs' own time: relative phrases count from now, or from the last call when the log ended before. */
export interface LogTime {
  now: number;
  lastCallAt: number | null;
}

/** What relative phrases count from: now, or the last call of a log that ended more than a day ago. */
export interface Anchor {
  at: number;
  kind: "now" | "last-call";
  /** Start of the anchor's day. */
  today: number;
  /** End of a range that runs up to the anchor; the last call itself belongs to it. */
  end: number | null;
}

export function anchorOf({ now, lastCallAt }: LogTime): Anchor {
  const ended = lastCallAt !== null && lastCallAt < now - DAY;
  const at = ended ? lastCallAt : now;
  return {
    at,
    kind: ended ? "last-call" : "now",
    today: Math.floor(at / DAY) * DAY,
    end: ended ? at + 1 : null,
  };
}

/** Start of the Monday of the week that `at` falls in. */
export function weekOf(at: number): number {
  const day = Math.floor(at / DAY) * DAY;
  return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY;
}

/** Start of the day (UTC), or null when there is no such day. */
export function dayOf(year: number, month: number, day: number): number | null {
  const at = Date.UTC(year, month, day);
  const date = new Date(at);
  return date.getUTCMonth() === month && date.getUTCDate() === day ? at : null;
}

/** The latest such day up to the anchor. */
export function latestDay(month: number, day: number, { at }: Anchor): number | null {
  const year = new Date(at).getUTCFullYear();
  const candidate = dayOf(year, month, day);
  return candidate !== null && candidate > at ? dayOf(year - 1, month, day) : candidate;
}
