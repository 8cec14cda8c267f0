/** Amounts of all segments: those listed, and a number of smaller ones of which only the sum is known. */
export interface Distribution {
  listed: readonly number[];
  rest: { segments: number; sum: number };
}

/** A figure that the rest leaves open: it lies between the two, which are equal when everything is listed. */
export interface Bounds {
  low: number;
  high: number;
}

/**
 * The Herfindahl–Hirschman index Σ sᵢ², sᵢ the share of a segment: 1/n when all are equal, 1 when one has
 * it all (O. C. Herfindahl, 1950; S. A. Rhoades, "The Herfindahl-Hirschman Index", Federal Reserve
 * Bulletin 79, 1993). Null when there is nothing to share.
 */
export function herfindahl(distribution: Distribution): Bounds | null {
  const total = sumOf(distribution);
  if (total <= 0) return null;
  return bounds(distribution, (amounts) =>
    amounts.reduce((sum, { amount, segments }) => sum + segments * (amount / total) ** 2, 0),
  );
}

/**
 * The Gini coefficient Σ (2i − n − 1)·xᵢ ÷ (n·Σ x), x in rising order: 0 when all are equal, towards 1 when
 * one has it all (C. Gini, 1912; this form in C. Damgaard and J. Weiner, "Describing inequality in
 * plant size or fecundity", Ecology 81, 2000). Null when there is nothing to share.
 */
export function gini(distribution: Distribution): Bounds | null {
  const total = sumOf(distribution);
  const n = distribution.listed.length + distribution.rest.segments;
  if (total <= 0 || n === 0) return null;
  return bounds(distribution, (amounts) => {
    const rising = [...amounts].sort((a, b) => a.amount - b.amount);
    let before = 0;
    let sum = 0;
    for (const { amount, segments } of rising) {
      // Ranks before+1 … before+segments, of which the mean stands for each.
      sum += segments * (2 * before + segments - n) * amount;
      before += segments;
    }
    return sum / (n * total);
  });
}

interface Equal {
  amount: number;
  segments: number;
}

/** Least when the rest is shared equally; most when as few of it as can be hold it, none above the smallest listed. */
function bounds(
  { listed, rest }: Distribution,
  measure: (amounts: readonly Equal[]) => number,
): Bounds {
  const known = listed.map((amount) => ({ amount, segments: 1 }));
  if (rest.segments === 0) {
    const exact = measure(known);
    return { low: exact, high: exact };
  }
  const even = { amount: rest.sum / rest.segments, segments: rest.segments };
  const most = Math.min(...listed, rest.sum);
  const full = most > 0 ? Math.min(rest.segments, Math.floor(rest.sum / most)) : 0;
  const left = Math.max(0, rest.sum - full * most);
  const uneven = [
    { amount: most, segments: full },
    { amount: left, segments: full < rest.segments ? 1 : 0 },
    { amount: 0, segments: Math.max(0, rest.segments - full - 1) },
  ].filter(({ segments }) => segments > 0);
  return { low: measure([...known, even]), high: measure([...known, ...uneven]) };
}

function sumOf({ listed, rest }: Distribution): number {
  return listed.reduce((sum, amount) => sum + amount, 0) + rest.sum;
}
