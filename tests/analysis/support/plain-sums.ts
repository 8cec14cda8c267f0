import { formatUsd } from "../../../db/prices";

function costOf(calls: ReadonlyArray<{ cost: bigint | null }>): bigint | null {
  const known = calls.flatMap((call) => (call.cost === null ? [] : [call.cost]));
  return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0n);
}

/** Sum of the known costs as decimal text in USD; null when none is known. */
export function spend(calls: ReadonlyArray<{ cost: bigint | null }>): string | null {
  const cost = costOf(calls);
  return cost === null ? null : formatUsd(cost);
}
