import { catalogueVersion, findPrice, formatUsd, listPricedModels } from "../../db/prices";
import { askSwaps, CAUTIOUS_TOKENS, pricesAt, SAME_TOKENS, swapFormula } from "./ask-swaps";
import { draftOf } from "./draft";
import { Figures } from "./figures";
import { featureName, modelName, SegmentNames } from "./names";
import { PlanInputError } from "./plan-input";
import { sampleNote } from "./quality-sample";
import type { Analysis, Swap } from "./results";
import { asCandidate, type Candidate } from "./swap-candidates";
import {
  fitsContext,
  priceOn,
  type SwapLog,
  type SwapSegment,
  swapOf,
  withEffects,
} from "./swap-offers";

export interface CatalogueModelsParams {
  /** Candidates listed per segment, 1–20; unless said, 5. */
  most?: number | undefined;
  /** Only models of these providers, as the catalogue names them; unless said, all. */
  providers?: readonly string[] | undefined;
}

/** One feature on one model, against all of the catalogue. */
export interface CatalogueSegment {
  /** The evidence's segment: `feature · provider/model`. */
  name: string;
  feature: string;
  provider: string;
  model: string;
  costUsd: string;
  longestTokens: number;
  /** Priced models that were looked at; those whose stated window is too short; those whose window is not stated. */
  models: number;
  tooShort: number;
  unknownContext: number;
  /** Models that fit and would have cost less, and how many of them are not listed. */
  cheaper: number;
  leftOut: number;
  /** The largest saving first. */
  offers: Swap[];
}

export interface CatalogueModelsResult {
  available: boolean;
  reason: string | null;
  /** The dearest segments first. */
  segments: CatalogueSegment[];
  segmentsLeftOut: number;
}

const USUAL_MOST = 5;
const MOST_SEGMENTS = 8;
/** Evidence holds 600 values; an offer takes eight. */
const MOST_OFFERS = 60;

/**
 * What each feature's calls would have cost on every model of the price catalogue that their longest call fits, with the
 * same tokens: the cheapest of them, and how many were left out. It is a list to look at, not advice: the
 * catalogue says nothing of what a model can do, so that capability is unknown; quality and latency are those
 * that the log has of that model on that feature, else unknown.
 *   saving = logged cost − Σ [(input − read − write)·p_in + read·p_read + write·p_write + output·p_out]
 * at the candidate's prices for each call's input size (source: the price catalogue). Models that charge by the request or
 * apart for reasoning are left out: what they would cost does not follow from the log.
 *
 * Throws PlanInputError.
 *
 * Keys per segment (`feature · model`): `cost`, `longest_call`, `models`, `too_short`, `unknown_context`, `cheaper`, `left_out`.
 * Keys per segment (`feature · from → to`): `saving`, `saving_low`, `saving_high`, `cost_new`, `context_window`,
 * `no_worse` (1 or 0; null: unknown or undecided), `sample_needed`, `p95_candidate`.
 */
export const catalogueModels: Analysis<CatalogueModelsParams, CatalogueModelsResult> = async (
  source,
  scope,
  { most = USUAL_MOST, providers },
  signal,
) => {
  if (!Number.isInteger(most) || most < 1 || most > 20) {
    throw new PlanInputError("most", "must be a whole number from 1 to 20");
  }
  const {
    totals,
    at,
    candidates,
    segments: all,
    log,
    answers,
  } = await askSwaps(
    source,
    scope,
    async (_, when) => {
      const priced = await candidatesOf(providers, when);
      return { all: priced, of: () => priced };
    },
    signal,
  );
  const names = new SegmentNames();
  const segments = all
    .slice(0, MOST_SEGMENTS)
    .map((segment) => offersOf(segment, candidates.of(segment), { log, most, names }));
  const result: CatalogueModelsResult = {
    available: segments.length > 0,
    reason:
      segments.length > 0
        ? null
        : totals && totals.calls > 0
          ? "unpriced: no successful call has a price"
          : "no calls in range",
    segments,
    segmentsLeftOut: all.length - segments.length,
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: "catalogue-models",
      what: "What each feature's calls would have cost on the cheapest models of the price catalogue that they fit, with the same tokens",
      ground: "simulated",
      formula: swapFormula("candidate"),
      answers,
      chosen: { most, providers: providers ? [...providers] : null, catalogue: catalogueVersion },
      assumptions: [
        "What a model can do (tools, images, languages, length of answers) the catalogue does not say: it is unknown, and a cheap model may not do the work at all.",
        SAME_TOKENS,
        CAUTIOUS_TOKENS,
        "A model fits when its stated context holds the longest call; where none is stated, whether it fits is unknown.",
        "Models that charge by the request or apart for reasoning are left out.",
        pricesAt(at),
        ...(result.segmentsLeftOut > 0
          ? [`The ${MOST_SEGMENTS} dearest of ${all.length} features and models are listed.`]
          : []),
      ],
      segmentLabel: "feature and models",
      figures: figuresOf(result),
    }),
  };
};

