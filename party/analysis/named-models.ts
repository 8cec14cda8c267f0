import { askSwaps, CAUTIOUS_TOKENS, candidatesBySegment, pricesAt, swapFormula } from "./ask-swaps";
import { draftOf } from "./draft";
import { newerModels } from "./model-releases";
import { modelName, SegmentNames } from "./names";
import { segmentKey } from "./plan-cost";
import type { Analysis, ModelSwapResult, Swap } from "./results";
import { asCandidate, type Candidate } from "./swap-candidates";
import { swapFigures, swapResult } from "./swap-figures";
import {
  fitsContext,
  priceOn,
  type SwapLog,
  type SwapSegment,
  swapOf,
  withEffects,
} from "./swap-offers";

const MOST_PER_SEGMENT = 3;

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
  const unpriced: string[] = [];
  const unplaced = new Set<string>();
  const { totals, at, candidates, segments, log, answers } = await askSwaps(
    source,
    scope,
    (profiles, when) => {
      const named = models.flatMap((name) => {
        const candidate = asCandidate("", name, when);
        if (!candidate) unpriced.push(name);
        return candidate ?? [];
      });
      const found = new Map<string, Candidate[]>();
      for (const row of profiles) {
        const after = newer ? newerModels(row.provider, row.model, when) : [];
        if (after === null) unplaced.add(modelName(row.provider, row.model));
        const later = (after ?? []).flatMap(
          (one) => asCandidate(one.provider, one.model, when) ?? [],
        );
        found.set(segmentKey(row.feature, row.provider, row.model), [...named, ...later]);
      }
      return candidatesBySegment(found);
    },
    signal,
  );
  const names = new SegmentNames();
  const swaps = segments.flatMap((segment) => swapsOf(segment, candidates.of(segment), log, names));
  const reason =
    swaps.length > 0
      ? null
      : segments.length === 0
        ? "no successful call in range has a price"
        : newer
          ? "no newer model of the same maker and size is known and priced"
          : "the price catalogue knows none of these models";
  const result = swapResult(swaps, totals?.costUsd ?? null, reason);
  return {
    result: { ...result, unpriced, unplaced: [...unplaced] },
    draft: draftOf(scope, {
      tool: "named-models",
      what: "What each feature's calls would have cost on the models asked about with the same tokens",
      ground: "simulated",
      formula: swapFormula("model"),
      answers,
      chosen: { models: [...models], newer, steps: [...log.steps] },
      assumptions: [
        "The asked model needs the same number of tokens for the same work; one that reasons before it answers needs more.",
        CAUTIOUS_TOKENS,
        pricesAt(at),
        "Latency and quality are those that the log has of the model on the same feature, else unknown.",
      ],
      segmentLabel: "feature and models",
      figures: swapFigures(result, "segments with a cheaper asked model"),
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
