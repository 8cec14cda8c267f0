import type { Figures } from "./figures";
import { addSavings, amount, leverFigures, leverHead, NO_SAVING, type Saving } from "./lever";
import { sampleNote } from "./quality-sample";
import type { ModelSwapResult, Swap } from "./results";

/** Sixteen values each; evidence holds 600. */
const MOST_SWAPS = 36;

/** The lever's saving: that of the chosen swaps; the low one counts only those that labels show to be no worse. */
export function swapResult(
  swaps: Swap[],
  costUsd: string | null,
  reason: string | null,
): ModelSwapResult {
  const chosen = swaps.filter((swap) => swap.chosen);
  const saving = reason === null ? chosen.map(savingOf).reduce(addSavings, NO_SAVING) : null;
  return { ...leverHead("model-swap", costUsd, saving, reason), swaps };
}

function savingOf({ quality, savingUsd, savingLowUsd }: Swap): Saving {
  const isProven = quality.state === "measured" && quality.verdict === "no-worse";
  const saving = amount(savingUsd);
  return { low: isProven ? amount(savingLowUsd) : 0n, saving, high: saving };
}

/** @param chosen what the chosen swaps are called */
export function swapFigures(result: ModelSwapResult, chosen: string): Figures {
  const figures = leverFigures(result);
  figures.add(null, "swaps", chosen, "count", result.swaps.filter((swap) => swap.chosen).length);
  for (const swap of result.swaps.slice(0, MOST_SWAPS)) addSwap(figures, swap);
  return figures;
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
