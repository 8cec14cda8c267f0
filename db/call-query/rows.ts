import type { Measure, MeasureValues } from "./measures";

/** One row of an answer: the measures of one segment, in one period and one time bucket. */
export interface QueryRow<M extends Measure = Measure> {
  period: "current" | "previous";
  /** Start of the time bucket, Unix ms; null when the question has no grain. */
  at: number | null;
  /** The segment: a value per dimension of the question, in its order. Empty texts in the row of the others. */
  segment: string[];
  /** Whether this row sums up the segments beyond the limit. */
  others: boolean;
  /** How many segments stand behind it. */
  segments: number;
  values: Pick<MeasureValues, M>;
}
