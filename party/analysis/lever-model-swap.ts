import {
  askSwaps,
  CAUTIOUS_TOKENS,
  type Candidates,
  candidatesBySegment,
  pricesAt,
  SAME_TOKENS,
  swapFormula,
} from "./ask-swaps";
import { draftOf } from "./draft";
import { SegmentNames } from "./names";
import { segmentKey } from "./plan-cost";
import { USUAL_RULE } from "./quality-sample";
import type { Analysis, ModelSwapResult, Swap } from "./results";
import type { ModelProfileRow } from "./source";
import { type Candidate, candidatesFor } from "./swap-candidates";
import { swapFigures, swapResult } from "./swap-figures";
import {
  fitsContext,
  type Offer,
  priceOn,
  type SwapLog,
  type SwapSegment,
  swapOf,
  withEffects,
} from "./swap-offers";

const MOST_CANDIDATES = 3;
/** A candidate must save at least this part of a segment's cost to be worth a change. */
const LEAST_SAVING_PERCENT = 10n;

/**
 * What each feature's calls would have cost on a cheaper model, with the same tokens. Per segment
 * (feature and model) at most three candidates; the chosen one is the cheapest that labels show to be no
 * worse, else the cheapest that they leave undecided, else the nearest (dearest) one without labels. Nothing here
 * says that a swap is safe: quality is `unknown` unless the log has labels for both models, and the low
 * total counts proven candidates only.
 *
 * Keys (segment null): those of every lever, and `swaps` (chosen ones). Keys per segment
 * (`feature · from → to`): `saving`, `saving_low`, `cost`, `cost_new`, `calls`, `quality_current`,
 * `quality_candidate`, `quality_low` and `quality_high` (of candidate − current), `sample_needed`, `p50_current`,
 * `p50_candidate`, `p95_current`, `p95_candidate`, `context_window`, `chosen` (1 or 0).
 */
export const leverModelSwap: Analysis<Record<string, never>, ModelSwapResult> = async (
  source,
  scope,
  _params,
  signal,
) => {
  const { totals, at, candidates, segments, log, answers } = await askSwaps(
    source,
    scope,
    ownCandidates,
    signal,
  );
  const names = new SegmentNames();
  const swaps = segments.flatMap((segment) => swapsOf(segment, candidates.of(segment), log, names));
  const reason =
    segments.length > 0
      ? null
      : totals && totals.calls > 0
        ? "unpriced: no successful call has a price"
        : "no calls in range";
  const result = swapResult(swaps, totals?.costUsd ?? null, reason);
  return {
    result,
    draft: draftOf(scope, {
      tool: "lever-model-swap",
      what: "What each feature's calls would have cost on a cheaper model with the same tokens",
      ground: "simulated",
      formula: swapFormula("candidate"),
      answers,
      chosen: { steps: [...log.steps] },
      assumptions: [
        SAME_TOKENS,
        CAUTIOUS_TOKENS,
        "The low total counts only candidates that the log's labels show to be no worse.",
        pricesAt(at),
        "Cached input stays cached within a provider and is plain input elsewhere.",
        `Quality is unknown without labels; with labels, no worse means that the ${USUAL_RULE.level * 100} % interval of the difference (over common prompts or over each model's own, whichever is narrower) stays above −${USUAL_RULE.margin}.`,
        "What a model can do besides (tools, images, languages) the catalogue does not say: it is unknown.",
      ],
      segmentLabel: "feature and models",
      figures: swapFigures(result, "segments with a cheaper candidate"),
    }),
  };
};

/** Of each segment, what its own maker and the log offer. */
function ownCandidates(profiles: readonly ModelProfileRow[], at: number): Candidates {
  return candidatesBySegment(
    new Map(
      profiles.map((row) => [
        segmentKey(row.feature, row.provider, row.model),
        candidatesFor(row, profiles, at),
      ]),
    ),
  );
}

/** A segment's candidates that save enough, the chosen one first, the others by what they cost. */
function swapsOf(
  segment: SwapSegment,
  candidates: readonly Candidate[],
  log: SwapLog,
  names: SegmentNames,
): Swap[] {
  const offers = candidates
    .filter((candidate) => fitsContext(segment, candidate))
    .map((candidate) => priceOn(segment, candidate, log.steps))
    .filter(({ cost, cautious }) => {
      const saved = segment.cost - cost;
      return (
        saved * 100n >= segment.cost * LEAST_SAVING_PERCENT && saved > 0n && cautious < segment.cost
      );
    })
    .map((priced) => withEffects(segment, priced, log))
    .sort((a, b) => (b.cost > a.cost ? 1 : b.cost < a.cost ? -1 : 0));

  const verdict = ({ quality }: Offer) =>
    quality.state === "measured" ? quality.verdict : "unknown";
  const proven = offers.filter((offer) => verdict(offer) === "no-worse");
  const undecided = offers.filter((offer) => verdict(offer) === "undecided");
  const unknown = offers.filter((offer) => verdict(offer) === "unknown");
  const best = proven.at(-1) ?? undecided.at(-1) ?? unknown[0] ?? null;
  const shown = best ? [best, ...offers.filter((offer) => offer !== best)] : offers;
  return shown
    .slice(0, MOST_CANDIDATES)
    .map((offer) => swapOf(segment, offer, names, offer === best));
}
