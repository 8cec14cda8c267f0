import { studentQuantile } from "./distributions";
import type { Interval } from "./interval";

/** What a ratio of two sums over the same n items needs. Variances and covariance are of the sample (n − 1). */
export interface PairMoments {
  n: number;
  meanAbove: number;
  meanBelow: number;
  varianceAbove: number;
  varianceBelow: number;
  covariance: number;
}

export function pairMomentsOf(items: ReadonlyArray<{ above: number; below: number }>): PairMoments {
  const n = items.length;
  const mean = (pick: (item: { above: number; below: number }) => number) =>
    n === 0 ? 0 : items.reduce((sum, item) => sum + pick(item), 0) / n;
  const meanAbove = mean(({ above }) => above);
  const meanBelow = mean(({ below }) => below);
  const spread = (pick: (item: { above: number; below: number }) => number) =>
    n < 2 ? 0 : items.reduce((sum, item) => sum + pick(item), 0) / (n - 1);
  return {
    n,
    meanAbove,
    meanBelow,
    varianceAbove: spread(({ above }) => (above - meanAbove) ** 2),
    varianceBelow: spread(({ below }) => (below - meanBelow) ** 2),
    covariance: spread(({ above, below }) => (above - meanAbove) * (below - meanBelow)),
  };
}

/**
 * The ratio of two sums over the same items, by Fieller's theorem (1954): all ratios r for which the mean
 * of above − r·below is not told from zero. Null when the lower sum is zero or not told from zero: the
 * ratio then has no upper bound.
 */
export function ratioInterval(moments: PairMoments, level: number): Interval | null {
  const { n, meanAbove, meanBelow } = moments;
  if (n < 2 || meanBelow === 0) return null;
  const t2 = studentQuantile((1 + level) / 2, n - 1) ** 2 / n;
  const a = meanBelow ** 2 - t2 * moments.varianceBelow;
  if (a <= 0) return null;
  const b = meanAbove * meanBelow - t2 * moments.covariance;
  const c = meanAbove ** 2 - t2 * moments.varianceAbove;
  const root = Math.sqrt(Math.max(0, b * b - a * c));
  return { low: (b - root) / a, high: (b + root) / a, level };
}
