/** Where a quantity lies with the stated confidence, two-sided. `level` is 0–1. */
export interface Interval {
  low: number;
  high: number;
  level: number;
}

/** What Netra shows unless asked otherwise: 5 % on either side. */
export const USUAL_LEVEL = 0.9;
