/**
 * The Shapley value of a function over sets of `players`, in whole numbers that sum exactly to
 * value(all) − value(none).
 *
 * φ_k = Σ over sets S without k of |S|!·(n−|S|−1)!/n! · (value(S ∪ k) − value(S)): the mean effect of
 * changing k over all orders in which the players can change (L. S. Shapley, "A value for n-person
 * games", 1953; as a decomposition without a residual: A. F. Shorrocks, "Decomposition procedures for
 * distributional analysis: a unified framework based on the Shapley value", Journal of Economic
 * Inequality 11, 2013). Each share is cut to a whole number and the few units left go to the largest
 * remainders, so that a player without any effect gets exactly 0.
 *
 * @param players at most 16: `value` is asked 2^players times
 * @param value by the set as bits: bit k is set when player k is in it
 */
export function shapley(players: number, value: (set: number) => bigint): bigint[] {
  const values = Array.from({ length: 2 ** players }, (_, set) => value(set));
  const factorials = [1n];
  for (let n = 1; n <= players; n++) factorials.push((factorials[n - 1] ?? 1n) * BigInt(n));
  const factorial = (n: number) => factorials[n] ?? 1n;
  const orders = factorial(players);
  const numerators = Array.from({ length: players }, (_, player) => {
    let sum = 0n;
    for (let set = 0; set < values.length; set++) {
      if (set & (1 << player)) continue;
      const size = bitCount(set);
      const effect = (values[set | (1 << player)] ?? 0n) - (values[set] ?? 0n);
      sum += factorial(size) * factorial(players - size - 1) * effect;
    }
    return sum;
  });
  return apportion(numerators, orders);
}

/** Each numerator ÷ `denominator` in whole numbers, whose sum is that of the exact ones (which is whole). */
function apportion(numerators: readonly bigint[], denominator: bigint): bigint[] {
  const parts = numerators.map((numerator, index) => {
    const remainder = ((numerator % denominator) + denominator) % denominator;
    return { index, whole: (numerator - remainder) / denominator, remainder };
  });
  const left = parts.reduce((sum, { remainder }) => sum + remainder, 0n) / denominator;
  const largest = [...parts]
    .sort((a, b) => (b.remainder > a.remainder ? 1 : b.remainder < a.remainder ? -1 : 0))
    .slice(0, Number(left));
  const raised = new Set(largest.map(({ index }) => index));
  return parts.map(({ index, whole }) => whole + (raised.has(index) ? 1n : 0n));
}

function bitCount(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count += 1;
  return count;
}
