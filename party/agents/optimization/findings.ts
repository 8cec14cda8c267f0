import type {
  JointPlanResult,
  LeverResult,
  ModelSwapResult,
  PromptCacheResult,
  ResponseCacheResult,
  RetryWasteResult,
} from "../../analysis/results";
import type { RichText } from "../../protocol";
import { CALLS, cite, counted, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import { swapName } from "./swaps";

/** Whether a lever saves anything that the log can show. */
export function saves(lever: LeverResult): boolean {
  return lever.available && lever.savingUsd !== null && Number(lever.savingUsd) > 0;
}

function saving(evidence: KeptEvidence): RichText {
  return rich`${cite(evidence, "saving")} (${cite(evidence, "share")} of the spend; between ${cite(evidence, "saving_low")} and ${cite(evidence, "saving_high")})`;
}

export function tellResponseCache(lever: ResponseCacheResult, evidence: KeptEvidence): RichText {
  if (!lever.available) return [`A cache of whole answers cannot be judged: ${lever.reason}.`];
  if (lever.repeats === 0) {
    return rich`None of the ${cite(evidence, "hashed_calls")} calls with a known prompt repeats an earlier one exactly: a cache of whole answers would save nothing.`;
  }
  const text = rich`${counted(evidence, "repeats", ["call repeats", "calls repeat"])} an earlier one exactly`;
  return saves(lever)
    ? rich`${text}; a cache of whole answers that keeps them for a day would have saved ${saving(evidence)}.`
    : rich`${text}, but none comes within a day of the one before: a cache of whole answers would save nothing.`;
}

export function tellPromptCache(lever: PromptCacheResult, evidence: KeptEvidence): RichText {
  if (lever.calls === 0) {
    return [
      "A cache of prompt prefixes cannot be judged: the log has no prefix blocks, so shared prefixes cannot be told.",
    ];
  }
  const lived = lever.limited.lifetimeSeconds === 300 ? "five minutes" : "the asked time";
  const reuse = rich`Of the input tokens, ${cite(evidence, "hit_share_unlimited", null, "fine")} repeat a prefix seen before (unlimited prefix cache) and ${cite(evidence, "hit_share", null, "fine")} do so within ${lived} of its last use`;
  if (!lever.available) {
    return rich`${reuse}; what a prefix cache would save is unknown: ${lever.reason ?? "no price"}.`;
  }
  return saves(lever)
    ? rich`${reuse}; a prefix cache of ${lived} would have saved ${saving(evidence)}.`
    : rich`${reuse}; at these models' prices a prefix cache would not pay for itself.`;
}

export function tellModelSwap(lever: ModelSwapResult, evidence: KeptEvidence): RichText {
  if (!lever.available) return [`Cheaper models cannot be priced: ${lever.reason}.`];
  const first = lever.swaps.find(({ chosen }) => chosen);
  if (!first)
    return ["No cheaper priced model of the same kind would save enough to be worth a change."];
  return rich`With the same tokens, cheaper models would have cost ${saving(evidence)} less; the largest part is ${swapName(first.name)}: ${cite(evidence, "saving", first.name)}.`;
}

export function tellRetryWaste(lever: RetryWasteResult, evidence: KeptEvidence): RichText {
  if (!lever.available) return [`The cost of failed repetitions is unknown: ${lever.reason}.`];
  if (lever.errors === 0)
    return ["No failed call is logged, so no money went into failed repetitions."];
  return saves(lever)
    ? rich`Repeated attempts that failed again cost ${saving(evidence)}.`
    : rich`${counted(evidence, "errors", CALLS)} failed, but none of them was a repeated attempt that cost money.`;
}

export function tellPlan(plan: JointPlanResult, evidence: KeptEvidence): RichText {
  if (!plan.available) return [`There is no joint plan: ${plan.reason}.`];
  return rich`Joined on the same calls, with no dollar counted twice, the levers would have saved ${cite(evidence, "saving")} of ${cite(evidence, "cost")} (${cite(evidence, "share")}), between ${cite(evidence, "saving_low")} and ${cite(evidence, "saving_high")}.`;
}
