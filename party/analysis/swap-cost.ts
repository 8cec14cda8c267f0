import { findPrice, type Pico, type SteppedPrice } from "../../db/prices";
import type { UsageRow } from "./source";
import type { Candidate } from "./swap-candidates";

/** The low figure's caution: how many more tokens the other model may need. */
export const CAUTION = { outputPercent: 20n, foreignInputPercent: 15n } as const;

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
  const { units } = candidate;
  // Any input size within the row's step reads the same prices: the one just behind its start.
  const within = row.step === 0 ? 0 : (steps[row.step - 1] ?? 0) + 1;
  const price = (stepped: SteppedPrice | null, fallback: Pico) => {
    if (!stepped) return fallback;
    let now = stepped.base;
    for (const step of stepped.steps) if (within > step.start) now = step.price;
    return now;
  };
  const input = price(units.input, 0n);
  const isHome = homeProvider(row) === candidate.provider;
  const read = isHome ? row.cacheReadTokens : 0;
  const write = isHome ? row.cacheWriteTokens : 0;
  const prompt =
    BigInt(row.inputTokens - read - write) * input +
    BigInt(read) * price(units.cacheRead, input) +
    BigInt(write) * price(units.cacheWrite, input);
  const answer = BigInt(row.outputTokens) * price(units.output, 0n);
  if (!cautious) return prompt + answer;
  const more = (cost: Pico, percent: bigint) => (cost * (100n + percent) + 99n) / 100n;
  return (
    more(prompt, isHome ? 0n : CAUTION.foreignInputPercent) + more(answer, CAUTION.outputPercent)
  );
}

/** The provider as the catalogue names it, also when the log leaves it out. */
function homeProvider(row: UsageRow): string {
  const match = findPrice(row.provider, row.model, 0);
  return match.priced ? match.provider : row.provider;
}
