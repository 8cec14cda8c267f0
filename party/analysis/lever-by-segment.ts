import { formatUsd, type Pico } from "../../db/prices";
import { amount, ordered, type Saving } from "./lever";
import { featureName, modelName, SegmentNames } from "./names";
import { costOfClass, FINE, type PlanCase, type PlanTerms } from "./plan-cost";
import type { JointLever } from "./results";
import { floorDivide } from "./shapley";
import type { JointRow } from "./source";

/** What one lever alone does to one segment (a feature on a model). */
export interface SegmentSaving {
  /** The evidence's segment. */
  name: string;
  feature: string;
  provider: string;
  model: string;
  calls: number;
  cost: Pico;
  saving: Saving;
  rows: JointRow[];
}

/** A lever on its own, segment by segment, by the same arithmetic as the joint plan. The largest saving first. */
export function savingBySegment(
  rows: readonly JointRow[],
  lever: JointLever,
  terms: PlanTerms,
): SegmentSaving[] {
  const groups = new Map<string, JointRow[]>();
  for (const row of rows.filter(({ attempt }) => attempt === 0)) {
    const key = JSON.stringify([row.feature, row.provider, row.model]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const names = new SegmentNames();
  return [...groups.values()]
    .map((own) => {
      const [first] = own;
      const { feature = "", provider = "", model = "" } = first ?? {};
      const saved = (which: PlanCase) => savedAlone(own, lever, which, terms);
      return {
        feature,
        provider,
        model,
        calls: own.reduce((sum, row) => sum + row.calls, 0),
        cost: own.reduce((sum, row) => sum + amount(row.costUsd), 0n),
        saving: ordered({ low: saved("low"), saving: saved("central"), high: saved("high") }),
        rows: own,
      };
    })
    .sort((a, b) => Number(b.saving.saving - a.saving.saving) || Number(b.cost - a.cost))
    .map((segment) => ({
      name: names.name(
        `${featureName(segment.feature)} · ${modelName(segment.provider, segment.model)}`,
        "",
      ),
      ...segment,
    }));
}

export function savedAlone(
  rows: readonly JointRow[],
  lever: JointLever,
  which: PlanCase,
  terms: PlanTerms,
): Pico {
  const has = (other: JointLever) => other === lever;
  const saved = rows.reduce(
    (sum, row) => sum + amount(row.costUsd) * FINE - costOfClass(row, has, which, terms).cost,
    0n,
  );
  return floorDivide(saved, FINE);
}

/** Amounts of a segment as decimal text. */
export function segmentAmounts({ cost, saving }: SegmentSaving) {
  return {
    costUsd: formatUsd(cost),
    savingUsd: formatUsd(saving.saving),
    savingLowUsd: formatUsd(saving.low),
    savingHighUsd: formatUsd(saving.high),
  };
}
