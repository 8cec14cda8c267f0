import { draftOf } from "./draft";
import { shareOfCount } from "./figures";
import { addSavings, leverFigures, leverHead, NO_SAVING, type Saving } from "./lever";
import { savingBySegment, segmentAmounts } from "./lever-by-segment";
import { checkPlan } from "./plan-input";
import { termsOf } from "./plan-terms";
import { askTotals } from "./profile-questions";
import type { Analysis, PromptTrimResult } from "./results";

const MOST_SEGMENTS = 60;

export interface PromptTrimParams {
  /** Longest prompts, by feature: a stated number of tokens, or the feature's own median or 90th percentile. */
  trims: ReadonlyArray<{ feature: string; to: number | "p50" | "p90" }>;
}

/**
 * What shorter prompts would have saved: saving = Σ min(max(0, input − bound), plain input) · p_in over successful
 * calls. Cached tokens are left alone: they stand at the prompt's beginning and cost little. A prompt that falls
 * under a price step keeps its price. The log holds token counts and hashes, no text, so what could be left out, and
 * whether the answer bears it, is not known: low is 0, and the whole is assumed. Beside the saving stands the share of
 * prompts that are longer than the bound. (Source: the log's distribution of input tokens.)
 *
 * Throws PlanInputError for a bound that is no whole number of tokens, or a feature named twice.
 *
 * Keys (segment null): those of every lever, and `trimmed`, `trimmed_share`.
 * Keys per segment (`feature · model`): `saving`, `cost`, `calls`, `trimmed`, `trimmed_share`, `bound`, `p50_input`, `p90_input`.
 */
export const leverPromptTrim: Analysis<PromptTrimParams, PromptTrimResult> = async (
  source,
  scope,
  { trims: asked },
  signal,
) => {
  const [totals, levels] = await Promise.all([
    askTotals(source, scope, signal),
    source.inputLevels(scope, signal),
  ]);
  const levelOf = (feature: string) => levels.rows.find((row) => row.feature === feature);
  const trims = asked.flatMap(({ feature, to }) => {
    if (typeof to === "number") return [{ feature, tokens: to }];
    const level = levelOf(feature);
    // A bound of nothing would be none; a percentile between two lengths cuts neither of the lower ones.
    return level ? [{ feature, tokens: Math.max(1, Math.ceil(level[to])) }] : [];
  });
  const params = { levers: ["prompt-trim"] as const, swaps: [], trims };
  checkPlan(params);
  const terms = termsOf(params, totals.rows[0]?.lastAt ?? 0);
  const answer = await source.jointUsage(
    scope,
    { steps: [], answers: null, caps: [], trims, prompt: null },
    signal,
  );
  const segments = savingBySegment(answer.rows, "prompt-trim", terms).flatMap((segment) => {
    const trim = trims.find(({ feature }) => feature === segment.feature);
    if (!trim) return [];
    const trimmed = segment.rows.reduce((sum, row) => sum + row.trimmedCalls, 0);
    return [{ ...segment, bound: trim.tokens, trimmed }];
  });
  const reason =
    asked.length === 0
      ? "no bound was given"
      : segments.length === 0
        ? "no priced, successful call of these features in range"
        : null;
  const saving: Saving | null =
    reason === null ? segments.map((one) => one.saving).reduce(addSavings, NO_SAVING) : null;
  const head = leverHead("prompt-trim", totals.rows[0]?.costUsd ?? null, saving, reason);
  const calls = segments.reduce((sum, one) => sum + one.calls, 0);
  const trimmed = segments.reduce((sum, one) => sum + one.trimmed, 0);
  const result: PromptTrimResult = {
    ...head,
    calls,
    trimmed,
    trimmedShare: shareOfCount(trimmed, calls),
    trims,
    segments: segments.map((one) => {
      const { costUsd, savingUsd } = segmentAmounts(one);
      const level = levelOf(one.feature);
      return {
        name: one.name,
        feature: one.feature,
        provider: one.provider,
        model: one.model,
        bound: one.bound,
        p50InputTokens: level?.p50 ?? null,
        p90InputTokens: level?.p90 ?? null,
        calls: one.calls,
        trimmed: one.trimmed,
        trimmedShare: shareOfCount(one.trimmed, one.calls),
        costUsd,
        savingUsd,
      };
    }),
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: "lever-prompt-trim",
      what: "What prompts of a bounded length would have saved, and how many prompts are longer",
      ground: "assumed",
      formula: "saving = Σ min(max(0, input − bound), plain input) · p_input (low: 0)",
      answers: [totals, levels, answer],
      chosen: { trims: trims.map((trim) => ({ ...trim })) },
      assumptions: [
        "What is cut was not needed. The log holds no text, so that is not known; low: nothing is saved.",
        "Cached tokens are left alone; what is cut is plain input. Answers stay as long as they were.",
        "A prompt that falls under a price step keeps its price.",
      ],
      segmentLabel: "feature and model",
      figures: figuresOf(result),
    }),
  };
};

function figuresOf(result: PromptTrimResult) {
  const figures = leverFigures(result);
  const nothing = result.calls === 0 ? (result.reason ?? "no calls in range") : undefined;
  figures.add(null, "trimmed", "prompts cut", "calls", result.trimmed);
  figures.add(
    null,
    "trimmed_share",
    "share of prompts cut",
    "percent",
    result.trimmedShare,
    nothing,
  );
  for (const one of result.segments.slice(0, MOST_SEGMENTS)) {
    figures.usd(one.name, "saving", "saving", one.savingUsd);
    figures.usd(one.name, "cost", "cost now", one.costUsd);
    figures.add(one.name, "calls", "calls", "calls", one.calls);
    figures.add(one.name, "trimmed", "prompts cut", "calls", one.trimmed);
    figures.add(one.name, "trimmed_share", "share of prompts cut", "percent", one.trimmedShare);
    figures.add(one.name, "bound", "longest prompt", "tokens", one.bound);
    figures.add(one.name, "p50_input", "p50 of the feature's input", "tokens", one.p50InputTokens);
    figures.add(one.name, "p90_input", "p90 of the feature's input", "tokens", one.p90InputTokens);
  }
  return figures;
}
