import type { EvidenceValue, Unit } from "../../party/protocol";

/**
 * How a value of evidence looks in a table, a bar or the drawer. The browser may not import the
 * analysis, so this is the reading of `party/analysis/format.ts` for the page; a test keeps them equal.
 */
export function formatValue(value: Pick<EvidenceValue, "unit" | "value" | "note">): string {
  if (value.value === null) {
    return value.unit === "USD" && /unpriced/i.test(value.note ?? "") ? "unpriced" : "unknown";
  }
  return formatUnit(value.unit, value.value);
}

function formatUnit(unit: Unit, value: string): string {
  switch (unit) {
    case "USD":
      return formatDollars(value);
    case "percent":
      return `${group(roundDecimal(value, 1))} %`;
    case "ms":
      return formatMilliseconds(value);
    case "seconds":
      return `${group(trimZeros(roundDecimal(value, 1)))} s`;
    case "ratio":
      return group(trimZeros(roundDecimal(value, 2)));
    case "date":
      return formatDate(value);
    case "tokens":
    case "calls":
    case "count":
      return group(trimZeros(roundDecimal(value, 1)));
  }
}

function formatDollars(value: string): string {
  const plain = value.replace(/^-/, "");
  const size = Number(plain);
  const decimals = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 6;
  return `${value.startsWith("-") ? "−" : ""}$${group(roundDecimal(plain, decimals))}`;
}

function formatMilliseconds(value: string): string {
  const size = Math.abs(Number(value));
  if (size < 1_000) return `${roundDecimal(value, size < 10 ? 1 : 0)} ms`;
  return `${group(roundDecimal(String(Number(value) / 1_000), 2))} s`;
}

function formatDate(value: string): string {
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return value;
  const iso = instant.toISOString();
  return iso.endsWith("T00:00:00.000Z")
    ? iso.slice(0, 10)
    : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function group(value: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(value);
  if (!match) return value;
  const [, sign = "", whole = "", fraction = ""] = match;
  return `${sign === "-" ? "−" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction}`;
}

/** Rounds half away from zero on the decimal text itself, so that no binary fraction gets in between. */
function roundDecimal(value: string, decimals: number): string {
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
