/** More than this the days are no longer a level with scatter. */
const MOST_PERSISTENCE = 0.8;
/** Fewer pairs of neighbouring days tell nothing of how alike they are. */
const LEAST_PAIRS = 10;

/**
 * How like a day is to the day before, 0–0.8: the correlation of neighbouring days' residuals, raised by what fitting
 * takes from it, (k + 2kρ) ÷ n for k levels and trends (Kendall 1954; Marriott and Pope 1954). Negative ones count
 * as none. Residuals of one weekday have to be comparable with those of another.
 */
export function persistenceOf(
  residuals: ReadonlyArray<{ day: number; residual: number }>,
  fitted: number,
): number {
  let products = 0;
  let pairs = 0;
  for (const [index, { day, residual }] of residuals.entries()) {
    const before = residuals[index - 1];
    if (before?.day !== day - 1) continue;
    products += residual * before.residual;
    pairs += 1;
  }
  const squares = residuals.reduce((sum, { residual }) => sum + residual ** 2, 0);
  if (pairs < LEAST_PAIRS || squares === 0) return 0;
  const correlation = (products / pairs) * (residuals.length / squares);
  const corrected = (pairs * correlation + fitted) / (pairs - 2 * fitted);
  return Math.min(MOST_PERSISTENCE, Math.max(0, corrected));
}

/** By how much a sum of many such days scatters more than one of independent days: its variance's factor. */
export function inflationBy(persistence: number): number {
  return (1 + persistence) / (1 - persistence);
}
