import { type Anchor, anchorOf, DAY, HOUR, type LogTime } from "./calendar";
import { normalise } from "./normalise";
import { findPeriods, type Period } from "./periods";
import type { Range } from "./result";
import { correctTypos } from "./typos";

export interface TimeReading {
  range: Range;
  /** The message speaks of a time that is not in `range`. */
  unread: boolean;
}

const whole: Range = { from: null, to: null, anchor: "none" };

/** The time range a message asks for. */
export function readRange(message: string, time: LogTime): Range {
  return readTime(message, time).range;
}

/**
 * The time a message asks for. All days are UTC, weeks begin on Monday. "Last week" and "last month" are calendar
 * weeks and months, "the last 7 days" and "the past week" count back to the hour. A log that ended more than a day ago
 * is asked relative to its own end, which the answer says. A deadline or a time to come ("by the end of the
 * quarter", "in April if usage triples") is no range. Pure.
 */
export function readTime(message: string, time: LogTime): TimeReading {
  const text = correctTypos(normalise(message));
  const anchor = anchorOf(time);
  const clock = findHours(text);
  const masked = clock === null ? text : blank(text, clock);
  const periods = inTurn(masked, findPeriods(masked, anchor));
  const told = periods.filter((one) => !isNoRange(masked, one, anchor));
  const joined = join(masked, told);
  const rest = periods.reduce(blank, masked);
  const [only] = joined;
  if (!only)
    return {
      range: whole,
      unread: mentionsTime(rest) || clock !== null || isCompared(masked, periods),
    };
  const isDay = only.to === null ? only.from === anchor.today : only.to - (only.from ?? 0) === DAY;
  const hours = clock !== null && isDay ? clock : null;
  const unread = joined.length > 1 || mentionsTime(rest) || (clock !== null && hours === null);
  return {
    range: {
      ...(hours === null
        ? { from: only.from, to: only.to }
        : within(only.from ?? 0, hours, only.to)),
      anchor: only.relative ? anchor.kind : "date",
    },
    unread,
  };
}

/** Hours of the day that begins at `day`. */
function within(day: number, hours: Hours, end: number | null) {
  return {
    from: day + (hours.from ?? 0),
    to: hours.to === null ? end : day + hours.to,
  };
}

interface Joined {
  from: number | null;
  to: number | null;
  relative: boolean;
}

const FROM =
  /\b(?:since|from|starting|starting (?:on|from|with)|beginning|as of|as from|ever since)(?: the)?(?: (?:start|beginning) of)?(?: the| last)? $/;
const AFTER = /\b(?:after|later than|past)(?: the)?(?: end of)?(?: the)? $/;
const UNTIL =
  /\b(?:until|till|up to|up until|up through|til)(?: and including)?(?: the)?(?: end of)?(?: the)? $/;
const BEFORE =
  /\b(?:before|prior to|earlier than|until before)(?: the)?(?: (?:start|beginning) of)?(?: the)? $/;
const OPENS = /\b(?:between|from)(?: the)?(?: (?:start|beginning) of)?(?: the)? $/;
const BRIDGE =
  /^,? ?(?:and|to|until|till|til|through|thru|up to|-)(?: the)?(?: end of)?(?: the)? ?$/;
const NOW = /^,? ?(?:and|to|until|till|through|up to|-) (?:now|date|the present)\b/;
const TOGETHER =
  /^,? ?(?:and|&|vs\.?|versus|with|against|to|compared (?:to|with)|over)(?: the)? ?$/;

/** "Between Monday and Wednesday": the first is the one before the second, though a later one has been. */
function inTurn(text: string, periods: readonly Period[]): Period[] {
  return periods.map((period, index) => {
    const next = periods[index + 1];
    const isLater =
      next !== undefined && period.relative && next.relative && period.from > next.from;
    const isNamedDay = /^[a-z]+day$/.test(text.slice(period.start, period.end));
    if (!isLater || !isNamedDay || !BRIDGE.test(text.slice(period.end, next.start))) return period;
    return { ...period, from: period.from - 7 * DAY, to: (period.to ?? period.from) - 7 * DAY };
  });
}

