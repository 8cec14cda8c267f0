/**
 * Money as whole pico-dollars (10⁻¹² USD) in a BigInt, so that sums of millions of calls stay exact.
 * A price of $1 per million tokens is 1,000,000 pico-dollars per token.
 */
export type Pico = bigint;

const PICO_DIGITS = 12;
export const PICO_PER_USD = 10n ** BigInt(PICO_DIGITS);

/** Decimal text in USD, no exponent, no trailing zeros: 96_791_325_000_000n is "96.791325". */
export function formatUsd(pico: Pico): string {
  const digits = (pico < 0n ? -pico : pico).toString().padStart(PICO_DIGITS + 1, "0");
  const whole = digits.slice(0, -PICO_DIGITS);
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, "");
  return `${pico < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Text that is no decimal with at most twelve places. */
export class MoneyFormatError extends Error {
  override readonly name = "MoneyFormatError";
  constructor(readonly text: string) {
    super(`"${text}" is not a decimal amount with at most ${PICO_DIGITS} places`);
  }
}

/** The inverse of `formatUsd`; also reads trailing zeros. Throws MoneyFormatError. */
export function parseUsd(text: string): Pico {
  const match = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(text);
  if (!match) throw new MoneyFormatError(text);
  const [, sign, whole = "0", fraction = ""] = match;
  const pico = BigInt(whole) * PICO_PER_USD + BigInt(fraction.padEnd(PICO_DIGITS, "0"));
  return sign === "-" ? -pico : pico;
}
