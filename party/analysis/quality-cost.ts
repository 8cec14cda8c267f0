import type { Interval } from "./statistics/interval";
import { type PairMoments, ratioInterval } from "./statistics/ratio";

/** What one right answer costs: wrong ones are paid for too. */
export type CostPerRight =
  | { state: "unknown"; reason: string }
  | {
      state: "measured";
      usd: number;
      /** Null when so few answers are right that there is no upper bound. */
      interval: Interval | null;
      right: number;
      judged: number;
    };

/**
 * Cost of the judged, priced answers ÷ right ones (graded labels count in part), with Fieller's interval.
 * `answers`: above is the cost of one answer in USD, below its label.
 */
export function costPerRight(answers: PairMoments, level: number): CostPerRight {
  if (answers.n === 0) return { state: "unknown", reason: "no judged answer has a price" };
  if (answers.meanBelow === 0) return { state: "unknown", reason: "no judged answer was right" };
  return {
    state: "measured",
    usd: answers.meanAbove / answers.meanBelow,
    interval: ratioInterval(answers, level),
    right: answers.meanBelow * answers.n,
    judged: answers.n,
  };
}
