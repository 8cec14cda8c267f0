import { formatUsd } from "../../db/prices";
import { draftOf } from "./draft";
import { Figures, percentText } from "./figures";
import { amount } from "./lever";
import { savedAlone } from "./lever-by-segment";
import { featureName, modelName } from "./names";
import { termsOf } from "./plan-terms";
import { askTotals } from "./profile-questions";
import type { Analysis, CascadeResult, SwapChoice } from "./results";

/** Percent of the calls that are given to the present model as well. */
const curve = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100] as const;

/**
 * What asking a small model first would have cost: every call pays the small model, and the escalated
 * share pays the present one as well,
 *   cost(e) = Σ cost on the small model + e · Σ logged cost,   break-even e* = 1 − Σ small ÷ Σ logged.
 * A curve over e, not a point: which share has to escalate depends on a judge of answers that the log
 * does not hold (`quality-cascade` reckons it from labels). The chance of escalation is taken to be the same for dear and cheap calls. Low: the small
 * model needs more tokens, as for a model swap.
 *
 * Throws PlanInputError for a small model without prices.
 *
 * Keys (segment null): `cost`, `cost_small`, `break_even`. Keys per segment (`N % escalated`): `cost`, `saving`, `saving_low`.
 */
export const leverCascade: Analysis<SwapChoice, CascadeResult> = async (
  source,
  scope,
  choice,
  signal,
) => {
  const totals = await askTotals(source, scope, signal);
  const at = totals.rows[0]?.lastAt ?? 0;
  const termsAt = (escalatedPercent: number) =>
    termsOf({ levers: ["cascade"], swaps: [], cascades: [{ ...choice, escalatedPercent }] }, at);
  const answer = await source.jointUsage(
    scope,
    { steps: termsAt(0).steps, answers: null, caps: [], trims: [], prompt: null },
    signal,
  );
  const rows = answer.rows.filter(
    (row) =>
      row.attempt === 0 &&
      row.feature === choice.feature &&
      row.provider === choice.fromProvider &&
      row.model === choice.fromModel,
  );
  const cost = rows.reduce((sum, row) => sum + amount(row.costUsd), 0n);
  const isKnown = rows.length > 0;
  const points = isKnown
    ? curve.map((escalatedPercent) => {
        const terms = termsAt(escalatedPercent);
        const saving = savedAlone(rows, "cascade", "central", terms);
        return {
          escalatedPercent,
          costUsd: formatUsd(cost - saving),
          savingUsd: formatUsd(saving),
          savingLowUsd: formatUsd(savedAlone(rows, "cascade", "low", terms)),
        };
      })
    : [];
  const small = cost - savedAlone(rows, "cascade", "central", termsAt(0));
  const result: CascadeResult = {
    available: isKnown,
    reason: isKnown ? null : "no priced, successful call of this feature and model in range",
    calls: rows.reduce((sum, row) => sum + row.calls, 0),
    costUsd: isKnown ? formatUsd(cost) : null,
    smallCostUsd: isKnown ? formatUsd(small) : null,
    breakEvenPercent: percentText(cost - small, cost),
    points,
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: "lever-cascade",
      what: `What ${featureName(choice.feature)} would have cost with ${modelName(choice.toProvider, choice.toModel)} asked first and ${modelName(choice.fromProvider, choice.fromModel)} for what it cannot answer`,
      ground: "simulated",
      formula:
        "cost(e) = Σ cost on the small model + e · Σ logged cost; break-even e = 1 − Σ small ÷ Σ logged",
      answers: [totals, answer],
      chosen: { ...choice },
      assumptions: [
        "An escalated call pays both models; dear and cheap calls escalate alike.",
        "Judging an answer costs nothing here, and which share escalates is a parameter: the log does not tell.",
        "Low: the small model needs more tokens.",
      ],
      segmentLabel: "share escalated",
      figures: cascadeFigures(result),
    }),
  };
};

function cascadeFigures(result: CascadeResult): Figures {
  const figures = new Figures();
  const note = result.reason ?? undefined;
  figures.usd(null, "cost", "cost now", result.costUsd, note);
  figures.usd(null, "cost_small", "cost on the small model alone", result.smallCostUsd, note);
  figures.add(
    null,
    "break_even",
    "share escalated at which nothing is saved",
    "percent",
    result.breakEvenPercent,
    result.breakEvenPercent === null ? (note ?? "these calls cost nothing") : undefined,
  );
  for (const point of result.points) {
    const segment = `${point.escalatedPercent} % escalated`;
    figures.usd(segment, "cost", "cost", point.costUsd);
    figures.usd(segment, "saving", "saving", point.savingUsd);
    figures.usd(segment, "saving_low", "saving, low", point.savingLowUsd);
  }
  return figures;
}
