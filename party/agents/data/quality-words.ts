import type { CompareQualityResult } from "../../analysis/compare-quality";
import type { NewModelsResult } from "../../analysis/new-models";
import type { RichText } from "../../protocol";
import { cite, findValue, join, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";

const MOST_COMPARISONS = 4;
const MOST_NEW = 3;

/** Which of two models of a feature the labels show to be as good; where they settle nothing, how many would. */
export function tellQualityComparison(
  found: CompareQualityResult,
  evidence: KeptEvidence,
): RichText {
  const cited = found.comparisons.filter(({ name }) => findValue(evidence, "difference", name));
  const measured = cited.filter(({ outcome }) => outcome.state === "measured");
  if (cited.length === 0) {
    return ["No feature is served by more than one model, so the labels compare none."];
  }
  if (measured.length === 0) {
    return [
      "Whether one model is as good as another is unknown: too few answers of both are judged on the same feature.",
    ];
  }
  const told = measured.slice(0, MOST_COMPARISONS).map((one) => tellComparison(one, evidence));
  return rich`Judged quality, the cheaper model against the dearer: ${join(told, "; ")}.`;
}

function tellComparison(
  { name, outcome }: CompareQualityResult["comparisons"][number],
  evidence: KeptEvidence,
): RichText {
  const pair = rich`${name}: ${cite(evidence, "quality_candidate", name, "fine")} against ${cite(evidence, "quality_current", name, "fine")}`;
  if (outcome.state !== "measured") return pair;
  switch (outcome.verdict) {
    case "no-worse":
      return rich`${pair}, shown to be no worse`;
    case "worse":
      return rich`${pair}, shown to be worse`;
    case "undecided":
      return outcome.needed
        ? rich`${pair}, not settled; about ${cite(evidence, "sample_needed", name)} judged answers would settle it`
        : rich`${pair}, not settled`;
  }
}

/** What an upgrade left in the log: each new model with its cost, speed and quality, and whether to keep it. */
export function tellNewModels(found: NewModelsResult, evidence: KeptEvidence): RichText {
  if (found.unavailable !== null) {
    return [
      "Whether a feature uses a new model cannot be told: the log does not reach back far enough.",
    ];
  }
  if (found.moves.length === 0) {
    return [
      "No feature used a model in that time that it did not use before: the log shows no upgrade, so there is nothing to roll back.",
    ];
  }
  return join(found.moves.slice(0, MOST_NEW).map((move) => tellMove(move, evidence)));
}

function tellMove(
  { name, latency, quality, verdict }: NewModelsResult["moves"][number],
  evidence: KeptEvidence,
): RichText {
  const speed =
    latency.state === "measured"
      ? rich`p95 ${cite(evidence, "p95_candidate", name)} against ${cite(evidence, "p95_current", name)}`
      : ["speed not known from enough calls"];
  const judged =
    quality.state === "measured"
      ? rich`judged ${cite(evidence, "quality_candidate", name, "fine")} against ${cite(evidence, "quality_current", name, "fine")}`
      : ["quality not known, as too few answers are judged"];
  const advice = {
    keep: "Keep it.",
    "roll-back": "Roll it back: nothing in the log speaks for it.",
    open: "The log does not settle it: judge a sample of both before going on.",
  }[verdict];
  return rich`${name}: ${cite(evidence, "cost_per_call", name)} a call against ${cite(evidence, "cost_per_call_before", name)}, ${speed}, ${judged}. ${advice}`;
}
