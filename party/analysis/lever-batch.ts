import { draftOf } from "./draft";
import { addSavings, leverFigures, leverHead, NO_SAVING } from "./lever";
import { savingBySegment, segmentAmounts } from "./lever-by-segment";
import { termsOf } from "./plan-terms";
import { askTotals } from "./profile-questions";
import type { Analysis, BatchResult } from "./results";

const MOST_SEGMENTS = 100;

/**
 * What answering by batch would have saved, for the features of which the user said that they may wait
 * (`features`): the discount of each call's provider (`batchRule`, with source and date) off its cost. Whether it is taken off
 * cached reads too is the provider's fact: `discounted`, `cache-price` (they keep their own price), or
 * `unknown`: then they are billed as plain input in a batch, and only the high figure takes the discount off their price.
 * A provider without a known rule is unknown, not free of discount. Failed calls are left as they are.
 *
 * Keys (segment null): those of every lever, and `batched_cost` (what the discount is taken off), `unknown_cost`.
 * Keys per segment (`feature · model`): `saving`, `saving_low`, `saving_high`, `cost`, `calls`, `discount`, `hours`.
 */
export const leverBatch: Analysis<{ features: readonly string[] }, BatchResult> = async (
  source,
  scope,
  { features },
  signal,
) => {
  const totals = await askTotals(source, scope, signal);
  const at = totals.rows[0]?.lastAt ?? 0;
  const terms = termsOf({ levers: ["batch"], swaps: [], batched: features }, at);
  const answer = await source.jointUsage(
    scope,
    { steps: [], answers: null, caps: [], trims: [], prompt: null },
    signal,
  );
  const segments = savingBySegment(answer.rows, "batch", terms)
    .filter(({ feature }) => terms.batched.has(feature))
    .map((segment) => ({ ...segment, rule: terms.batchRule(segment.provider, segment.model) }));
  const known = segments.filter(({ rule }) => rule !== null);

  let reason: string | null = null;
  if (features.length === 0) reason = "nobody has said which features may wait";
  else if (segments.length === 0) reason = "no priced, successful call of these features in range";
  else if (known.length === 0) reason = "no batch discount of these providers is known";
  const saving =
    reason === null ? known.map((one) => one.saving).reduce(addSavings, NO_SAVING) : null;
  const head = leverHead("batch", totals.rows[0]?.costUsd ?? null, saving, reason);
  const result: BatchResult = {
    ...head,
    segments: segments.map((segment) => ({
      name: segment.name,
      feature: segment.feature,
      provider: segment.provider,
      model: segment.model,
      calls: segment.calls,
      ...(segment.rule
        ? segmentAmounts(segment)
        : { ...segmentAmounts(segment), savingUsd: null, savingLowUsd: null, savingHighUsd: null }),
      rule: segment.rule,
    })),
  };
  const figures = leverFigures(head);
  for (const one of result.segments.slice(0, MOST_SEGMENTS)) {
    const note = one.rule ? undefined : "no batch discount of this provider is known";
    figures.usd(one.name, "saving", "saving", one.savingUsd, note);
    figures.usd(one.name, "saving_low", "saving, low", one.savingLowUsd, note);
    figures.usd(one.name, "saving_high", "saving, high", one.savingHighUsd, note);
    figures.usd(one.name, "cost", "cost now", one.costUsd);
    figures.add(one.name, "calls", "calls", "calls", one.calls);
    const discount = one.rule?.discountPercent ?? null;
    figures.add(one.name, "discount", "batch discount", "percent", discount, note);
  }
  const rules = new Set(known.map(({ rule }) => `${rule?.source} (as of ${rule?.asOf})`));
  return {
    result,
    draft: draftOf(scope, {
      tool: "lever-batch",
      what: "What answering by batch would have saved on the features that may wait",
      ground: "assumed",
      formula:
        "saving = Σ cost · discount; cached reads as the provider's rule says; where it is unknown, billed as plain input less the discount",
      answers: [totals, answer],
      chosen: { features: [...features] },
      assumptions: [
        "The user said that these features may wait up to a day.",
        "Every successful call of these features goes into a batch and needs the same tokens.",
        ...[...rules].map((rule) => `Discount: ${rule}.`),
      ],
      segmentLabel: "feature and model",
      figures,
    }),
  };
};
