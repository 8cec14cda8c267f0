/** Makes the median absolute deviation, and the mean one, estimate a normal distribution's standard deviation. */
const PER_MEDIAN_DEVIATION = 1.4826;
const PER_MEAN_DEVIATION = 1.2533;

/** The middle of the values; the mean of the two middle ones when their number is even. Null without any. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [below, above] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}

/**
 * How far a value usually lies from the median of the others of its group, in standard deviations' terms,
 * over all groups: 1.4826 × the median of these deviations, or, where more than half of them are zero,
 * 1.2533 × their mean. Zero when nothing ever varied. Each value is held against the others, not against
 * a median that it helped to make: of a handful of values that would look closer than a new one lies.
 */
export function pooledSpread(groups: ReadonlyArray<readonly number[]>): number {
  const deviations = groups.flatMap((values) =>
    values.flatMap((value, place) => {
      const others = median(values.filter((_, other) => other !== place));
      return others === null ? [] : [Math.abs(value - others)];
    }),
  );
  const spread = median(deviations) ?? 0;
  if (spread > 0) return PER_MEDIAN_DEVIATION * spread;
  const mean = deviations.reduce((sum, value) => sum + value, 0) / Math.max(1, deviations.length);
  return PER_MEAN_DEVIATION * mean;
}

/**
 * The modified z-score of B. Iglewicz and D. Hoaglin ("How to Detect and Handle Outliers", 1993),
 * (value − median) ÷ (1.4826 × median absolute deviation), with deviations as in `pooledSpread` and the
 * spread never under `least`: that of a handful of values is often small by chance. The score is null
 * when there is no spread at all; all is null without history.
 */
export function robustScore(
  value: number,
  history: readonly number[],
  least: number,
): { expected: number; score: number | null } | null {
  const expected = median(history);
  if (expected === null) return null;
  const spread = Math.max(pooledSpread([history]), least);
  return { expected, score: spread === 0 ? null : (value - expected) / spread };
}
