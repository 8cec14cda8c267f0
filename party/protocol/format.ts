import type { EvidenceValue, Unit } from "./evidence";

/**
 * How exactly a figure is written. `auto` rounds for reading, `fine` keeps one more decimal where two
 * figures would otherwise look alike, `exact` writes every digit that the evidence holds.
 */
export type FigureStyle = "auto" | "fine" | "exact";

/** What stands in for a figure nobody knows. Never zero. */
export const UNKNOWN = "unknown";
export const UNPRICED = "unpriced";

/** The one place that decides how values look: `$96.79`, `22,361,870`, `37.4 %`, `1.24 s`. */
export function formatValue(
  value: Pick<EvidenceValue, "unit" | "value"> & { note?: string | undefined },
  style: FigureStyle = "auto",
): string {
  if (value.value === null) {
    return value.unit === "USD" && /unpriced/i.test(value.note ?? "") ? UNPRICED : UNKNOWN;
  }
  return formatUnit(value.unit, value.value, style);
}

function formatUnit(unit: Unit, value: string, style: FigureStyle): string {
  switch (unit) {
    case "USD":
      return formatDollars(value, style);
    case "percent":
      return `${style === "exact" ? group(value) : group(roundDecimal(value, style === "fine" ? 2 : 1))} %`;
    case "ms":
      return formatMilliseconds(value, style);
    case "seconds":
      return `${style === "exact" ? group(value) : group(trimZeros(roundDecimal(value, 1)))} s`;
    case "date":
      return formatInstant(value);
    case "ratio":
      return group(
        style === "exact" ? value : trimZeros(roundDecimal(value, style === "fine" ? 4 : 2)),
      );
    case "tokens":
    case "calls":
    case "count":
      return group(style === "exact" ? value : trimZeros(roundDecimal(value, 1)));
  }
}

function formatDollars(value: string, style: FigureStyle): string {
  const negative = value.startsWith("-");
  const plain = negative ? value.slice(1) : value;
  const sign = negative ? "−" : "";
  if (style === "exact") return `${sign}$${group(plain)}`;
  const size = Number(plain);
  const decimals = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 6;
  return `${sign}$${group(roundDecimal(plain, decimals))}`;
}

function formatMilliseconds(value: string, style: FigureStyle): string {
  if (style === "exact") return `${group(value)} ms`;
  const size = Math.abs(Number(value));
  if (size < 1_000) return `${roundDecimal(value, size < 10 ? 1 : 0)} ms`;
  return `${group(roundDecimal(String(Number(value) / 1_000), 2))} s`;
}

/** `2023-11-16 18:15 UTC`, or only the day when the instant is a midnight. */
export function formatInstant(value: string): string {
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return value;
  const iso = instant.toISOString();
  return iso.endsWith("T00:00:00.000Z")
    ? iso.slice(0, 10)
    : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** Thousands separators in a plain decimal; the digits stay as they are. */
export function group(value: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(value);
  if (!match) return value;
  const [, sign = "", whole = "", fraction = ""] = match;
  return `${sign === "-" ? "−" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction}`;
}

/** Rounds half away from zero on the decimal text itself, so that no binary fraction gets in between. */
export function roundDecimal(value: string, decimals: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (!match) {
    const number = Number(value);
    return Number.isFinite(number) ? number.toFixed(decimals) : value;
  }
  const [, sign = "", whole = "0", fraction = ""] = match;
  if (fraction.length <= decimals) {
    return `${sign}${whole}${decimals > 0 ? `.${fraction.padEnd(decimals, "0")}` : ""}`;
  }
  const kept = BigInt(whole + fraction.slice(0, decimals));
  const up = Number(fraction[decimals]) >= 5 ? 1n : 0n;
  const digits = (kept + up).toString().padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const text = decimals > 0 ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
  return /^[0.]+$/.test(text) ? text : `${sign}${text}`;
}

function trimZeros(value: string): string {
  return value.includes(".") ? value.replace(/\.?0+$/, "") : value;
}
