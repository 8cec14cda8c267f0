/**
 * The few distributions that intervals need, exact to about twelve digits. Checked in
 * tests/analysis/statistics.test.ts against published tables.
 */

/** Coefficients of Lanczos' approximation (g = 7, n = 9), as published by P. Godfrey. */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + 7.5;
  const series = LANCZOS.reduce(
    (sum, coefficient, index) =>
      index === 0 ? coefficient : sum + coefficient / (shifted + index),
    0,
  );
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series);
}

const SMALLEST = 1e-300;

/** The continued fraction of the incomplete beta function by Lentz's method (DLMF 8.17.22). */
function betaFraction(x: number, a: number, b: number): number {
  const awayFromZero = (value: number) => (Math.abs(value) < SMALLEST ? SMALLEST : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** The regularised incomplete beta function I_x(a, b). */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** P(T ≤ t) of Student's t; `freedom` may be fractional. */
export function studentCdf(t: number, freedom: number): number {
  const tail = regularisedBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t below which a share `p` of Student's t lies. */
export function studentQuantile(p: number, freedom: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  if (freedom > 1e7) return normalQuantile(p);
  let high = 2;
  while (studentCdf(high, freedom) < p) high *= 2;
  return bisect((t) => studentCdf(t, freedom) - p, 0, high);
}

/** The z below which a share `p` of the standard normal distribution lies (Wichura 1988, AS 241). */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE[0], r)) / polynomial(CENTRE[1], r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const [above, below] = r <= 5 ? TAIL : FAR_TAIL;
  const shifted = r <= 5 ? r - 1.6 : r - 5;
  const z = polynomial(above, shifted) / polynomial(below, shifted);
  return q < 0 ? -z : z;
}

/** The value below which a share `p` of Fisher's F lies: a ratio of two mean squares with these degrees of freedom. */
export function fisherQuantile(p: number, above: number, below: number): number {
  const cdf = (f: number) =>
    regularisedBeta((above * f) / (above * f + below), above / 2, below / 2);
  let high = 2;
  while (cdf(high) < p) high *= 2;
  return bisect((f) => cdf(f) - p, 0, high);
}

/** P(X = successes) of `trials` fair coins. */
export function fairCoinProbability(successes: number, trials: number): number {
  return Math.exp(
    logGamma(trials + 1) -
      logGamma(successes + 1) -
      logGamma(trials - successes + 1) -
      trials * Math.LN2,
  );
}

/** P(X ≤ successes) of `trials` fair coins. */
export function fairCoinCdf(successes: number, trials: number): number {
  return successes >= trials ? 1 : regularisedBeta(0.5, trials - successes, successes + 1);
}

/** A zero of a function that changes its sign between `low` and `high`. */
export function bisect(of: (x: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  const rises = of(high) >= of(low);
  for (let step = 0; step < 200 && to - from > 1e-14 * Math.max(1, Math.abs(from)); step += 1) {
    const middle = (from + to) / 2;
    if (of(middle) > 0 === rises) to = middle;
    else from = middle;
  }
  return (from + to) / 2;
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

type Ratio = readonly [readonly number[], readonly number[]];

const CENTRE: Ratio = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852546,
  ],
];
const TAIL: Ratio = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const FAR_TAIL: Ratio = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];
