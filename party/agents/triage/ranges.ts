import type { Range } from "./result";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const UNITS: Record<string, number> = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY };
const WORDS: Record<string, number> = {
  a: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  ten: 10,
  fourteen: 14,
  thirty: 30,
};
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DATE = `(?:\\d{4}-\\d{2}-\\d{2}|${MONTH}\\.?\\s+\\d{1,2}(?:st|nd|rd|th)?(?:,?\\s+\\d{4})?|\\d{1,2}(?:st|nd|rd|th)?\\s+(?:of\\s+)?${MONTH}\\.?(?:,?\\s+\\d{4})?)`;

/** The logs' own time: relative phrases count from now, or from the last call when the log ended before. */
export interface LogTime {
  now: number;
  lastCallAt: number | null;
}

/**
 * The time range a message asks for. All days are UTC. "Last week" is the seven days up to the anchor;
 * a log that ended more than a day ago is asked relative to its own end, which the answer says.
 */
export function readRange(message: string, time: LogTime): Range {
  const text = message.toLowerCase();
  return explicitRange(text, time) ?? relativeRange(text, time) ?? whole;
}

const whole: Range = { from: null, to: null, anchor: "none" };

function explicitRange(text: string, time: LogTime): Range | null {
  const between = new RegExp(
    `\\b(?:between|from)\\s+(${DATE})\\s+(?:and|to|until|till)\\s+(${DATE})`,
    "i",
  ).exec(text);
  if (between) {
    const from = readDate(between[1], time);
    const to = readDate(between[2], time);
    if (from !== null && to !== null && to >= from) return { from, to: to + DAY, anchor: "date" };
  }
  const since = new RegExp(`\\b(?:since|after|from)\\s+(${DATE})`, "i").exec(text);
  if (since) {
    const from = readDate(since[1], time);
    if (from !== null) return { from, to: null, anchor: "date" };
  }
  const until = new RegExp(`\\b(?:until|before|up to|till)\\s+(${DATE})`, "i").exec(text);
  if (until) {
    const to = readDate(until[1], time);
    if (to !== null) return { from: null, to, anchor: "date" };
  }
  const on = new RegExp(`\\bon\\s+(${DATE})`, "i").exec(text);
  if (on) {
    const from = readDate(on[1], time);
    if (from !== null) return { from, to: from + DAY, anchor: "date" };
  }
  const isoMonth = /\b(\d{4})-(0[1-9]|1[0-2])\b(?!-)/.exec(text);
  if (isoMonth) {
    const [year, index] = [Number(isoMonth[1]), Number(isoMonth[2]) - 1];
    return { from: Date.UTC(year, index, 1), to: Date.UTC(year, index + 1, 1), anchor: "date" };
  }
  const quarter = /\bq([1-4])(?:\s+(?:of\s+)?(\d{4}))?\b/.exec(text);
  if (quarter) {
    const year = quarter[2] ? Number(quarter[2]) : new Date(anchorOf(time).at).getUTCFullYear();
    const index = (Number(quarter[1]) - 1) * 3;
    return { from: Date.UTC(year, index, 1), to: Date.UTC(year, index + 3, 1), anchor: "date" };
  }
  const month = new RegExp(`\\b(?:in|during|of)\\s+(${MONTH})\\b\\.?(?:,?\\s+(\\d{4}))?`, "i").exec(
    text,
  );
  if (month) {
    const index = monthIndex(month[1]);
    const anchor = new Date(anchorOf(time).at);
    const year = month[2]
      ? Number(month[2])
      : anchor.getUTCFullYear() - (index > anchor.getUTCMonth() ? 1 : 0);
    return { from: Date.UTC(year, index, 1), to: Date.UTC(year, index + 1, 1), anchor: "date" };
  }
  const wholeYear = /\b(?:in|during|of)\s+((?:19|20)\d{2})\b/.exec(text);
  if (wholeYear) {
    const year = Number(wholeYear[1]);
    return { from: Date.UTC(year, 0, 1), to: Date.UTC(year + 1, 0, 1), anchor: "date" };
  }
  return null;
}