/** Periods made into ranges by the words before and between them. */
function join(text: string, periods: readonly Period[]): Joined[] {
  const ranges: Joined[] = [];
  for (let index = 0; index < periods.length; index += 1) {
    const period = periods[index];
    if (!period) continue;
    const next = periods[index + 1];
    const lead = text.slice(0, period.start);
    const between = next ? text.slice(period.end, next.start) : "";
    const relative = period.relative;
    if (next && BRIDGE.test(between) && (OPENS.test(lead) || !/and/.test(between))) {
      const to = next.to;
      if (to === null || to > period.from) {
        ranges.push({ from: period.from, to, relative });
        index += 1;
        continue;
      }
    }
    if (next && TOGETHER.test(between)) {
      const [first, second] = next.from < period.from ? [next, period] : [period, next];
      if (first.to === second.from || first.to === null) {
        ranges.push({ from: first.from, to: second.to, relative });
        index += 1;
        continue;
      }
    }
    if (NOW.test(text.slice(period.end))) ranges.push({ from: period.from, to: null, relative });
    else if (AFTER.test(lead) && period.to !== null)
      ranges.push({ from: period.to, to: null, relative });
    else if (BEFORE.test(lead)) ranges.push({ from: null, to: period.from, relative });
    else if (UNTIL.test(lead)) ranges.push({ from: null, to: period.to, relative });
    else if (
      (FROM.test(lead) && !isSpan(text.slice(period.start, period.end))) ||
      /^since\b/.test(text.slice(period.start))
    )
      ranges.push({ from: period.from, to: null, relative });
    else ranges.push({ from: period.from, to: period.to, relative });
  }
  // "Last week on March 24": the narrower of two that lie in each other is meant.
  return ranges.filter(
    (one) =>
      !ranges.some((other) => other !== one && contains(one, other) && !contains(other, one)),
  );
}

/** "3rd to the 9th of March": the period has its end in it. */
const isSpan = (said: string) =>
  !/^\d{4}/.test(said) &&
  /\d(?:st|nd|rd|th)? ?(?:-|to|and|until|till|through|thru) ?(?:the )?\d/.test(said);

const contains = (outer: Joined, inner: Joined) =>
  (outer.from ?? -Infinity) <= (inner.from ?? -Infinity) &&
  (outer.to ?? Infinity) >= (inner.to ?? Infinity);

const COMPARES =
  /\b(?:as|than|like|vs\.?|versus|compared (?:to|with)|against|relative to)(?: it was| they were)?(?: on| in)?(?: the)? $/;
const TO_COME =
  /\b(?:will|would|if|forecast\w*|predict\w*|expect\w*|going to|plan(?:s|ned|ning)?|project(?:ed|ion|ions)?|estimate)\b/;

/** What is compared with, a deadline, and a time to come. */
function isNoRange(
  text: string,
  { start, end, from, to, relative }: Period,
  { at }: Anchor,
): boolean {
  const lead = text.slice(0, start);
  if (/\b(?:next|coming|following|upcoming)(?: the)? $/.test(lead) || from > at) return true;
  if (/\bby(?: the)?(?: end of)?(?: the)? $/.test(lead))
    return !/^(?: only)?$/.test(text.slice(end)) || to === null || to > at;
  if (UNTIL.test(lead) && (to ?? at + 1) > at && /\bend of(?: the)? $/.test(lead)) return true;
  if (COMPARES.test(lead)) return !isContrasted(lead);
  // A month without a year is the latest one, unless the message looks ahead to the next.
  const isMonth = to !== null && to - from >= 28 * DAY && to - from <= 31 * DAY && !relative;
  const names = text.slice(start, end);
  return isMonth && !/\d{4}/.test(names) && to < at - 180 * DAY && TO_COME.test(text);
}

/** "Compare this week with last week", "last week versus this week": both are asked for. */
const isContrasted = (lead: string) =>
  /\b(?:week|month|yesterday|today|quarter|year)(?:'s)?,? (?:vs\.?|versus|compared (?:to|with)|against)(?: the)? $/.test(
    lead,
  );

