import { formatUsd, type Pico } from "../../db/prices";
import { draftOf } from "./draft";
import type { Figures } from "./figures";
import { addSavings, amount, leverFigures, leverHead, NO_SAVING } from "./lever";
import { featureName, modelName, SegmentNames } from "./names";
import { askTotals } from "./profile-questions";
import type { Analysis, ModelSwapResult, Swap } from "./results";
import type { ModelProfileRow, UsageRow } from "./source";
import { type Candidate, candidatesFor, stepsOf } from "./swap-candidates";
import { CAUTION, costOn } from "./swap-cost";
import { latencyEffect, profileOf, QUALITY_MARGIN, qualityEffect } from "./swap-effects";

const MOST_CANDIDATES = 3;
const MOST_SWAPS = 40;
/** A candidate must save at least this part of a segment's cost to be worth a change. */
const LEAST_SAVING_PERCENT = 10n;

interface Segment {
  feature: string;
  provider: string;
  model: string;
  rows: UsageRow[];
  cost: Pico;
}

/**
 * What each feature's calls would have cost on a cheaper model, with the same tokens. Per segment
 * (feature and model) at most three candidates; the chosen one is the cheapest that labels show to be no
 * worse, else the cheapest that they leave undecided, else the nearest (dearest) one without labels. Nothing here
 * says that a swap is safe: quality is `unknown` unless the log has labels for both models, and the low
 * total counts proven candidates only.
 *
 * Keys (segment null): those of every lever, and `swaps` (chosen ones). Keys per segment
 * (`feature · from → to`): `saving`, `saving_low`, `cost`, `cost_new`, `calls`, `quality_current`,
 * `quality_candidate`, `p50_current`, `p50_candidate`, `p95_current`, `p95_candidate`, `chosen` (1 or 0).
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
  for (const row of profiles.rows)
    candidates.set(keyOf(row), candidatesFor(row, profiles.rows, at));
  const steps = stepsOf([...candidates.values()].flat());
  const usage = await source.modelUsage(scope, { steps }, signal);

  const segments = segmentsOf(usage.rows);
  const names = new SegmentNames();
  const swaps = segments.flatMap((segment) =>
    swapsOf(segment, candidates.get(keyOf(segment)) ?? [], profiles.rows, steps, at, names),
  );
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
      answers: [totals, profiles, usage],
      chosen: { steps },
      assumptions: [
        "The candidate needs the same number of tokens for the same work.",
        `Low: ${CAUTION.outputPercent} % more output tokens and, at another provider, ${CAUTION.foreignInputPercent} % more input tokens.`,
        "The low total counts only candidates that the log's labels show to be no worse.",
        `Prices are those in force at the last call (${new Date(at).toISOString().slice(0, 10)}).`,
        "Cached input stays cached within a provider and is plain input elsewhere.",
        `Quality is unknown without labels; with labels, no worse means within ${QUALITY_MARGIN} of the present mean at 95 % confidence.`,
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

function keyOf(segment: { feature: string; provider: string; model: string }): string {
  return JSON.stringify([segment.feature, segment.provider, segment.model]);
}

function segmentsOf(rows: readonly UsageRow[]): Segment[] {
  const segments = new Map<string, Segment>();
  for (const row of rows) {
    const { feature, provider, model } = row;
    const segment = segments.get(keyOf(row)) ?? { feature, provider, model, rows: [], cost: 0n };
    segment.rows.push(row);
    segment.cost += amount(row.costUsd);
    segments.set(keyOf(row), segment);
  }
  return [...segments.values()].sort((a, b) => (b.cost > a.cost ? 1 : b.cost < a.cost ? -1 : 0));
}

/** A segment's candidates that save enough, the chosen one first, the others by what they cost. */
function swapsOf(
  segment: Segment,
  candidates: readonly Candidate[],
  profiles: readonly ModelProfileRow[],
  steps: readonly number[],
  at: number,
  names: SegmentNames,
): Swap[] {
  const longest = Math.max(...segment.rows.map((row) => row.longestTokens));
  const sum = (candidate: Candidate, cautious: boolean) =>
    segment.rows.reduce((total, row) => total + costOn(candidate, row, steps, cautious), 0n);
  const current = profiles.find((row) => keyOf(row) === keyOf(segment)) ?? null;
  const priced = candidates
    .filter(({ contextWindow }) => contextWindow === null || longest <= contextWindow)
    .map((candidate) => ({
      candidate,
      cost: sum(candidate, false),
      cautious: sum(candidate, true),
    }))
    .filter(({ cost, cautious }) => {
      const saved = segment.cost - cost;
      return (
        saved * 100n >= segment.cost * LEAST_SAVING_PERCENT && saved > 0n && cautious < segment.cost
      );
    })
    .map((found) => {
      const profile = profileOf(found.candidate, segment.feature, profiles, at);
      return {
        ...found,
        quality: qualityEffect(current, profile),
        latency: latencyEffect(current, profile),
      };
    })
    .sort((a, b) => (b.cost > a.cost ? 1 : b.cost < a.cost ? -1 : 0));

  const verdict = ({ quality }: (typeof priced)[number]) =>
    quality.state === "measured" ? quality.verdict : "unknown";
  const proven = priced.filter((found) => verdict(found) === "no-worse");
  const undecided = priced.filter((found) => verdict(found) === "undecided");
  const unknown = priced.filter((found) => verdict(found) === "unknown");
  const best = proven.at(-1) ?? undecided.at(-1) ?? unknown[0] ?? null;
  const shown = best ? [best, ...priced.filter((found) => found !== best)] : priced;
  return shown.slice(0, MOST_CANDIDATES).map((found) => ({
    name: names.name(
      `${featureName(segment.feature)} · ${modelName(segment.provider, segment.model)} → ${modelName(found.candidate.provider, found.candidate.model)}`,
      "",
    ),
    feature: segment.feature,
    fromProvider: segment.provider,
    fromModel: segment.model,
    toProvider: found.candidate.provider,
    toModel: found.candidate.model,
    calls: segment.rows.reduce((total, row) => total + row.calls, 0),
    costUsd: formatUsd(segment.cost),
    newCostUsd: formatUsd(found.cost),
    savingUsd: formatUsd(segment.cost - found.cost),
    savingLowUsd: formatUsd(segment.cost - found.cautious),
    quality: found.quality,
    latency: found.latency,
    chosen: found === best,
  }));
}

function addSwap(figures: Figures, swap: Swap): void {
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
  figures.add(name, "chosen", "counts in the saving", "count", swap.chosen ? 1 : 0);
}
