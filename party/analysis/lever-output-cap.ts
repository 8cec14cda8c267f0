import { draftOf } from "./draft";
import { shareOfCount } from "./figures";
import { addSavings, leverFigures, leverHead, NO_SAVING, type Saving } from "./lever";
import { savingBySegment, segmentAmounts } from "./lever-by-segment";
import { checkPlan } from "./plan-input";
import { termsOf } from "./plan-terms";
import { askTotals } from "./profile-questions";
import type { Analysis, OutputCapResult } from "./results";

const MOST_SEGMENTS = 100;

export interface OutputCapParams {
  /** Longest answers, by feature; a feature without one is left alone. */
  caps: ReadonlyArray<{ feature: string; tokens: number }>;
}

/**
 * What a bound on the length of answers would have saved: saving = Σ max(0, output − cap) · p_out over
 * successful calls. The share of answers that it cuts is the risk, and stands beside the saving: whether a cut
 * answer is of use, the log does not tell, because it holds no text. Low: every cut answer is asked for again, and
 * nothing is saved. Models that bill reasoning apart are left alone: a cap cuts both, in parts that are not known.
 *
 * Throws PlanInputError for a cap that is no whole number of tokens.
 *
 * Keys (segment null): those of every lever, and `truncated`, `truncated_share`.
 * Keys per segment (`feature · model`): `saving`, `cost`, `calls`, `truncated`, `truncated_share`, `cap`.
 */
export const leverOutputCap: Analysis<OutputCapParams, OutputCapResult> = async (
  source,
  scope,
  { caps },
  signal,
) => {
  checkPlan({ levers: ["output-cap"], swaps: [], caps });
  const totals = await askTotals(source, scope, signal);
  const at = totals.rows[0]?.lastAt ?? 0;
  const terms = termsOf({ levers: ["output-cap"], swaps: [], caps }, at);
  const answer = await source.jointUsage(
    scope,
    { steps: [], answers: null, caps, trims: [], prompt: null },
    signal,
  );
  const segments = savingBySegment(answer.rows, "output-cap", terms).flatMap((segment) => {
    const cap = caps.find(({ feature }) => feature === segment.feature);
    if (!cap) return [];
    const truncated = segment.rows.reduce((sum, row) => sum + row.truncatedCalls, 0);
    const isKnown = terms.hasOneOutputPrice(segment.provider, segment.model);
    return [{ ...segment, cap: cap.tokens, truncated, isKnown }];
  });
  const known = segments.filter(({ isKnown }) => isKnown);
  let reason: string | null = null;
  if (caps.length === 0) reason = "no cap was given";
  else if (segments.length === 0) reason = "no priced, successful call of these features in range";
  else if (known.length === 0) reason = "these models bill reasoning apart from answers";
  const saving: Saving | null =
    reason === null ? known.map((one) => one.saving).reduce(addSavings, NO_SAVING) : null;
  const head = leverHead("output-cap", totals.rows[0]?.costUsd ?? null, saving, reason);
  const calls = segments.reduce((sum, one) => sum + one.calls, 0);
  const truncated = segments.reduce((sum, one) => sum + one.truncated, 0);
  const result: OutputCapResult = {
    ...head,
    calls,
    truncated,
    truncatedShare: shareOfCount(truncated, calls),
    segments: segments.map((one) => ({
      name: one.name,
      feature: one.feature,
      provider: one.provider,
      model: one.model,
      cap: one.cap,
      calls: one.calls,
      truncated: one.truncated,
      truncatedShare: shareOfCount(one.truncated, one.calls),
      costUsd: segmentAmounts(one).costUsd,
      savingUsd: one.isKnown ? segmentAmounts(one).savingUsd : null,
    })),
  };
  const figures = leverFigures(head);
  const nothing = calls === 0 ? (reason ?? "no calls in range") : undefined;
  figures.add(null, "truncated", "answers cut", "calls", truncated);
  figures.add(
    null,
    "truncated_share",
    "share of answers cut",
    "percent",
    result.truncatedShare,
    nothing,
  );
  for (const one of result.segments.slice(0, MOST_SEGMENTS)) {
    const note = one.savingUsd === null ? "unknown: reasoning is billed apart" : undefined;
    figures.usd(one.name, "saving", "saving", one.savingUsd, note);
    figures.usd(one.name, "cost", "cost now", one.costUsd);
    figures.add(one.name, "calls", "calls", "calls", one.calls);
    figures.add(one.name, "truncated", "answers cut", "calls", one.truncated);
    figures.add(one.name, "truncated_share", "share of answers cut", "percent", one.truncatedShare);
    figures.add(one.name, "cap", "longest answer", "tokens", one.cap);
  }
  return {
    result,
    draft: draftOf(scope, {
      tool: "lever-output-cap",
      what: "What a bound on the length of answers would have saved, and how many answers it cuts",
      ground: "simulated",
      formula:
        "saving = Σ max(0, output − cap) · p_output (low: 0, every cut answer is asked for again)",
      answers: [totals, answer],
      chosen: { caps: caps.map((cap) => ({ ...cap })) },
      assumptions: [
        "A cut answer is of use as far as it goes. The log holds no text, so that is not known.",
        "A capped model writes the same tokens up to the cap.",
      ],
      segmentLabel: "feature and model",
      figures,
    }),
  };
};