/** A comparison with another time that no range holds; "as good as today" speaks of none. */
function isCompared(text: string, periods: readonly Period[]): boolean {
  return periods.some(({ start }) =>
    /\b(?:than|vs\.?|versus|compared (?:to|with)|against)(?: on| in)?(?: the)? $/.test(
      text.slice(0, start),
    ),
  );
}

/** Whether a message speaks of a time at all, so that one that cannot be read is not passed over. */
export function mentionsTime(message: string): boolean {
  return MENTIONS_TIME.test(message.toLowerCase());
}

const MENTIONS_TIME =
  /\b(?:last|past|previous|this|since|until|before|after|during)\s+(?:\w+\s+)?(?:hours?|days?|nights?|weeks?|weekends?|fortnights?|months?|quarters?|years?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|spring|summer|autumn|fall|winter|morning|afternoon|evening|christmas|easter|halloween|black friday|holidays?|launch|release|deploy(?:ment)?)\b|\b(?:weekends?|overnight|tonight|nights?|mornings?|evenings?|afternoons?)\b(?! report)|\b(?:early|mid|late)[- ](?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\bon (?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)\b|\b\d{1,2}\/\d{1,2}(?:\/\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b|\bago\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?\b|\b\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sep|oct|nov|dec)\b|\b\d{1,2}\.\d{1,2}\.(?!\d)|\b(?:weekdays|business hours|office hours|peak hours)\b/;

interface Hours {
  start: number;
  end: number;
  /** Milliseconds into the day; null is its edge. */
  from: number | null;
  to: number | null;
}

const CLOCK =
  "(?:\\d{1,2}:\\d{2}(?: ?(?:am|pm))?|\\d{1,2} ?(?:am|pm|h|o'clock)|noon|midday|midnight|\\d{1,2}(?= ?(?:-|to|and|until) ?\\d{1,2}(?::\\d{2}| ?(?:am|pm))))";
const LATER =
  "(?:\\d{1,2}:\\d{2}(?: ?(?:am|pm))?|\\d{1,2} ?(?:am|pm|h|o'clock)|noon|midday|midnight)";

/** "Between 14:00 and 16:00", "from 2 to 4 pm", "before noon". */
function findHours(text: string): Hours | null {
  const pair = new RegExp(
    `\\b(?:(?:between|from) )?(${CLOCK}) ?(?:-|to|and|until|till) ?(${LATER})(?: utc)?(?![\\w])`,
  ).exec(text);
  if (pair) {
    const to = timeOfDay(pair[2] ?? "", 24);
    const from = timeOfDay(pair[1] ?? "", 0, /pm|am/.exec(pair[2] ?? "")?.[0]);
    if (from !== null && to !== null && to > from) {
      return { start: pair.index, end: pair.index + pair[0].length, from, to };
    }
  }
  const single = new RegExp(
    `\\b(after|since|from|before|until|till) (${LATER})(?: utc)?(?![\\w])`,
  ).exec(text);
  if (!single) return null;
  const at = timeOfDay(single[2] ?? "", 0);
  const begins = /after|since|from/.test(single[1] ?? "");
  return at === null
    ? null
    : {
        start: single.index,
        end: single.index + single[0].length,
        from: begins ? at : null,
        to: begins ? null : at,
      };
}

function timeOfDay(said: string, midnight: number, half?: string): number | null {
  if (/noon|midday/.test(said)) return 12 * HOUR;
  if (said === "midnight") return midnight * HOUR;
  const [, hour = "0", minute = "0"] = /(\d{1,2})(?::(\d{2}))?/.exec(said) ?? [];
  const suffix = /am|pm/.exec(said)?.[0] ?? half;
  const plain = Number(hour);
  const hours = suffix === undefined ? plain : (plain % 12) + (suffix === "pm" ? 12 : 0);
  const inDay = plain <= 24 && Number(minute) < 60 && hours <= 24;
  return inDay ? hours * HOUR + Number(minute) * 60_000 : null;
}

function blank(text: string, { start, end }: { start: number; end: number }): string {
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
}
