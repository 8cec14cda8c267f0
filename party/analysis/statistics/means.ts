import { studentQuantile } from "./distributions";
import type { Interval } from "./interval";

/** Sums over n values: all that a mean and its error need. */
export interface Moments {
  n: number;
  mean: number;
  /** Sample variance (n − 1); 0 for fewer than two values. */
  variance: number;
}

export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  if (n === 0) return { n, mean: 0, variance: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, variance: n < 2 ? 0 : squares / (n - 1) };
}

/** Student's interval of a mean; null for fewer than two values. */
export function meanInterval({ n, mean, variance }: Moments, level: number): Interval | null {
  if (n < 2) return null;
  const half = studentQuantile((1 + level) / 2, n - 1) * Math.sqrt(variance / n);
  return { low: mean - half, high: mean + half, level };
}

/**
 * First minus second mean of two independent samples with variances of their own (Welch 1947), with the
 * degrees of freedom of Satterthwaite. Null when one of the two has fewer than two values.
 */
export function differenceOfMeans(first: Moments, second: Moments, level: number): Interval | null {
  if (first.n < 2 || second.n < 2) return null;
  const difference = first.mean - second.mean;
  const parts = [first, second].map(({ n, variance }) => ({ error: variance / n, freedom: n - 1 }));
  const half = halfWidth(parts, level);
  return { low: difference - half, high: difference + half, level };
}

/**
 * Half of the interval of a sum of independent estimates, each with its squared standard error and
 * degrees of freedom; their sum's are Satterthwaite's (1946).
 */
export function halfWidth(
  parts: ReadonlyArray<{ error: number; freedom: number }>,
  level: number,
): number {
  const error = parts.reduce((sum, part) => sum + part.error, 0);
  if (error === 0) return 0;
  const weight = parts.reduce((sum, part) => sum + part.error ** 2 / part.freedom, 0);
  return studentQuantile((1 + level) / 2, error ** 2 / weight) * Math.sqrt(error);
}
