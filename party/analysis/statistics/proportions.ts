import { bisect, fairCoinCdf, fairCoinProbability, normalQuantile } from "./distributions";
import type { Interval } from "./interval";

/** Right answers among judged ones. */
export interface Share {
  right: number;
  judged: number;
}

/** Two models on the same items: how often only one of them was right, among all `pairs`. */
export interface Discordance {
  onlyFirst: number;
  onlySecond: number;
  pairs: number;
}

/** Wilson's score interval of one share (1927; Newcombe 1998, method 3). `judged` must be above zero. */
export function wilsonInterval({ right, judged }: Share, level: number): Interval {
  const z = normalQuantile((1 + level) / 2);
  const share = right / judged;
  const scale = 1 / (1 + (z * z) / judged);
  const centre = (share + (z * z) / (2 * judged)) * scale;
  const half =
    z * scale * Math.sqrt((share * (1 - share)) / judged + (z * z) / (4 * judged * judged));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half), level };
}

/** First minus second share of two independent samples (Newcombe 1998, hybrid score, method 10). */
export function independentDifference(first: Share, second: Share, level: number): Interval {
  const [p, q] = [first.right / first.judged, second.right / second.judged];
  const [a, b] = [wilsonInterval(first, level), wilsonInterval(second, level)];
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
    level,
  };
}

/**
 * First minus second share over the same items: the differences that a score test would not reject
 * (Tango 1998, Statistics in Medicine 17, 891–908). `pairs` must be above zero.
 */
export function pairedDifference(observed: Discordance, level: number): Interval {
  const z = normalQuantile((1 + level) / 2);
  const { onlyFirst, onlySecond, pairs } = observed;
  const found = (onlyFirst - onlySecond) / pairs;
  const above = (limit: number) => (difference: number) =>
    pairedScore(observed, difference) - limit;
  return {
    low: found === -1 ? -1 : bisect(above(z), -1, found),
    high: found === 1 ? 1 : bisect(above(-z), found, 1),
    level,
  };
}

/** Tango's statistic: how many standard errors the observed difference lies above the supposed one. */
function pairedScore({ onlyFirst, onlySecond, pairs }: Discordance, supposed: number): number {
  const linear = (2 * pairs - onlyFirst + onlySecond) * supposed - onlyFirst - onlySecond;
  const constant = -onlySecond * supposed * (1 - supposed);
  // The likeliest probability of "only the second" when the difference is as supposed.
  const likeliest =
    (Math.sqrt(Math.max(0, linear * linear - 8 * pairs * constant)) - linear) / (4 * pairs);
  const variance = pairs * (2 * likeliest + supposed * (1 - supposed));
  const distance = onlyFirst - onlySecond - pairs * supposed;
  if (variance <= 0) return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY;
  return distance / Math.sqrt(variance);
}

/**
 * McNemar's test of two models being right equally often, over the items on which they differ.
 * `exact` is the two-sided binomial p; `mid` takes half of the observed outcome's probability, which keeps
 * nearer to the nominal level (Fagerland, Lydersen, Laake 2013). Both are 1 when they never differ.
 */
export function mcnemar({ onlyFirst, onlySecond }: Discordance): { exact: number; mid: number } {
  const differing = onlyFirst + onlySecond;
  if (differing === 0) return { exact: 1, mid: 1 };
  const fewer = Math.min(onlyFirst, onlySecond);
  const exact = Math.min(1, 2 * fairCoinCdf(fewer, differing));
  const observed = fairCoinProbability(fewer, differing);
  return { exact, mid: onlyFirst === onlySecond ? 1 - observed / 2 : exact - observed };
}
