import type { ModelSwapResult, Swap } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { cite, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { Effect, Recommendation } from "./result";

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
 * The chosen swap of each segment as a recommendation. Only one that the log's labels show to be no
 * worse, and its latencies to be no slower, may stand in the plan; the others have to be tested first.
 */
export function swapRecommendations(
  lever: ModelSwapResult,
  evidence: KeptEvidence,
  keepLatency: boolean,
): Recommendation[] {
  const cited = new Set(evidence.values.map(({ segment }) => segment));
  return lever.swaps
    .filter((swap) => swap.chosen && cited.has(swap.name) && Number(swap.savingUsd) > 0)
    .map((swap) => {
      const latency = latencyOf(swap);
      const quality = qualityOf(swap);
      const proven = quality === "same";
      const fast =
        latency === "better" || latency === "same" || (latency === "unknown" && !keepLatency);
      return {
        lever: "model-swap" as const,
        standing: proven && fast ? ("plan" as const) : ("test-first" as const),
        ground: "simulated" as const,
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
        latency,
        quality,
        why: reasons(quality, latency),
      };
    });
}

function reasons(quality: Effect, latency: Effect): string {
  const said: Record<Effect, (what: string) => string> = {
    better: (what) => `${what} is measured to be better`,
    same: (what) => `${what} is measured to be no worse`,
    worse: (what) => `${what} is measured to be worse`,
    undecided: (what) => `the log's labels do not settle its ${what}`,
    unknown: (what) => `its ${what} is unknown`,
  };
  return `${said[quality]("quality")} and ${said[latency]("speed")}`;
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
        rich`${swap.name}: would save ${cite(evidence, "saving", swap.name)}, but its judged quality is ${cite(evidence, "quality_candidate", swap.name)} against ${cite(evidence, "quality_current", swap.name)} today.`,
      );
    } else if (keepLatency && latencyOf(swap) === "worse") {
      texts.push(
        rich`${swap.name}: would save ${cite(evidence, "saving", swap.name)}, but answers would be slower: p95 ${cite(evidence, "p95_candidate", swap.name)} against ${cite(evidence, "p95_current", swap.name)}, p50 ${cite(evidence, "p50_candidate", swap.name)} against ${cite(evidence, "p50_current", swap.name)}.`,
      );
    }
  }
  return texts;
}
