import { Figures } from "./figures";
import type { Realised, Verification } from "./verification";

/** The evidence of a verification: what is not known stands there with its reason. */
export function verificationFigures(outcome: Verification): Figures {
  const figures = new Figures();
  const known = realisedOf(outcome);
  const note = outcome.state === "verified" ? undefined : outcome.reason;
  const usd = (key: string, label: string, value: number | undefined) =>
    figures.usd(null, key, label, value === undefined ? null : value.toFixed(6), note);
  const share = (key: string, label: string, value: number | undefined) =>
    figures.add(null, key, label, "percent", value === undefined ? null : value * 100, note);
  usd("realised", "saved since it was done", known?.savedUsd);
  usd("realised_low", "saved, low", known?.savedInterval.low);
  usd("realised_high", "saved, high", known?.savedInterval.high);
  usd("promised_low", "promised for the same calls, low", known?.promisedUsd.low);
  usd("promised_high", "promised for the same calls, high", known?.promisedUsd.high);
  share("realised_share", "share of the cost saved", known?.share);
  share("realised_share_low", "share saved, low", known?.shareInterval.low);
  share("realised_share_high", "share saved, high", known?.shareInterval.high);
  usd("cost_after", "cost of the weeks compared since", known?.costUsd);
  const count = (key: string, label: string, unit: "calls" | "count", value: number | undefined) =>
    figures.add(null, key, label, unit, value ?? null, value === undefined ? note : undefined);
  count("calls_after", "calls of the weeks compared since", "calls", known?.calls);
  count("weeks_before", "whole weeks before", "count", known?.weeksBefore);
  count("weeks_after", "whole weeks since", "count", known?.weeksAfter);
  const needed = outcome.state === "too-early" ? outcome.callsNeeded : null;
  figures.add(
    null,
    "calls_needed",
    "more calls needed",
    "calls",
    outcome.state === "verified" ? 0 : needed,
    outcome.state === "verified" ? undefined : note,
  );
  figures.add(
    null,
    "kept",
    "the promise was kept",
    "count",
    outcome.state === "verified" ? Number(outcome.verdict === "kept") : null,
    note,
  );
  return figures;
}

function realisedOf(outcome: Verification): Realised | null {
  switch (outcome.state) {
    case "verified":
      return outcome.realised;
    case "too-early":
      return outcome.soFar;
    case "unknown":
      return null;
  }
}
