import { draftOf } from "./draft";
import type { Figures } from "./figures";
import { askJudgedLog } from "./judged-log";
import { addSavings, amount, leverFigures, leverHead, NO_SAVING } from "./lever";
import { SegmentNames } from "./names";
import { segmentKey } from "./plan-cost";
import { askTotals } from "./profile-questions";
import { sampleNote, USUAL_RULE } from "./quality-sample";
import type { Analysis, ModelSwapResult, Swap } from "./results";
import { type Candidate, candidatesFor, stepsOf } from "./swap-candidates";
import { CAUTION } from "./swap-cost";
import {
  fitsContext,
  type Offer,
  priceOn,
  type SwapLog,
  type SwapSegment,
  segmentsOf,
  swapOf,
  withEffects,
} from "./swap-offers";

const MOST_CANDIDATES = 3;
/** Sixteen values each; evidence holds 600. */
const MOST_SWAPS = 36;
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
  const [totals, profiles] = await Promise.all([
    askTotals(source, scope, signal),
    source.modelProfiles(scope, signal),
  ]);
  const total = totals.rows[0];
  const at = total?.lastAt ?? 0;
  const candidates = new Map<string, Candidate[]>();
  for (const row of profiles.rows) {
    const key = segmentKey(row.feature, row.provider, row.model);
    candidates.set(key, candidatesFor(row, profiles.rows, at));
  }
  const steps = stepsOf([...candidates.values()].flat());
  const [usage, { judged, answers: labels }] = await Promise.all([
    source.modelUsage(scope, { steps }, signal),
    askJudgedLog(source, scope, profiles.rows, signal),
  ]);

  const segments = segmentsOf(usage.rows);
  const names = new SegmentNames();
  const log: SwapLog = { profiles: profiles.rows, judged, steps, at };
  const swaps = segments.flatMap((segment) => {
    const key = segmentKey(segment.feature, segment.provider, segment.model);
    return swapsOf(segment, candidates.get(key) ?? [], log, names);
  });
  const chosen = swaps.filter((swap) => swap.chosen);
  let reason: string | null = null;
  if (segments.length === 0) {
    reason =
      total && total.calls > 0 ? "unpriced: no successful call has a price" : "no calls in range";
  }
  const saving =
    reason === null
      ? chosen
          .map((swap) => ({
            low: isProven(swap) ? amount(swap.savingLowUsd) : 0n,
            saving: amount(swap.savingUsd),
            high: amount(swap.savingUsd),
          }))
          .reduce(addSavings, NO_SAVING)
      : null;
  const head = leverHead("model-swap", total?.costUsd ?? null, saving, reason);
  const figures = leverFigures(head);
  figures.add(null, "swaps", "segments with a cheaper candidate", "count", chosen.length);
  for (const swap of swaps.slice(0, MOST_SWAPS)) addSwap(figures, swap);
  return {
    result: { ...head, swaps },
    draft: draftOf(scope, {
      tool: "lever-model-swap",
      what: "What each feature's calls would have cost on a cheaper model with the same tokens",
      ground: "simulated",
      formula:
        "saving = logged cost − Σ [(input − read − write)·p_in + read·p_read + write·p_write + output·p_out] at the candidate's catalogue prices for each call's input size",
      answers: [totals, profiles, usage, ...labels],
      chosen: { steps },
      assumptions: [
        "The candidate needs the same number of tokens for the same work.",
        `Low: ${CAUTION.outputPercent} % more output tokens and, at another provider, ${CAUTION.foreignInputPercent} % more input tokens.`,
        "The low total counts only candidates that the log's labels show to be no worse.",
        `Prices are those in force at the last call (${new Date(at).toISOString().slice(0, 10)}).`,
        "Cached input stays cached within a provider and is plain input elsewhere.",
        `Quality is unknown without labels; with labels, no worse means that the ${USUAL_RULE.level * 100} % interval of the difference (over common prompts or over each model's own, whichever is narrower) stays above −${USUAL_RULE.margin}.`,
        "What a model can do besides (tools, images, languages) the catalogue does not say: it is unknown.",
      ],
      segmentLabel: "feature and models",
      figures,
    }),
  };
};

/** Whether the log's labels show the candidate to be no worse. */
function isProven({ quality }: Swap): boolean {
  return quality.state === "measured" && quality.verdict === "no-worse";
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

export function addSwap(figures: Figures, swap: Swap): void {
  const { name, quality, latency } = swap;
  figures.usd(name, "saving", "saving", swap.savingUsd);
  figures.usd(name, "saving_low", "saving, low", swap.savingLowUsd);
  figures.usd(name, "cost", "cost now", swap.costUsd);
  figures.usd(name, "cost_new", "cost on the candidate", swap.newCostUsd);
  figures.add(name, "calls", "calls", "calls", swap.calls);
  const measured = quality.state === "measured" ? quality : null;
  const unknownQuality = quality.state === "unknown" ? `unknown: ${quality.reason}` : undefined;
  figures.add(
    name,
    "quality_current",
    "quality now (0–1)",
    "ratio",
    measured?.current ?? null,
    unknownQuality,
  );
  figures.add(
    name,
    "quality_candidate",
    "quality of the candidate (0–1)",
    "ratio",
    measured?.candidate ?? null,
    unknownQuality,
  );
  const needed = quality.needed;
  figures.add(
    name,
    "quality_low",
    "candidate minus current, low",
    "ratio",
    measured?.difference.low ?? null,
    unknownQuality,
  );
  figures.add(
    name,
    "quality_high",
    "candidate minus current, high",
    "ratio",
    measured?.difference.high ?? null,
    unknownQuality,
  );
  figures.add(
    name,
    "sample_needed",
    "labels that would settle it",
    "calls",
    needed?.size ?? null,
    needed ? sampleNote(needed) : "settled",
  );
  const speed = latency.state === "measured" ? latency : null;
  const unknownSpeed = latency.state === "unknown" ? `unknown: ${latency.reason}` : undefined;
  figures.add(
    name,
    "p50_current",
    "p50 latency now",
    "ms",
    speed?.currentP50Ms ?? null,
    unknownSpeed,
  );
  figures.add(
    name,
    "p50_candidate",
    "p50 latency of the candidate",
    "ms",
    speed?.candidateP50Ms ?? null,
    unknownSpeed,
  );
  figures.add(
    name,
    "p95_current",
    "p95 latency now",
    "ms",
    speed?.currentP95Ms ?? null,
    unknownSpeed,
  );
  figures.add(
    name,
    "p95_candidate",
    "p95 latency of the candidate",
    "ms",
    speed?.candidateP95Ms ?? null,
    unknownSpeed,
  );
  figures.add(
    name,
    "context_window",
    "context of the candidate",
    "tokens",
    swap.context.windowTokens,
    swap.context.windowTokens === null
      ? "unknown: the catalogue states none"
      : `longest call: ${swap.context.longestTokens} tokens`,
  );
  figures.add(name, "chosen", "counts in the saving", "count", swap.chosen ? 1 : 0);
}
