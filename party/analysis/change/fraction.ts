/** An exact fraction; the denominator is above zero. */
export interface Fraction {
  over: bigint;
  under: bigint;
}

export const ZERO: Fraction = { over: 0n, under: 1n };

export function times(...factors: Fraction[]): Fraction {
  return factors.reduce((product, { over, under }) => ({
    over: product.over * over,
    under: product.under * under,
  }));
}

export function plus(...terms: Fraction[]): Fraction {
  return terms.reduce((sum, { over, under }) =>
    sum.under === under
      ? { over: sum.over + over, under }
      : { over: sum.over * under + over * sum.under, under: sum.under * under },
  );
}

/** To the nearest whole number, halves away from zero. */
export function rounded({ over, under }: Fraction): bigint {
  const size = over < 0n ? -over : over;
  const whole = (2n * size + under) / (2n * under);
  return over < 0n ? -whole : whole;
}
