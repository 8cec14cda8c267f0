import { type Anchor, DAY, dayOf, HOUR, latestDay, weekOf } from "./calendar";

/** A stretch of time that a text names; Unix ms, `from` inclusive, `to` exclusive, null is open. */
export interface Period {
  /** Where it stands in the text. */
  start: number;
  end: number;
  from: number;
  to: number | null;
  /** Whether it counts back from the anchor. */
  relative: boolean;
}

type Interval = readonly [from: number, to: number | null];
interface Recogniser {
  pattern: RegExp;
  relative: boolean;
  read(groups: Record<string, string | undefined>, anchor: Anchor, text: string): Interval | null;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH =
  "(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\\b\\.?";
const NTH = "(?:st|nd|rd|th)?";
const YEAR = "(?:,? (?:of )?(?<year>(?:19|20)\\d{2}))?";
const TO = " ?(?:-|to|and|until|till|through|thru) ?(?:the )?";
const ENDS_HERE = "(?= ?(?:$|[,.?!;)]|for\\b|of\\b|in\\b|on\\b|by\\b|per\\b|did\\b|was\\b))";
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/** The name of a day before its date says the date again: "Tuesday, March 24", "tue 24.3.". */
const NAME_OF_DAY =
  "(?:(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thur?s?|fri|sat|sun)\\.?,? (?:the )?)?";
const UNITS: Record<string, number> = { h: HOUR, d: DAY, w: 7 * DAY, f: 14 * DAY, m: 30 * DAY };
const LAST = "(?:last|past|previous|recent|trailing|latest|most recent|preceding)";

const on = (pattern: string, relative: boolean, read: Recogniser["read"]): Recogniser => ({
  pattern: new RegExp(`\\b(?:${pattern})`, "g"),
  relative,
  read,
});

/** From the most to the least telling; what one has read no later one reads again. */
const RECOGNISERS: readonly Recogniser[] = [
  on(
    "week (?:of|beginning|starting|from) (?:the )?(?:monday )?(?<date>\\d{4}-\\d{2}-\\d{2})\\b",
    false,
    ({ date }) => week(isoDay(date)),
  ),
  on(
    `week (?:of|beginning|starting|from) (?:the )?(?:(?<month>${MONTH}) (?:the )?(?<day>\\d{1,2})${NTH}\\b|(?<day2>\\d{1,2})${NTH} (?:of )?(?<month2>${MONTH}))${YEAR}`,
    false,
    (said, anchor) =>
      week(namedDay(said.month ?? said.month2, said.day ?? said.day2, said.year, anchor)),
  ),
  on(
    `(?<nth>first|second|1st|2nd) half of (?:the month of )?(?<month>${MONTH})${YEAR}`,
    false,
    ({ nth, month, year }, anchor) => half(nth, monthOf(month, year, anchor)),
  ),
  on(
    "(?<nth>first|second|1st|2nd) half of (?<which>this|last) month",
    true,
    ({ nth, which }, anchor) => half(nth, monthsFrom(anchor, which === "this" ? 0 : -1)),
  ),
  on(
    `(?<nth>first|second|third|fourth|last|1st|2nd|3rd|4th|final) week of (?<month>${MONTH})${YEAR}`,
    false,
    ({ nth = "", month, year }, anchor) => weekOfMonth(nth, monthOf(month, year, anchor)),
  ),
  on(`${NAME_OF_DAY}(?<date>\\d{4}-\\d{2}-\\d{2})\\b`, false, ({ date }) => day(isoDay(date))),
  on("(?<year>\\d{4})/(?<month>\\d{2})/(?<date>\\d{2})\\b", false, ({ year, month, date }) =>
    day(isoDay(`${year}-${month}-${date}`)),
  ),
  on(
    `(?<![\\d.])(?<a>\\d{1,2})\\.? ?(?:-|to|until|till) ?(?<b>\\d{1,2})\\.(?<month>\\d{1,2})\\.(?<year>(?:19|20)?\\d{2}\\b)?`,
    false,
    (said, anchor) => span(said, anchor),
  ),
  on(
    `${NAME_OF_DAY}(?<date>\\d{1,2})\\.(?<month>\\d{1,2})\\.(?:(?<year>(?:19|20)?\\d{2})\\b|(?!\\d))`,
    false,
    ({ year, month, date }, anchor) => day(namedDay(month, date, year, anchor)),
  ),
  on(
    `${NAME_OF_DAY}(?<a>\\d{1,2})/(?<b>\\d{1,2})(?:/(?<year>(?:19|20)?\\d{2}))?\\b(?!/)`,
    false,
    ({ a, b, year }, anchor, text) => slashedDay([Number(a), Number(b)], year, { anchor, text }),
  ),
  on(
    `(?<month>${MONTH}) (?:the )?(?<a>\\d{1,2})${NTH}${TO}(?<b>\\d{1,2})${NTH}\\b${ENDS_HERE}${YEAR}`,
    false,
    (said, anchor) => span(said, anchor),
  ),
  on(
    `(?<a>\\d{1,2})${NTH}${TO}(?<b>\\d{1,2})${NTH} (?:of )?(?<month>${MONTH})${YEAR}`,
    false,
    (said, anchor) => span(said, anchor),
  ),
  on(
    `${NAME_OF_DAY}(?<month>${MONTH}) (?:the )?(?<date>\\d{1,2})${NTH}\\b(?!:)${YEAR}`,
    false,
    ({ month, date, year }, anchor) => day(namedDay(month, date, year, anchor)),
  ),
  on(
    `${NAME_OF_DAY}(?<date>\\d{1,2})${NTH} (?:of )?(?<month>${MONTH})${YEAR}`,
    false,
    ({ month, date, year }, anchor) => day(namedDay(month, date, year, anchor)),
  ),
  on("(?<year>(?:19|20)\\d{2})-(?<month>0[1-9]|1[0-2])\\b(?!-)", false, ({ year, month }) =>
    months(Number(year), Number(month) - 1, 1),
  ),
  on("q(?<nth>[1-4])(?: (?:of )?(?<year>(?:19|20)\\d{2}))?\\b", false, ({ nth, year }, anchor) =>
    quarter(Number(nth), year, anchor),
  ),
  on(
    "(?<nth>first|second|third|fourth|1st|2nd|3rd|4th) quarter(?: (?:of )?(?<year>(?:19|20)\\d{2}))?\\b",
    false,
    ({ nth = "", year }, anchor) => quarter(ordinal(nth), year, anchor),
  ),
  on(`(?<month>${MONTH})${YEAR}`, false, (said, anchor, text) =>
    isMonthName(said, text) ? monthOf(said.month, said.year, anchor) : null,
  ),
  on(
    "(?:in|during|of|for|since|until|before|after) (?<year>(?:19|20)\\d{2})\\b(?![-/.]\\d)",
    false,
    ({ year }) => months(Number(year), 0, 12),
  ),
  on("(?:the )?day before yesterday\\b", true, (_said, anchor) => days(anchor, 2, 1)),
  on("yesterday(?:'s)?\\b", true, (_said, anchor) => days(anchor, 1, 1)),
  on("today(?:'s)?\\b|this day\\b", true, (_said, { today, kind }) => [
    today,
    kind === "now" ? null : today + DAY,
  ]),
  on(
    `${LAST} (?<count>\\d{1,4}) ?(?<unit>h|hrs?|hours?|d|days?|wks?|w|weeks?|fortnights?|months?)\\b`,
    true,
    ({ count, unit = "" }, anchor) => rolling(anchor, Number(count), unit),
  ),
  on(
    "(?:since|these|for) (?<count>\\d{1,3}) (?<unit>hours|days|weeks|months)\\b(?! ago)",
    true,
    ({ count, unit = "" }, anchor) => rolling(anchor, Number(count), unit),
  ),
  on("(?<count>\\d{1,3}) days ago\\b", true, ({ count }, anchor) => days(anchor, Number(count), 1)),
  on(
    "since (?<count>\\d{1,3}|a|an) (?<unit>hours?|days?|weeks?|months?) ago\\b",
    true,
    ({ count = "", unit = "" }, anchor) => rolling(anchor, Number(count) || 1, unit),
  ),
  on("(?<count>[2-9]|\\d{2}) (?<unit>week|month)s ago\\b", true, ({ count, unit }, anchor) =>
    unit === "week" ? weeksBack(anchor, Number(count)) : monthsFrom(anchor, -Number(count)),
  ),
  on("(?:a|1) week ago\\b", true, (_said, anchor) => days(anchor, 7, 1)),
  on(`${LAST} fortnight\\b`, true, (_said, anchor) => rolling(anchor, 1, "fortnight")),
  on(`${LAST} (?<unit>hour|day)\\b`, true, ({ unit = "" }, anchor) => rolling(anchor, 1, unit)),
  on("(?:the )?past (?<unit>week|month)\\b", true, ({ unit = "" }, anchor) =>
    rolling(anchor, 1, unit),
  ),
  on("(?:last|previous) week(?:'s)?\\b(?! of\\b)", true, (_said, anchor) => weeksBack(anchor, 1)),
  on("(?:this|the current) week(?:'s)?\\b|week to date\\b|wtd\\b", true, (_said, { at, end }) => [
    weekOf(at),
    end,
  ]),
  on("(?:last|previous|this past) month(?:'s)?\\b", true, (_said, anchor) =>
    monthsFrom(anchor, -1),
  ),
  on(
    "(?:this|the current|current) month(?:'s)?\\b|month to date\\b|mtd\\b",
    true,
    (_said, anchor) => [monthsFrom(anchor, 0)[0], anchor.end],
  ),
  on("(?:last|previous) quarter\\b", true, (_said, anchor) => quartersFrom(anchor, -1)),
  on("(?:this|the current) quarter\\b|quarter to date\\b|qtd\\b", true, (_said, anchor) => [
    quartersFrom(anchor, 0)[0],
    anchor.end,
  ]),
  on("(?:last|previous) year\\b", true, (_said, { at }) =>
    months(new Date(at).getUTCFullYear() - 1, 0, 12),
  ),
  on("this year\\b|year to date\\b|ytd\\b", true, (_said, { at, end }) => [
    Date.UTC(new Date(at).getUTCFullYear(), 0, 1),
    end,
  ]),
  on("(?:(?<which>last|past|previous|this|the) )?weekend\\b", true, ({ which }, anchor) =>
    weekend(anchor, which),
  ),
  on(
    `(?:(?<which>last|past|this) )?(?<name>${WEEKDAYS.join("|")}|(?<=\\b(?:on|since|last|past|this|from|until|till|to|before|after|and|between) )(?:mon|tues?|wed|thur?s?|fri|sat|sun))(?:'s)?\\b`,
    true,
    ({ which, name = "" }, anchor) => weekday(anchor, name, which === "last" || which === "past"),
  ),
  on(
    `(?<=(?:on|since|from|until|till|before|after|between|and|to) )the (?<date>\\d{1,2})(?:st|nd|rd|th)\\b`,
    true,
    ({ date }, anchor) => day(dayOfMonth(Number(date), anchor)),
  ),
];

/** All periods that a normalised text names, in its order. Pure. */
export function findPeriods(text: string, anchor: Anchor): Period[] {
  const found: Period[] = [];
  for (const { pattern, relative, read } of RECOGNISERS) {
    for (const match of text.matchAll(pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      if (found.some((one) => start < one.end && end > one.start)) continue;
      const interval = read({ ...match.groups, at: String(start) }, anchor, text);
      if (interval) found.push({ start, end, from: interval[0], to: interval[1], relative });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Short and everyday month names count where a preposition or a year stands by them. */
function isMonthName(said: Record<string, string | undefined>, text: string): boolean {
  const name = (said.month ?? "").replace(".", "");
  if (name.length > 4 || said.year !== undefined) return true;
  const before = text.slice(0, Number(said.at));
  return /\b(?:in|during|of|since|for|from|until|till|before|after|and|to|last|through|month|between|throughout)(?: (?:early|mid|late))? $/.test(
    before,
  );
}

function isoDay(text: string | undefined): number | null {
  const [year = 0, month = 0, date = 0] = (text ?? "").split("-").map(Number);
  return dayOf(year, month - 1, date);
}

function namedDay(
  month: string | undefined,
  date: string | undefined,
  year: string | undefined,
  anchor: Anchor,
) {
  const index = monthIndex(month);
  return year === undefined
    ? latestDay(index, Number(date), anchor)
    : dayOf(fullYear(year), index, Number(date));
}

/**
 * Read only where a date of the text is a day in one order alone: "3/24", or "3/4 to 3/24", but not "3/4".
 */
function slashedDay(
  [a, b]: readonly [number, number],
  year: string | undefined,
  { anchor, text }: { anchor: Anchor; text: string },
): Interval | null {
  const all = [...text.matchAll(/\b(\d{1,2})\/(\d{1,2})\b/g)];
  const isMonthFirst = all.some(([, , second]) => Number(second) > 12);
  const isDayFirst = all.some(([, first]) => Number(first) > 12);
  if (isMonthFirst === isDayFirst && a !== b) return null;
  const [month, date] = isMonthFirst ? [a, b] : [b, a];
  return day(namedDay(String(month), String(date), year, anchor));
}

const fullYear = (year: string) => (year.length === 2 ? 2000 : 0) + Number(year);

/** By name or by number. */
const monthIndex = (month: string | undefined) =>
  /^\d/.test(month ?? "") ? Number(month) - 1 : MONTHS.indexOf((month ?? "").slice(0, 3));
const day = (from: number | null): Interval | null => (from === null ? null : [from, from + DAY]);
const week = (at: number | null): Interval | null =>
  at === null ? null : [weekOf(at), weekOf(at) + 7 * DAY];
const months = (year: number, first: number, count: number): Interval => [
  Date.UTC(year, first, 1),
  Date.UTC(year, first + count, 1),
];

function monthOf(name: string | undefined, year: string | undefined, { at }: Anchor): Interval {
  const index = monthIndex(name);
  const anchor = new Date(at);
  const latest = anchor.getUTCFullYear() - (index > anchor.getUTCMonth() ? 1 : 0);
  return months(year === undefined ? latest : Number(year), index, 1);
}

function monthsFrom({ at }: Anchor, offset: number): Interval {
  const date = new Date(at);
  return months(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
}

/** As "last week" is the calendar week before. */
function weeksBack({ at }: Anchor, count: number): Interval {
  const from = weekOf(at) - count * 7 * DAY;
  return [from, from + 7 * DAY];
}

function quartersFrom({ at }: Anchor, offset: number): Interval {
  const date = new Date(at);
  return months(date.getUTCFullYear(), (Math.floor(date.getUTCMonth() / 3) + offset) * 3, 3);
}

function quarter(nth: number, year: string | undefined, { at }: Anchor): Interval {
  return months(
    year === undefined ? new Date(at).getUTCFullYear() : Number(year),
    (nth - 1) * 3,
    3,
  );
}

function half(nth: string | undefined, [from, to]: Interval): Interval {
  const middle = from + 15 * DAY;
  return nth === "first" || nth === "1st" ? [from, middle] : [middle, to];
}

function weekOfMonth(nth: string, [from, to]: Interval): Interval {
  if ((nth === "last" || nth === "final") && to !== null) return [to - 7 * DAY, to];
  const start = from + (ordinal(nth) - 1) * 7 * DAY;
  return [start, start + 7 * DAY];
}

const ordinal = (word: string) =>
  ({ first: 1, second: 2, third: 3, fourth: 4 })[word] ?? Number.parseInt(word, 10);

function span(said: Record<string, string | undefined>, anchor: Anchor): Interval | null {
  const to = namedDay(said.month, said.b, said.year, anchor);
  const from =
    to === null
      ? null
      : dayOf(new Date(to).getUTCFullYear(), monthIndex(said.month), Number(said.a));
  return from === null || to === null || to < from ? null : [from, to + DAY];
}

/** In a log that has ended, its last day is the "yesterday" of someone who reads it the day after. */
function days({ today, kind }: Anchor, back: number, count: number): Interval {
  const from = (kind === "now" ? today : today + DAY) - back * DAY;
  return [from, from + count * DAY];
}

function rolling({ at, end }: Anchor, count: number, unit: string): Interval | null {
  const size = UNITS[unit.slice(0, 1)];
  return size === undefined || count < 1 ? null : [at - count * size, end];
}

function weekend({ at, today }: Anchor, which: string | undefined): Interval {
  const saturday = weekOf(at) + 5 * DAY;
  const isOn = today >= saturday;
  const from = isOn && which !== "last" && which !== "past" ? saturday : saturday - 7 * DAY;
  return [from, from + 2 * DAY];
}

function weekday({ today }: Anchor, name: string, before: boolean): Interval {
  const back =
    (new Date(today).getUTCDay() + 6 - WEEKDAYS.findIndex((day) => day.startsWith(name))) % 7;
  const from = today - (back === 0 && before ? 7 : back) * DAY;
  return [from, from + DAY];
}

function dayOfMonth(date: number, { at }: Anchor): number | null {
  const now = new Date(at);
  const candidate = dayOf(now.getUTCFullYear(), now.getUTCMonth(), date);
  return candidate !== null && candidate <= at
    ? candidate
    : dayOf(now.getUTCFullYear(), now.getUTCMonth() - 1, date);
}
