import type { ModelSwapResult, Swap } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { cite, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { Effect, Recommendation } from "./result";
import { swapName } from "./words";

/** p95 this much above today's still counts as no slower: less is within what a log's noise shows. */
const SLOWER_FACTOR = 1.05;

export function latencyOf(swap: Swap): Effect {
  const { latency } = swap;
  if (latency.state === "unknown") return "unknown";
  const slower =
    latency.candidateP95Ms > latency.currentP95Ms * SLOWER_FACTOR ||
    latency.candidateP50Ms > latency.currentP50Ms * SLOWER_FACTOR;
  if (slower) return "worse";
  return latency.candidateP95Ms < latency.currentP95Ms / SLOWER_FACTOR ? "better" : "same";
}

export function qualityOf(swap: Swap): Effect {
  const { quality } = swap;
  if (quality.state === "unknown") return "unknown";
  switch (quality.verdict) {
    case "no-worse":
      return "same";
    case "worse":
      return "worse";
    case "undecided":
      return "undecided";
  }
}

/**
 * One swap of each segment as a recommendation. Only one that the log's labels show to be no worse,
 * and its latencies to be no slower, may stand in the plan; the others have to be tested first. What
 * the log speaks against is no recommendation at all.
 */
export function swapRecommendations(
  lever: ModelSwapResult,
  evidence: KeptEvidence,
  keepLatency: boolean,
): Recommendation[] {
  const cited = new Set(evidence.values.map(({ segment }) => segment));
  const bySegment = new Map<string, Recommendation>();
  for (const swap of lever.swaps) {
    if (!cited.has(swap.name) || Number(swap.savingUsd) <= 0) continue;
    if (spokenAgainst(swap, keepLatency)) continue;
    const segment = JSON.stringify([swap.feature, swap.fromProvider, swap.fromModel]);
    const found = recommendation(swap, evidence, keepLatency);
    const known = bySegment.get(segment);
    if (!known || (known.standing === "test-first" && found.standing === "plan")) {
      bySegment.set(segment, found);
    }
  }
  return [...bySegment.values()];
}

function spokenAgainst(swap: Swap, keepLatency: boolean): boolean {
  return qualityOf(swap) === "worse" || (keepLatency && latencyOf(swap) === "worse");
}

function recommendation(swap: Swap, evidence: KeptEvidence, keepLatency: boolean): Recommendation {
  const latency = latencyOf(swap);
  const quality = qualityOf(swap);
  const fast =
    latency === "better" || latency === "same" || (latency === "unknown" && !keepLatency);
  return {
    lever: "model-swap",
    standing: quality === "same" && fast ? "plan" : "test-first",
    ground: "simulated",
    evidence: evidence.label,
    segment: swap.name,
    savingUsd: swap.savingUsd,
    keys: { saving: "saving", low: "saving_low", high: null },
    mainSegment: swap.feature === "" ? null : swap.feature,
    swap: {
      feature: swap.feature,
      fromProvider: swap.fromProvider,
      fromModel: swap.fromModel,
      toProvider: swap.toProvider,
      toModel: swap.toModel,
    },
    caps: [],
    batched: [],
    latency,
    quality,
    why: reasons(quality, latency),
  };
}

function reasons(quality: Effect, latency: Effect): string {
  if (quality === "unknown" && latency === "unknown") return "its quality and speed are unknown";
  const good: Record<Effect, string> = {
    better: "the labels show it to be better",
    same: "the labels show it to be no worse",
    worse: "the labels show it to be worse",
    undecided: "the labels do not settle whether it is as good",
    unknown: "its quality is unknown",
  };
  const fast: Record<Effect, string> = {
    better: "the logged calls show it to be faster",
    same: "the logged calls show it to be as fast",
    worse: "the logged calls show it to be slower",
    undecided: "its speed is not settled",
    unknown: "its speed is unknown",
  };
  return `${good[quality]} and ${fast[latency]}`;
}

/** Candidates that labels or latencies of the log speak against, with the figures that do. */
export function rejectedSwaps(
  lever: ModelSwapResult,
  evidence: KeptEvidence,
  keepLatency: boolean,
): RichText[] {
  const cited = new Set(evidence.values.map(({ segment }) => segment));
  const texts: RichText[] = [];
  for (const swap of lever.swaps) {
    if (!cited.has(swap.name)) continue;
    if (qualityOf(swap) === "worse") {
      texts.push(
        rich`${swapName(swap.name)}: would save ${cite(evidence, "saving", swap.name)}, but its judged quality is ${cite(evidence, "quality_candidate", swap.name, "fine")} against ${cite(evidence, "quality_current", swap.name, "fine")} today.`,
      );
    } else if (keepLatency && latencyOf(swap) === "worse") {
      texts.push(
        rich`${swapName(swap.name)}: would save ${cite(evidence, "saving", swap.name)}, but answers would be slower: p95 ${cite(evidence, "p95_candidate", swap.name)} against ${cite(evidence, "p95_current", swap.name)}, p50 ${cite(evidence, "p50_candidate", swap.name)} against ${cite(evidence, "p50_current", swap.name)}.`,
      );
    }
  }
  return texts;
}
