import { formatUsd, type Pico, parseUsd } from "../../db/prices";
import { Figures, shareOfUsd } from "./figures";
import type { LeverName, LeverResult } from "./results";

/** Exact amounts of a lever in pico-dollars. */
export interface Saving {
  low: Pico;
  saving: Pico;
  high: Pico;
}

export const NO_SAVING: Saving = { low: 0n, saving: 0n, high: 0n };

export function addSavings(a: Saving, b: Saving): Saving {
  return { low: a.low + b.low, saving: a.saving + b.saving, high: a.high + b.high };
}

/** Widens the range where a cautious replay happens to come out above the central one. */
export function ordered({ low, saving, high }: Saving): Saving {
  const isBelow = low <= saving;
  const isAbove = high >= saving;
  return { low: isBelow ? low : saving, saving, high: isAbove ? high : saving };
}

export function amount(text: string | null): Pico {
  return text === null ? 0n : parseUsd(text);
}

/** The head of every lever's result; `saving` null means that the log cannot tell, for the reason given. */
export function leverHead<Name extends LeverName>(
  lever: Name,
  costUsd: string | null,
  saving: Saving | null,
  reason: string | null,
): LeverResult & { lever: Name } {
  const savingUsd = saving && formatUsd(saving.saving);
  return {
    lever,
    available: saving !== null,
    reason,
    savingUsd,
    savingLowUsd: saving && formatUsd(saving.low),
    savingHighUsd: saving && formatUsd(saving.high),
    share: shareOfUsd(savingUsd, costUsd),
    costUsd,
  };
}

/** The keys that every lever has: `saving`, `saving_low`, `saving_high`, `share`, `cost`. */
export function leverFigures(head: LeverResult): Figures {
  const figures = new Figures();
  const note = head.available ? undefined : (head.reason ?? "not available");
  figures.usd(null, "saving", "saving", head.savingUsd, note);
  figures.usd(null, "saving_low", "saving, low", head.savingLowUsd, note);
  figures.usd(null, "saving_high", "saving, high", head.savingHighUsd, note);
  figures.add(
    null,
    "share",
    "share of cost saved",
    "percent",
    head.share,
    head.share === null ? (note ?? "no priced cost to take a share of") : undefined,
  );
  return figures.usd(null, "cost", "cost in range", head.costUsd);
}
