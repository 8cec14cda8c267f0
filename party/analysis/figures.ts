import { formatUsd, type Pico, parseUsd } from "../../db/prices";
import type { EvidenceValue, Unit } from "../protocol/evidence";
import type { Measures, Percentiles } from "./source";

/** The evidence's values of one segment (null: over everything), one call per figure. */
export class Figures {
  readonly values: EvidenceValue[] = [];

  add(
    segment: string | null,
    key: string,
    label: string,
    unit: Unit,
    value: string | number | null,
    note?: string,
  ): this {
    const text = typeof value === "number" ? decimalText(value) : value;
    this.values.push({ segment, key, label, unit, value: text, ...(note ? { note } : {}) });
    return this;
  }

  /** Money, which when null is unpriced unless the note says otherwise. */
  usd(segment: string | null, key: string, label: string, value: string | null, note?: string) {
    return this.add(
      segment,
      key,
      label,
      "USD",
      value,
      note ?? (value === null ? "unpriced" : undefined),
    );
  }

  /** Money over calls of which some may be unpriced; the note says how many the sum leaves out. */
  spend(segment: string | null, key: string, label: string, measures: Measures) {
    return this.usd(segment, key, label, measures.costUsd, spendNote(measures));
  }

  percentiles(segment: string | null, what: "latency" | "ttft", measured: Percentiles | null) {
    const label = what === "latency" ? "latency" : "time to first token";
    const note = measured ? undefined : "not logged";
    for (const level of ["p50", "p95", "p99"] as const) {
      this.add(
        segment,
        `${level}_${what}`,
        `${level} ${label}`,
        "ms",
        measured?.[level] ?? null,
        note,
      );
    }
    return this;
  }
}

function spendNote(measures: Measures): string | undefined {
  if (measures.calls === 0) return "no calls in range";
  if (measures.unpricedCalls === 0) return undefined;
  if (measures.pricedCalls === 0) return "unpriced: no price is known for these models";
  return `leaves out ${measures.unpricedCalls} unpriced calls`;
}

/** A number as decimal text without exponent, at most six places. */
function decimalText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  return value.toFixed(6).replace(/\.?0+$/, "");
}

/** part ÷ whole in percent, rounded half away from zero to four places; null when the whole is zero. */
export function percentText(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null;
  const negative = part < 0n !== whole < 0n;
  const size = (value: bigint) => (value < 0n ? -value : value);
  const scaled = (size(part) * 2_000_000n + size(whole)) / (2n * size(whole));
  const digits = scaled.toString().padStart(5, "0");
  const text = `${digits.slice(0, -4)}.${digits.slice(-4)}`.replace(/\.?0+$/, "");
  return negative && scaled !== 0n ? `-${text}` : text;
}

/** The same over counts. */
export function shareOfCount(part: number, whole: number): string | null {
  return percentText(BigInt(part), BigInt(whole));
}

/** The same over money; null when either is unpriced or the whole is zero. */
export function shareOfUsd(part: string | null, whole: string | null): string | null {
  if (part === null || whole === null) return null;
  return percentText(parseUsd(part), parseUsd(whole));
}

/** Growth from one amount to another in percent; null when either is unknown or the earlier is zero. */
export function changeOfUsd(from: string | null, to: string | null): string | null {
  if (from === null || to === null) return null;
  return percentText(parseUsd(to) - parseUsd(from), parseUsd(from));
}

/** Sum of the known amounts; null when none is known. */
export function sumUsd(amounts: Iterable<string | null>): string | null {
  let total: Pico | null = null;
  for (const amount of amounts) if (amount !== null) total = (total ?? 0n) + parseUsd(amount);
  return total === null ? null : formatUsd(total);
}

export function subtractUsd(from: string | null, amount: string | null): string | null {
  if (from === null || amount === null) return null;
  return formatUsd(parseUsd(from) - parseUsd(amount));
}

/** Orders amounts from large to small, unknown ones last. */
export function byUsdDescending(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const difference = parseUsd(b) - parseUsd(a);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
