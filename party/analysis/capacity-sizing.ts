import type { Pico } from "../../db/prices";
import type { RateRow } from "./source";

/** What a unit of capacity costs and bears, as it was stated. */
export interface UnitTerms {
  /** Of one unit for one hour. */
  hour: Pico;
  /** Input and output tokens per second that one unit bears; null: not stated. */
  tokensPerSecond: number | null;
}

/** How many units bear the log's traffic: on average, in 99 of 100 minutes, and in the busiest one. */
export interface UnitsNeeded {
  mean: number;
  p99: number;
  peak: number;
}

/** Null where no unit's capacity was stated. At least one: a unit that is not there bears nothing. */
export function unitsNeeded(
  { tokensPerMinute, tokens, minutes }: RateRow,
  { tokensPerSecond }: UnitTerms,
): UnitsNeeded | null {
  if (tokensPerSecond === null) return null;
  const of = (perMinute: number) => Math.max(1, Math.ceil(perMinute / (tokensPerSecond * 60)));
  return {
    mean: of(tokens / minutes),
    p99: of(tokensPerMinute.p99),
    peak: of(tokensPerMinute.peak),
  };
}

/** Units for all of the log's minutes, whole hours or not; rounded down to a pico-dollar. */
export function capacityCost(units: number, { hour }: UnitTerms, minutes: number): Pico {
  return (BigInt(units) * hour * BigInt(minutes)) / 60n;
}

/** A share as a fraction of whole numbers, so that money is divided by it exactly. */
export interface Share {
  part: bigint;
  whole: bigint;
}

/**
 * The part of the capacity that was not used. With a stated capacity: 1 − tokens ÷ (units · tokens per second ·
 * seconds), zero where the log has more than that. Without: the share of minutes in which no call came, a lower bound.
 */
export function idleShare(
  { tokens, minutes, activeMinutes }: RateRow,
  units: number,
  { tokensPerSecond }: UnitTerms,
): Share {
  if (tokensPerSecond === null) {
    return { part: BigInt(minutes - activeMinutes), whole: BigInt(minutes) };
  }
  const whole = BigInt(units) * milli(tokensPerSecond) * 60n * BigInt(minutes);
  const used = BigInt(tokens) * 1_000n;
  return { part: used >= whole ? 0n : whole - used, whole };
}

/** Tokens per hour whose logged price is that of the units: more than that, and the units are the cheaper way. */
export function breakEvenTokensPerHour(
  { tokens }: RateRow,
  spent: Pico,
  units: number,
  { hour }: UnitTerms,
): number | null {
  if (spent <= 0n || tokens === 0) return null;
  return Number((BigInt(units) * hour * BigInt(tokens)) / spent);
}

/** Thousandths, so that a stated half token per second stays whole. */
function milli(tokensPerSecond: number): bigint {
  return BigInt(Math.round(tokensPerSecond * 1_000));
}
