import { formatUsd, type Pico, parseUsd } from "../../db/prices";
import { Figures, percentText } from "./figures";
import { jointPlan } from "./joint-plan";
import type { JointPlanParams } from "./plan-input";
import type { Analysis } from "./results";

export interface PlanUnderGrowthParams {
  plan: JointPlanParams;
  /** Percent more usage than in the log; 30 is 1.3 times as many calls. */
  growthPercent: number;
  /** Percent by which the bill is to fall below the log's, if asked. */
  cutPercent?: number;
}

export interface PlanUnderGrowthResult {
  available: boolean;
  reason: string | null;
  /** With the stated growth, without and with the plan. */
  grownCostUsd: string | null;
  grownPlannedCostUsd: string | null;
  /** Percent of the log's cost by which that bill lies below it; negative: above. */
  belowToday: string | null;
  /** Percent of its cost that a plan has to save so that the grown bill is `cutPercent` below the log's. */
  neededShare: string | null;
}

/** Growth in millionths, so that a percent with decimals stays exact. */
const FINE = 1_000_000n;

/**
 * The joint plan's amounts with the calls grown by a stated percent g, all features alike:
 *   bill = cost · (1 + g), planned bill = planned cost · (1 + g);
 * a plan that saves the share s brings the grown bill c below today's when s ≥ 1 − (1 − c) ÷ (1 + g).
 *
 * Keys (segment null): `cost`, `cost_grown`, `cost_grown_planned`, `below_today`, and where a cut was asked `share_needed`.
 */
export const planUnderGrowth: Analysis<PlanUnderGrowthParams, PlanUnderGrowthResult> = async (
  source,
  scope,
  { plan, growthPercent, cutPercent },
  signal,
) => {
  const { result: joint, draft } = await jointPlan(source, scope, plan, signal);
  const growth = BigInt(Math.round(growthPercent * 10_000)) + FINE;
  const grown = (usd: string | null): Pico | null =>
    usd === null ? null : (parseUsd(usd) * growth) / FINE;
  const cost = joint.costUsd === null ? null : parseUsd(joint.costUsd);
  const [bill, planned] = [grown(joint.costUsd), grown(joint.plannedCostUsd)];
  const cut = cutPercent === undefined ? null : BigInt(Math.round(cutPercent * 10_000));
  const result: PlanUnderGrowthResult = {
    available: joint.available,
    reason: joint.reason,
    grownCostUsd: bill === null ? null : formatUsd(bill),
    grownPlannedCostUsd: planned === null ? null : formatUsd(planned),
    belowToday: cost === null || planned === null ? null : percentText(cost - planned, cost),
    neededShare: cut === null ? null : percentText(growth - (FINE - cut), growth),
  };
  const figures = new Figures();
  const note = joint.reason ?? undefined;
  figures.usd(null, "cost", "cost in range", joint.costUsd, note);
  figures.usd(null, "cost_grown", "cost with the stated growth", result.grownCostUsd, note);
  figures.usd(
    null,
    "cost_grown_planned",
    "the same with the plan",
    result.grownPlannedCostUsd,
    note,
  );
  figures.add(
    null,
    "below_today",
    "how far that lies below the cost in range",
    "percent",
    result.belowToday,
    result.belowToday === null ? (note ?? "no priced cost") : undefined,
  );
  if (cut !== null) {
    const label = "share that a plan has to save to reach the asked cut in spite of the growth";
    figures.add(null, "share_needed", label, "percent", result.neededShare);
  }
  return {
    result,
    draft: {
      ...draft,
      tool: "plan-under-growth",
      what: "What the plan's calls would cost, with and without the plan, at the stated growth",
      ground: "assumed",
      formula: "bill = cost · (1 + growth); share needed = 1 − (1 − asked cut) ÷ (1 + growth)",
      parameters: { ...draft.parameters, growthPercent, cutPercent: cutPercent ?? null },
      assumptions: [
        "Usage grows alike on all features, with the same tokens per call and the same share of repeats.",
        ...draft.assumptions,
      ],
      segmentLabel: null,
      values: figures.values,
    },
  };
};
