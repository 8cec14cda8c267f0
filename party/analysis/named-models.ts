import { draftOf } from "./draft";
import { askJudgedLog } from "./judged-log";
import { addSavings, amount, leverFigures, leverHead, NO_SAVING, type Saving } from "./lever";
import { addSwap } from "./lever-model-swap";
import { newerModels } from "./model-releases";
import { modelName, SegmentNames } from "./names";
import { segmentKey } from "./plan-cost";
import { askTotals } from "./profile-questions";
import type { Analysis, ModelSwapResult, Swap } from "./results";
import { asCandidate, type Candidate, stepsOf } from "./swap-candidates";
import { CAUTION } from "./swap-cost";
import {
  fitsContext,
  priceOn,
  type SwapLog,
  type SwapSegment,
  segmentsOf,
  swapOf,
  withEffects,
} from "./swap-offers";

const MOST_PER_SEGMENT = 3;
const MOST_SWAPS = 40;

export interface NamedModelsParams {
  /** As a log or a person names them, without the provider. */
  models: readonly string[];
  /** Also the models of the same maker and size that came out after the present one. */
  newer?: boolean;
}

export interface NamedModelsResult extends ModelSwapResult {
  /** Asked about, but the catalogue has no price by the token for it. */
  unpriced: string[];
  /** Segments whose model has no known place among its maker's models; asked with `newer` only. */
  unplaced: string[];
}

/**
 * What each feature's calls would have cost on the models asked about, with the same tokens, dearer ones as well:
 * who asks whether a model suits wants to know that it does not. Effects on latency and quality as for a model
 * swap: measured on the same feature, else unknown. The saving is that of each segment's cheapest asked model;
 * the low one counts only those that labels show to be no worse.
 *
 * Keys as those of a model swap; `saving` is negative where the model costs more.
 */
export const namedModels: Analysis<NamedModelsParams, NamedModelsResult> = async (
  source,
  scope,
  { models, newer = false },
  signal,
) => {
  const [totals, profiles] = await Promise.all([
    askTotals(source, scope, signal),
    source.modelProfiles(scope, signal),
  ]);
  const total = totals.rows[0];
  const at = total?.lastAt ?? 0;
  const asked = models.map((name) => ({ name, candidate: asCandidate("", name, at) }));
  const named = asked.flatMap(({ candidate }) => candidate ?? []);
  const unplaced: string[] = [];
  const candidatesOf = new Map<string, Candidate[]>();
  for (const row of profiles.rows) {
    const found = [...named];
    const after = newer ? newerModels(row.provider, row.model, at) : [];
    if (after === null) unplaced.push(modelName(row.provider, row.model));
    for (const one of after ?? []) {
      const candidate = asCandidate(one.provider, one.model, at);
      if (candidate) found.push(candidate);
    }
    candidatesOf.set(segmentKey(row.feature, row.provider, row.model), found);
  }
  const steps = stepsOf([...candidatesOf.values()].flat());
  const [usage, { judged, answers }] = await Promise.all([
    source.modelUsage(scope, { steps }, signal),
    askJudgedLog(source, scope, profiles.rows, signal),
  ]);
  const names = new SegmentNames();
  const log: SwapLog = { profiles: profiles.rows, judged, steps, at };
  const swaps = segmentsOf(usage.rows).flatMap((segment) => {
    const key = segmentKey(segment.feature, segment.provider, segment.model);
    return swapsOf(segment, candidatesOf.get(key) ?? [], log, names);
  });
  const chosen = swaps.filter((swap) => swap.chosen);
  const reason =
    swaps.length > 0
      ? null
      : usage.rows.length === 0
        ? "no successful call in range has a price"
        : newer
          ? "no newer model of the same maker and size is known and priced"
          : "the price catalogue knows none of these models";
  const saving = reason === null ? chosen.map(savingOf).reduce(addSavings, NO_SAVING) : null;
  const head = leverHead("model-swap", total?.costUsd ?? null, saving, reason);
  const figures = leverFigures(head);
  figures.add(null, "swaps", "segments with a cheaper asked model", "count", chosen.length);
  for (const swap of swaps.slice(0, MOST_SWAPS)) addSwap(figures, swap);
  return {
    result: {
      ...head,
      swaps,
      unpriced: asked.filter(({ candidate }) => candidate === null).map(({ name }) => name),
      unplaced: [...new Set(unplaced)],
    },
    draft: draftOf(scope, {
      tool: "named-models",
      what: "What each feature's calls would have cost on the models asked about with the same tokens",
      ground: "simulated",
      formula:
        "saving = logged cost − Σ [(input − read − write)·p_in + read·p_read + write·p_write + output·p_out] at the model's catalogue prices for each call's input size",
      answers: [totals, profiles, usage, ...answers],
      chosen: { models: [...models], newer, steps },
      assumptions: [
        "The asked model needs the same number of tokens for the same work; one that reasons before it answers needs more.",
        `Low: ${CAUTION.outputPercent} % more output tokens and, at another provider, ${CAUTION.foreignInputPercent} % more input tokens.`,
        `Prices are those in force at the last call (${new Date(at).toISOString().slice(0, 10)}).`,
        "Latency and quality are those that the log has of the model on the same feature, else unknown.",
      ],
      segmentLabel: "feature and models",
      figures,
    }),
  };
};

/** A segment's asked models, the cheapest first. */
function swapsOf(
  segment: SwapSegment,
  candidates: readonly Candidate[],
  log: SwapLog,
  names: SegmentNames,
): Swap[] {
  const home = asCandidate(segment.provider, segment.model, log.at);
  return candidates
    .filter((one) => one.provider !== home?.provider || one.model !== home.model)
    .filter((one) => fitsContext(segment, one))
    .slice(0, MOST_PER_SEGMENT)
    .map((candidate) => priceOn(segment, candidate, log.steps))
    .sort((a, b) => Number(a.cost - b.cost))
    .map((priced, place) =>
      swapOf(
        segment,
        withEffects(segment, priced, log),
        names,
        place === 0 && priced.cost < segment.cost,
      ),
    );
}

function savingOf(swap: Swap): Saving {
  const { quality } = swap;
  const isProven = quality.state === "measured" && quality.verdict === "no-worse";
  const saving = amount(swap.savingUsd);
  return { low: isProven ? amount(swap.savingLowUsd) : 0n, saving, high: saving };
}
