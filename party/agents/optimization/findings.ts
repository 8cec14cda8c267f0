import type { NamedModelsResult } from "../../analysis/named-models";
import type { PlanUnderGrowthResult } from "../../analysis/plan-under-growth";
import type {
  BatchResult,
  CascadeResult,
  JointPlanResult,
  LeverResult,
  ModelSwapResult,
  OutputCapResult,
  PrefixBreaksResult,
  PromptCacheResult,
  ResponseCacheResult,
  RetryWasteResult,
  Swap,
} from "../../analysis/results";
import type { RichText } from "../../protocol";
import { CALLS, cite, counted, findValue, join, rich, sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import { unsigned } from "../data/findings";
import type { Recommendation } from "./result";
import { listed, swapName } from "./words";

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
    ? rich`${reuse}; a prefix cache of ${lived} would have saved ${saving(evidence)}. All input at the price of a cached read would look like ${cite(evidence, "saving_naive")}, which no cache reaches.`
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

/** Where prompts that begin alike part, the dearest place first. */
export function tellPrefixBreaks(found: PrefixBreaksResult, evidence: KeptEvidence): RichText {
  const [first] = found.breaks;
  if (!first) return ["No place was found at which many prompts that begin alike part."];
  const cost =
    first.lostUsd === null
      ? rich`what that costs is unknown, as cached input has no price there`
      : rich`at most ${cite(evidence, "lost", first.name)} could be saved by moving what changes to the prompt's end`;
  return rich`Shared prompts part most dearly at ${first.name}, on ${counted(evidence, "calls", CALLS, first.name)}: ${cost}.`;
}

export function tellBatch(lever: BatchResult, evidence: KeptEvidence): RichText {
  if (!lever.available) return [`What batches would save is unknown: ${lever.reason}.`];
  const features = [...new Set(lever.segments.map(({ feature }) => feature))].join(" and ");
  return rich`Answered in batches, as ${features} may wait, the same calls would have cost ${saving(evidence)} less.`;
}

export function tellOutputCap(lever: OutputCapResult, evidence: KeptEvidence): RichText {
  if (!lever.available) return [`What shorter answers would save is unknown: ${lever.reason}.`];
  return saves(lever)
    ? rich`Answers of at most about twice their usual length would have saved ${cite(evidence, "saving")} (${cite(evidence, "share")}) and cut ${cite(evidence, "truncated_share")} of them; nothing, where a cut answer has to be asked for again.`
    : [
        "Hardly any answer is longer than twice its feature's usual length: a cap would save nothing.",
      ];
}

/** The share of calls up to which a cascade pays; which share it would be, no log tells. */
export function tellCascade(
  lever: CascadeResult,
  evidence: KeptEvidence,
  swap?: Recommendation["swap"],
): RichText {
  if (!lever.available) return [`A cascade cannot be reckoned: ${lever.reason}.`];
  const at = "30 % escalated";
  if ((sizeOf(evidence, "break_even") ?? 0) <= 0 || !findValue(evidence, "saving", at)) {
    return ["Asking the small model first would cost more than it saves."];
  }
  const asking = swap
    ? `On ${swap.feature || "these calls"}, asking ${swap.toModel} first and ${swap.fromModel} for what it cannot answer`
    : "Asking the smaller model first";
  return rich`${asking} pays as long as fewer than ${cite(evidence, "break_even")} of the calls go on to the second; all of them on the first alone would cost ${cite(evidence, "cost_small")} instead of ${cite(evidence, "cost")}. Which share it would be, only a test shows.`;
}

/** Of each asked model, where it would save most, and where the log knows how it does. */
export function tellNamedModels(found: NamedModelsResult, evidence: KeptEvidence): RichText {
  const unpriced =
    found.unpriced.length > 0
      ? [`The price catalogue has no price by the token for ${found.unpriced.join(", ")}.`]
      : [];
  if (!found.available) {
    return join(
      [[`What these models would cost is unknown: ${found.reason}.`], unpriced].filter(
        (text) => text.length > 0,
      ),
    );
  }
  const cited = found.swaps.filter(({ name }) => findValue(evidence, "saving", name) !== null);
  const models = [...new Set(cited.map(({ toModel }) => toModel))];
  const told = models
    .map((model) => cited.filter(({ toModel }) => toModel === model))
    .map((own) => own.sort((a, b) => Number(b.savingUsd) - Number(a.savingUsd)))
    .sort((a, b) => Number(b[0]?.savingUsd ?? 0) - Number(a[0]?.savingUsd ?? 0))
    .slice(0, MOST_MODELS)
    .map((own) => tellModel(own, evidence));
  return join([...told, unpriced].filter((text) => text.length > 0));
}

/** Asked models that are told one by one; all stand in the report's table. */
const MOST_MODELS = 3;

function tellModel(own: readonly Swap[], evidence: KeptEvidence): RichText {
  const [best] = own;
  if (!best) return [];
  const cost =
    Number(best.savingUsd) > 0
      ? rich`${best.toModel} would save most on ${best.feature || "these calls"}: ${cite(evidence, "cost_new", best.name)} instead of ${cite(evidence, "cost", best.name)} on ${best.fromModel}`
      : rich`${best.toModel} would be cheaper on no feature; it comes nearest on ${best.feature || "these calls"} with ${cite(evidence, "cost_new", best.name)} instead of ${cite(evidence, "cost", best.name)}`;
  const known = own.filter(
    ({ quality, latency }) => quality.state === "measured" && latency.state === "measured",
  );
  const judged = [...new Set(known.map(({ feature }) => feature || "these calls"))];
  return judged.length > 0
    ? rich`${cost}; the log knows its speed and quality on ${listed(judged)}.`
    : rich`${cost}; how fast and how good its answers would be is unknown, because too few calls of it are logged or judged there.`;
}

export function tellGrowth(grown: PlanUnderGrowthResult, evidence: KeptEvidence): RichText {
  if (!grown.available) return [`What growth would cost is unknown: ${grown.reason}.`];
  const below = sizeOf(evidence, "below_today") ?? 0;
  const against =
    below === 0
      ? rich`as much as today`
      : below > 0
        ? rich`${cite(evidence, "below_today")} below today`
        : rich`${unsigned(cite(evidence, "below_today"))} above today`;
  return rich`At the stated growth the same calls would cost ${cite(evidence, "cost_grown")}, and with the plan ${cite(evidence, "cost_grown_planned")}: ${against}.`;
}
