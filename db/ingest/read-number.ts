import { type Cell, cellText, Fault } from "./fault";

const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** A finite number as JSON or as text without separators of thousands. */
export function readNumber(cell: Cell, column: string): number | Fault {
  if (typeof cell === "number" && Number.isFinite(cell)) return cell;
  const text = cellText(cell).trim();
  if (typeof cell !== "string" || !PLAIN_NUMBER.test(text)) {
    return new Fault("not-a-number", "not a number", text, column);
  }
  const value = Number(text);
  return Number.isFinite(value) ? value : new Fault("too-large", "too large", text, column);
}

/** A whole number from 0 to `limit`. `44.0` is whole (spreadsheets write it so), `44.5` is not. */
export function readCount(cell: Cell, column: string, limit: number): number | Fault {
  if (typeof cell === "string") {
    const digits = readDigits(cell);
    if (digits !== -1 && digits <= limit) return digits;
  }
  const value = readNumber(cell, column);
  if (value instanceof Fault) return value;
  if (value < 0) return new Fault("negative", "below zero", cellText(cell), column);
  if (!Number.isInteger(value)) {
    return new Fault("not-whole", "not a whole number", cellText(cell), column);
  }
  if (value > limit) {
    const most = limit.toLocaleString("en-US");
    return new Fault("too-large", `more than ${most}`, cellText(cell), column);
  }
  return value;
}

/** The common case without a regular expression: up to 15 digits and nothing else; -1 for all others. */
function readDigits(text: string): number {
  if (text.length === 0 || text.length > 15) return -1;
  let value = 0;
  for (let place = 0; place < text.length; place += 1) {
    const digit = text.charCodeAt(place) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

export type DurationUnit = "s" | "ms" | "us" | "ns";
export const MS_PER_UNIT: Record<DurationUnit, number> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };

/** No call takes longer than this; a larger value is in another unit than the column says. */
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000;

/** A duration in ms, rounded to the microsecond. */
export function readDuration(cell: Cell, column: string, unit: DurationUnit): number | Fault {
  const value = readNumber(cell, column);
  if (value instanceof Fault) return value;
  if (value < 0) return new Fault("negative", "below zero", cellText(cell), column);
  const ms = Math.round(value * MS_PER_UNIT[unit] * 1000) / 1000;
  return ms <= LONGEST_MS
    ? ms
    : new Fault("too-large", "longer than 7 days", cellText(cell), column);
}

const GOOD = new Set(["true", "yes", "good", "pass", "passed", "correct", "right", "up"]);
const BAD = new Set(["false", "no", "bad", "fail", "failed", "incorrect", "wrong", "down"]);

/** A quality label from 0 to 1; words of praise and blame count as 1 and 0. */
export function readQuality(cell: Cell, column: string): number | Fault {
  const word = cellText(cell).trim().toLowerCase();
  if (GOOD.has(word)) return 1;
  if (BAD.has(word)) return 0;
  const value = readNumber(cell, column);
  if (value instanceof Fault) return value;
  return value >= 0 && value <= 1
    ? value
    : new Fault("out-of-range", "not between 0 and 1", cellText(cell), column);
}
