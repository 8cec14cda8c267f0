import { findPrice, type Pico, priceAt } from "../../db/prices";
import type { UsageRow } from "./source";
import type { Candidate } from "./swap-candidates";

/** The low figure's caution: how many more tokens the other model may need. */
export const CAUTION = { outputPercent: 20n, foreignInputPercent: 15n } as const;

/** Prices per token of a candidate for calls with this much input; cached tokens without a price of their own are plain input. */
export function pricesAt(
  { units }: Candidate,
  inputTokens: number,
): { input: Pico; cacheRead: Pico; cacheWrite: Pico; output: Pico } {
  const input = priceAt(units.input, inputTokens);
  return {
    input,
    cacheRead: units.cacheRead ? priceAt(units.cacheRead, inputTokens) : input,
    cacheWrite: units.cacheWrite ? priceAt(units.cacheWrite, inputTokens) : input,
    output: units.output ? priceAt(units.output, inputTokens) : 0n,
  };
}

/** An input size within a step: all of them read the same prices, so the one just behind its start will do. */
export function sizeWithin(step: number, steps: readonly number[]): number {
  return step === 0 ? 0 : (steps[step - 1] ?? 0) + 1;
}

/**
 * What calls of one usage row would have cost on a candidate, in pico-dollars:
 * (input − read − write)·p_in + read·p_read + write·p_write + output·p_out at the candidate's prices for
 * the row's input step. Cached reads and writes carry over only within a provider; elsewhere they are
 * plain input. With `cautious`, 20 % more output and, at another provider, 15 % more input.
 */
export function costOn(
  candidate: Candidate,
  row: UsageRow,
  steps: readonly number[],
  cautious: boolean,
): Pico {
  const prices = pricesAt(candidate, sizeWithin(row.step, steps));
  const isHome = homeProvider(row) === candidate.provider;
  const read = isHome ? row.cacheReadTokens : 0;
  const write = isHome ? row.cacheWriteTokens : 0;
  const prompt =
    BigInt(row.inputTokens - read - write) * prices.input +
    BigInt(read) * prices.cacheRead +
    BigInt(write) * prices.cacheWrite;
  const answer = BigInt(row.outputTokens) * prices.output;
  if (!cautious) return prompt + answer;
  const more = (cost: Pico, percent: bigint) => (cost * (100n + percent) + 99n) / 100n;
  return (
    more(prompt, isHome ? 0n : CAUTION.foreignInputPercent) + more(answer, CAUTION.outputPercent)
  );
}

/** The provider as the catalogue names it, also when the log leaves it out. */
export function homeProvider(segment: { provider: string; model: string }): string {
  const match = findPrice(segment.provider, segment.model, 0);
  return match.priced ? match.provider : segment.provider;
}
