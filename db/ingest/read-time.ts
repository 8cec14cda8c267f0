import { type Cell, cellText, Fault } from "./fault";
import { type DurationUnit, MS_PER_UNIT, readNumber } from "./read-number";

/** How the numbers of a time column are meant; texts are read as dates in every mode. */
export type TimeMode =
  | { kind: "epoch"; unit: DurationUnit | null }
  | { kind: "relative"; unit: DurationUnit; startTime: number | null };

const DATE_TEXT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i;
const NUMERIC_TEXT = /^[+-]?\d+(?:\.\d+)?$/;

/** Seconds of 2000-01-01: smaller numbers count from the start of a trace. */
const EARLIEST_EPOCH_SECONDS = 946_684_800;

/** Unit of a number that counts from 1970, by its size; null when it is too small for that. */
export function epochUnit(value: number): DurationUnit | null {
  if (value >= 1e17) return "ns";
  if (value >= 1e14) return "us";
  if (value >= 1e11) return "ms";
  return value >= EARLIEST_EPOCH_SECONDS ? "s" : null;
}

export function isNumericTime(cell: Cell): boolean {
  return typeof cell === "number" || (typeof cell === "string" && NUMERIC_TEXT.test(cell.trim()));
}

/** True when a date text names no zone, so that UTC is taken. */
export function lacksZone(cell: Cell): boolean {
  const parts = typeof cell === "string" ? DATE_TEXT.exec(cell.trim()) : null;
  return parts !== null && parts[8] === undefined;
}

/** Unix time in whole ms (rounded down). Range is the caller's to check. */
export function readTime(cell: Cell, column: string, mode: TimeMode): number | Fault {
  if (isNumericTime(cell)) {
    const value = readNumber(cell, column);
    return value instanceof Fault ? value : numericTime(value, cell, column, mode);
  }
  const text = cellText(cell).trim();
  const parts = typeof cell === "string" ? DATE_TEXT.exec(text) : null;
  if (parts === null) {
    const wanted = "not a date; expected like 2024-05-31T13:45:00Z or Unix seconds or milliseconds";
    return new Fault("not-a-date", wanted, text, column);
  }
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = parts;
  const ms = fraction === "" ? 0 : Number(fraction.padEnd(3, "0").slice(0, 3));
  const [y, mo, d] = [Number(year), Number(month), Number(day)];
  const [h, mi, s] = [Number(hour), Number(minute), Number(second)];
  const offset = zoneOffsetMs(zone);
  const sound =
    mo >= 1 && mo <= 12 && d >= 1 && d <= daysIn(y, mo) && h <= 23 && mi <= 59 && s <= 59;
  if (!sound || offset === null) {
    return new Fault("not-a-date", "no such day or time of day", text, column);
  }
  return Date.UTC(y, mo - 1, d, h, mi, s, ms) - offset;
}

function numericTime(value: number, cell: Cell, column: string, mode: TimeMode): number | Fault {
  if (mode.kind === "relative") {
    if (value < 0) return new Fault("negative", "before the start", cellText(cell), column);
    return (mode.startTime ?? 0) + Math.floor(value * MS_PER_UNIT[mode.unit] + 1e-6);
  }
  const unit = mode.unit ?? epochUnit(value);
  if (unit === null) {
    return new Fault("date-out-of-range", "before the year 2000", cellText(cell), column);
  }
  // Seconds with a fraction miss their ms by a rounding error of the binary number.
  return Math.floor(value * MS_PER_UNIT[unit] + 1e-3);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function zoneOffsetMs(zone: string | undefined): number | null {
  if (zone === undefined || /^(z|utc)$/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