/** Whether a message speaks of a time at all, so that one that cannot be read is not passed over. */
export function mentionsTime(message: string): boolean {
  return /\b(?:last|past|previous|this|since|until|before|after|during)\s+(?:\w+\s+)?(?:hours?|days?|nights?|weeks?|weekends?|fortnights?|months?|quarters?|years?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|spring|summer|autumn|fall|winter|morning|afternoon|evening|christmas|easter)\b|\b(?:weekends?|overnight|tonight)\b|\bon (?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)\b|\b\d{1,2}\/\d{1,2}(?:\/\d{2,4})?\b/i.test(
    message,
  );
}

function relativeRange(text: string, time: LogTime): Range | null {
  const { at, anchor } = anchorOf(time);
  const today = Math.floor(at / DAY) * DAY;
  // In a log that has ended, its last day is the "yesterday" of someone who reads it the day after.
  const day = anchor === "now" ? today : today + DAY;
  const count =
    /\b(?:last|past|previous|recent)\s+(\d{1,4}|[a-z]+)\s+(hour|day|week|month)s?\b/.exec(text);
  if (count) {
    const number = /^\d+$/.test(count[1] ?? "") ? Number(count[1]) : WORDS[count[1] ?? ""];
    const unit = UNITS[count[2] ?? ""];
    if (number !== undefined && number > 0 && unit) {
      return { from: at - number * unit, to: endOf(at, anchor), anchor };
    }
  }
  if (/\byesterday(?:'s|’s)?\b/.test(text)) return { from: day - DAY, to: day, anchor };
  if (/\btoday(?:'s|’s)?\b/.test(text)) {
    return anchor === "now"
      ? { from: today, to: null, anchor }
      : { from: today, to: today + DAY, anchor };
  }
  if (/\b(?:last|past|previous)\s+hour\b/.test(text)) {
    return { from: at - HOUR, to: endOf(at, anchor), anchor };
  }
  if (/\b(?:last|past|previous)\s+(?:day|24h)\b/.test(text)) {
    return { from: at - DAY, to: endOf(at, anchor), anchor };
  }
  if (/\b(?:last|past|previous)\s+week\b/.test(text)) {
    return { from: at - 7 * DAY, to: endOf(at, anchor), anchor };
  }
  if (/\bthis\s+week\b/.test(text)) {
    const weekday = (new Date(today).getUTCDay() + 6) % 7;
    return { from: today - weekday * DAY, to: endOf(at, anchor), anchor };
  }
  const date = new Date(at);
  if (/\bthis\s+month\b/.test(text)) {
    const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    return { from, to: endOf(at, anchor), anchor };
  }
  if (/\b(?:last|previous)\s+month\b/.test(text)) {
    const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1);
    return { from, to: Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1), anchor };
  }
  if (/\bpast\s+month\b/.test(text)) {
    return { from: at - 30 * DAY, to: endOf(at, anchor), anchor };
  }
  return null;
}

function anchorOf({ now, lastCallAt }: LogTime): { at: number; anchor: "now" | "last-call" } {
  return lastCallAt !== null && lastCallAt < now - DAY
    ? { at: lastCallAt, anchor: "last-call" }
    : { at: now, anchor: "now" };
}

/** The last call itself belongs to a range that ends with it. */
function endOf(at: number, anchor: "now" | "last-call"): number | null {
  return anchor === "now" ? null : at + 1;
}

function monthIndex(name: string | undefined): number {
  return MONTHS.indexOf((name ?? "").slice(0, 3));
}

/** Start of the day (UTC), or null when it is no date. Without a year: the latest such day up to the anchor. */
function readDate(text: string | undefined, time: LogTime): number | null {
  if (text === undefined) return null;
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso) return valid(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  const month = monthIndex(new RegExp(MONTH, "i").exec(text)?.[0]);
  const day = Number(/\b(\d{1,2})(?:st|nd|rd|th)?\b/.exec(text)?.[1] ?? Number.NaN);
  const year = /\b(\d{4})\b/.exec(text)?.[1];
  if (month === -1 || Number.isNaN(day)) return null;
  if (year) return valid(Number(year), month, day);
  const anchor = anchorOf(time).at;
  const thisYear = new Date(anchor).getUTCFullYear();
  const candidate = valid(thisYear, month, day);
  return candidate !== null && candidate > anchor ? valid(thisYear - 1, month, day) : candidate;
}

function valid(year: number, month: number, day: number): number | null {
  const at = Date.UTC(year, month, day);
  const date = new Date(at);
  return date.getUTCMonth() === month && date.getUTCDate() === day ? at : null;
}
