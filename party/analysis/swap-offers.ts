import { formatUsd, type Pico } from "../../db/prices";
import type { JudgedLog } from "./judged-log";
import { amount } from "./lever";
import { featureName, modelName, type SegmentNames } from "./names";
import { segmentKey } from "./plan-cost";
import type { LatencyEffect, QualityEffect, Swap } from "./results";
import type { ModelProfileRow, UsageRow } from "./source";
import type { Candidate } from "./swap-candidates";
import { costOn } from "./swap-cost";
import { latencyEffect, profileOf, qualityEffect } from "./swap-effects";

/** Successful, priced calls of a feature on a model. */
export interface SwapSegment {
  feature: string;
  provider: string;
  model: string;
  rows: UsageRow[];
  calls: number;
  cost: Pico;
  /** Input and output of its longest call. */
  longestTokens: number;
}

/** What is known of the models at work, for judging a move. */
export interface SwapLog {
  profiles: readonly ModelProfileRow[];
  judged: JudgedLog;
  /** The input steps that `rows` are parted by. */
  steps: readonly number[];
  at: number;
}

/** A candidate for a segment, with what the segment's calls would cost on it. */
export interface PricedCandidate {
  candidate: Candidate;
  cost: Pico;
  /** With more tokens, as caution has it. */
  cautious: Pico;
}

export interface Offer extends PricedCandidate {
  quality: QualityEffect;
  latency: LatencyEffect;
}

/** The dearest first. */
export function segmentsOf(rows: readonly UsageRow[]): SwapSegment[] {
  const segments = new Map<string, SwapSegment>();
  for (const row of rows) {
    const { feature, provider, model } = row;
    const key = segmentKey(feature, provider, model);
    const segment = segments.get(key) ?? {
      feature,
      provider,
      model,
      rows: [],
      calls: 0,
      cost: 0n,
      longestTokens: 0,
    };
    segment.rows.push(row);
    segment.calls += row.calls;
    segment.cost += amount(row.costUsd);
    segment.longestTokens = Math.max(segment.longestTokens, row.longestTokens);
    segments.set(key, segment);
  }
  return [...segments.values()].sort((a, b) => (b.cost > a.cost ? 1 : b.cost < a.cost ? -1 : 0));
}

/** False only where the catalogue states a window that the segment's longest call exceeds. */
export function fitsContext({ longestTokens }: SwapSegment, { contextWindow }: Candidate): boolean {
  return contextWindow === null || longestTokens <= contextWindow;
}

export function priceOn(
  segment: SwapSegment,
  candidate: Candidate,
  steps: readonly number[],
): PricedCandidate {
  const on = (cautious: boolean) =>
    segment.rows.reduce((sum, row) => sum + costOn(candidate, row, steps, cautious), 0n);
  return { candidate, cost: on(false), cautious: on(true) };
}

/** Latency and quality as the log has them of both models on the segment's feature; else unknown. */
export function withEffects(segment: SwapSegment, priced: PricedCandidate, log: SwapLog): Offer {
  const { feature, provider, model } = segment;
  const current =
    log.profiles.find(
      (row) => row.feature === feature && row.provider === provider && row.model === model,
    ) ?? null;
  const profile = profileOf(priced.candidate, feature, log.profiles, log.at);
  return {
    ...priced,
    quality: qualityEffect(current, profile, log.judged),
    latency: latencyEffect(current, profile),
  };
}

export function swapOf(
  segment: SwapSegment,
  { candidate, cost, cautious, quality, latency }: Offer,
  names: SegmentNames,
  chosen: boolean,
): Swap {
  const { feature, provider, model } = segment;
  return {
    name: names.name(
      `${featureName(feature)} · ${modelName(provider, model)} → ${modelName(candidate.provider, candidate.model)}`,
      "",
    ),
    feature,
    fromProvider: provider,
    fromModel: model,
    toProvider: candidate.provider,
    toModel: candidate.model,
    calls: segment.calls,
    costUsd: formatUsd(segment.cost),
    newCostUsd: formatUsd(cost),
    savingUsd: formatUsd(segment.cost - cost),
    savingLowUsd: formatUsd(segment.cost - cautious),
    context: { longestTokens: segment.longestTokens, windowTokens: candidate.contextWindow },
    quality,
    latency,
    chosen,
  };
}