/** Every model that can be priced by the log's tokens; the catalogue's names for one model count once. */
async function candidatesOf(
  providers: readonly string[] | undefined,
  at: number,
): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  for (const { provider, model } of await listPricedModels(at)) {
    if (providers && !providers.includes(provider)) continue;
    const candidate = asCandidate(provider, model, at);
    if (candidate) found.set(nameOf(candidate), candidate);
  }
  return [...found.values()];
}

function offersOf(
  segment: SwapSegment,
  candidates: readonly Candidate[],
  { log, most, names }: { log: SwapLog; most: number; names: SegmentNames },
): CatalogueSegment {
  const { feature, provider, model } = segment;
  const own = findPrice(provider, model, log.at);
  const others = candidates.filter(
    (one) => !own.priced || one.provider !== own.provider || one.model !== own.model,
  );
  const fitting = others.filter((candidate) => fitsContext(segment, candidate));
  const cheaper = fitting
    .map((candidate) => priceOn(segment, candidate, log.steps))
    .filter(({ cost }) => cost < segment.cost)
    .sort(
      (a, b) =>
        Number(a.cost > b.cost) - Number(a.cost < b.cost) ||
        (nameOf(a.candidate) < nameOf(b.candidate) ? -1 : 1),
    );
  const name = names.name(`${featureName(feature)} · ${modelName(provider, model)}`, "");
  const offers = cheaper
    .slice(0, most)
    .map((priced) => swapOf(segment, withEffects(segment, priced, log), names, false));
  return {
    name,
    feature,
    provider,
    model,
    costUsd: formatUsd(segment.cost),
    longestTokens: segment.longestTokens,
    models: others.length,
    tooShort: others.length - fitting.length,
    unknownContext: fitting.filter(({ contextWindow }) => contextWindow === null).length,
    cheaper: cheaper.length,
    leftOut: cheaper.length - offers.length,
    offers,
  };
}

function nameOf({ provider, model }: Candidate): string {
  return modelName(provider, model);
}

function figuresOf(result: CatalogueModelsResult): Figures {
  const figures = new Figures();
  for (const one of result.segments) {
    figures.usd(one.name, "cost", "cost now", one.costUsd);
    figures.add(one.name, "longest_call", "longest call", "tokens", one.longestTokens);
    figures.add(one.name, "models", "priced models looked at", "count", one.models);
    figures.add(one.name, "too_short", "models with too short a context", "count", one.tooShort);
    figures.add(
      one.name,
      "unknown_context",
      "models without a stated context",
      "count",
      one.unknownContext,
    );
    figures.add(one.name, "cheaper", "models that fit and cost less", "count", one.cheaper);
    figures.add(one.name, "left_out", "cheaper models not listed", "count", one.leftOut);
  }
  const offers = result.segments.flatMap((one) => one.offers).slice(0, MOST_OFFERS);
  for (const offer of offers) addOffer(figures, offer);
  return figures;
}

function addOffer(figures: Figures, { name, quality, latency, context, ...swap }: Swap): void {
  figures.usd(name, "saving", "saving", swap.savingUsd);
  figures.usd(name, "saving_low", "saving, low", swap.savingLowUsd);
  figures.usd(name, "saving_high", "saving, high", swap.savingUsd);
  figures.usd(name, "cost_new", "cost on the candidate", swap.newCostUsd);
  figures.add(
    name,
    "context_window",
    "context of the candidate",
    "tokens",
    context.windowTokens,
    context.windowTokens === null ? "unknown: the catalogue states none" : undefined,
  );
  const verdict = quality.state === "measured" ? quality.verdict : "unknown";
  const isSettled = verdict === "no-worse" || verdict === "worse";
  figures.add(
    name,
    "no_worse",
    "shown to be no worse",
    "count",
    isSettled ? Number(verdict === "no-worse") : null,
    isSettled ? undefined : quality.state === "unknown" ? `unknown: ${quality.reason}` : verdict,
  );
  figures.add(
    name,
    "sample_needed",
    "labels that would settle it",
    "calls",
    quality.needed?.size ?? null,
    quality.needed ? sampleNote(quality.needed) : "settled",
  );
  const speed = latency.state === "measured" ? latency : null;
  figures.add(
    name,
    "p95_candidate",
    "p95 latency of the candidate",
    "ms",
    speed?.candidateP95Ms ?? null,
    latency.state === "unknown" ? `unknown: ${latency.reason}` : undefined,
  );
}
