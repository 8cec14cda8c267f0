import type { ReportAction, RichText } from "../../protocol";
import { CALLS, cite, counted, findValue, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { Effect, Recommendation } from "../optimization/result";

type Template = Pick<
  ReportAction,
  | "title"
  | "change"
  | "owner"
  | "effort"
  | "risk"
  | "riskReason"
  | "latency"
  | "quality"
  | "verification"
  | "rollback"
>;

/** A recommendation as something a person can do, check and undo. Figures come from its evidence. */
export function actionOf(one: Recommendation, evidence: KeptEvidence, id: string): ReportAction {
  const figure = (key: string | null) => {
    const value = key === null ? null : findValue(evidence, key, one.segment);
    return value === null || value.value === null || key === null
      ? null
      : cite(evidence, key, one.segment);
  };
  return {
    id,
    lever: one.lever,
    ...template(one, evidence),
    saving: figure(one.keys.saving),
    savingLow: figure(one.keys.low),
    savingHigh: figure(one.keys.high),
    ground: one.ground,
    evidence: [one.evidence],
    state: "proposed",
    feature: one.swap?.feature ?? null,
  };
}

function template(one: Recommendation, evidence: KeptEvidence): Template {
  switch (one.lever) {
    case "response-cache":
      return responseCache(one, evidence);
    case "prompt-cache":
      return promptCache(one, evidence);
    case "retry-waste":
      return retryWaste(one, evidence);
    case "model-swap":
      return modelSwap(one, evidence);
    case "output-cap":
      return outputCap(one, evidence);
    case "batch":
      return batch(one);
  }
}

/** "Start with X", where the log names segments. */
function startWith(one: Recommendation, evidence: KeptEvidence): RichText {
  const main = one.mainSegment;
  if (main === null || main.startsWith("(") || !findValue(evidence, "saving", main)) return [];
  return rich` Start with ${main}, where ${cite(evidence, "saving", main)} of it lies.`;
}

function responseCache(one: Recommendation, evidence: KeptEvidence): Template {
  return {
    title: "Answer exact repeats from a cache",
    change: rich`Put a cache in front of the model calls, keyed by provider, model, every parameter and the whole prompt, and keep an answer for a day since its last use. ${cite(evidence, "repeats_counted")} of the logged calls would have been served from it.${startWith(one, evidence)}`,
    owner: "Backend engineer",
    effort: "medium",
    risk: "low",
    riskReason: [
      "A cached answer can be out of date: leave out prompts that ask for the present time or for changing data, and never share entries between tenants.",
    ],
    latency: [
      "Repeated calls get faster, because no model is called; the others stay as they are.",
    ],
    quality: ["The same answer as before to the same prompt."],
    verification:
      "Count the calls that repeat provider, model and prompt hash of a call of the day before, per day, before and after: the count that still reaches the provider must go towards zero.",
    rollback: "Switch the cache off; the next call goes to the model again. Nothing else changes.",
  };
}

function promptCache(one: Recommendation, evidence: KeptEvidence): Template {
  return {
    title: "Cache the shared prompt prefixes",
    change: rich`Put what is the same in every prompt (instructions, tools, documents) first and what changes last, and switch on the provider's prompt cache. With entries that live five minutes, ${cite(evidence, "hit_share", null, "fine")} of the input would have been read from it.${startWith(one, evidence)}`,
    owner: "Backend engineer",
    effort: "low",
    risk: "low",
    riskReason: [
      "Where the provider charges for cache writes, prompts that are not repeated in time cost more; the figure takes that into account.",
    ],
    latency: ["A cached prefix is read faster, but how much faster is unknown from this log."],
    quality: ["The model sees the same prompt, so the answers stay the same."],
    verification:
      "Sum cached input tokens and input tokens per day and model: their ratio must rise towards the share given here, and the input cost per call must fall.",
    rollback: "Switch prompt caching off, or restore the former order of the prompt.",
  };
}

function retryWaste(one: Recommendation, evidence: KeptEvidence): Template {
  return {
    title: "Stop repeating calls that keep failing",
    change: rich`Repeat a failed call only when its error can pass by itself (rate limits, time-outs), wait longer each time, and open a breaker per provider and model when failures pile up. ${counted(evidence, "errors", CALLS)} failed in the range.${startWith(one, evidence)}`,
    owner: "Backend engineer",
    effort: "low",
    risk: "low",
    riskReason: [
      "A breaker that opens too soon refuses calls that would have worked: start with a high threshold and watch it.",
    ],
    latency: ["Users hear of a failure sooner; calls that succeed are as fast as before."],
    quality: ["Unchanged: a failed call gives no answer."],
    verification:
      "Sum the cost of failed calls whose attempt is the second or later, per day and feature, before and after: it must go towards zero while the share of successful requests stays.",
    rollback: "Restore the former retry settings.",
  };
}

function modelSwap(one: Recommendation, evidence: KeptEvidence): Template {
  const { swap, segment } = one;
  const feature = swap?.feature ? `the calls of ${swap.feature}` : "the calls";
  const to = swap ? (swap.toProvider ? `${swap.toProvider}/${swap.toModel}` : swap.toModel) : "";
  const from = swap
    ? swap.fromProvider
      ? `${swap.fromProvider}/${swap.fromModel}`
      : swap.fromModel
    : "";
  const cost = rich`${counted(evidence, "calls", CALLS, segment)} that cost ${cite(evidence, "cost", segment)} would have cost ${cite(evidence, "cost_new", segment)} with the same tokens.`;
  const testFirst = one.standing === "test-first";
  return {
    title: testFirst
      ? `Test ${to} for ${swap?.feature || "these calls"}`
      : `Move ${swap?.feature || "these calls"} to ${to}`,
    change: testFirst
      ? rich`Send a small, random part of ${feature} to ${to} instead of ${from}, judge both on the same questions, and move the rest only when the labels show no loss and the measured latency is no worse. ${cost}`
      : rich`Send ${feature} to ${to} instead of ${from}, behind a switch, a part at a time. ${cost}`,
    owner: "Owner of the feature, with a backend engineer",
    effort: testFirst ? "medium" : "low",
    risk: one.quality === "same" && one.latency !== "worse" ? "medium" : "high",
    riskReason: [
      `What the log shows: ${one.why}. Prompts written for one model may need changes for another.`,
    ],
    latency: latencyText(one.latency, evidence, segment),
    quality: qualityText(one.quality, evidence, segment),
    verification:
      "Compare cost per call, p95 latency, share of failed calls and mean quality label of the feature by model, for the calls after the change and for the same number of calls before.",
    rollback: "Turn the switch back: the next call goes to the former model.",
  };
}

function latencyText(effect: Effect, evidence: KeptEvidence, segment: string | null): RichText {
  if (effect === "unknown")
    return ["Unknown: the log has too few latencies of this model on this feature."];
  const told = effect === "worse" ? "Slower" : effect === "better" ? "Faster" : "About the same";
  return rich`${told} by the logged calls: p95 ${cite(evidence, "p95_candidate", segment)} against ${cite(evidence, "p95_current", segment)}.`;
}

function qualityText(effect: Effect, evidence: KeptEvidence, segment: string | null): RichText {
  if (effect === "unknown")
    return ["Unknown: the log has too few quality labels to compare the two models."];
  const told =
    effect === "same"
      ? "No worse by the labels"
      : effect === "undecided"
        ? "Not settled by the labels"
        : "Worse by the labels";
  return rich`${told}: ${cite(evidence, "quality_candidate", segment, "fine")} against ${cite(evidence, "quality_current", segment, "fine")}.`;
}

function outputCap(one: Recommendation, evidence: KeptEvidence): Template {
  const first = one.caps
    .map(({ feature }) => feature)
    .slice(0, 3)
    .join(", ");
  return {
    title: "Test a bound on the length of answers",
    change: rich`Ask for shorter answers in the prompt and set the largest number of output tokens to about twice the usual answer of each feature${first === "" ? "" : `, first on ${first}`}. ${cite(evidence, "truncated")} of the logged answers (${cite(evidence, "truncated_share")}) would have been cut.`,
    owner: "Owner of the feature",
    effort: "low",
    risk: "high",
    riskReason: [
      "A cut answer may be of no use and be asked for again, and then nothing is saved: look at a sample of the longest answers first.",
    ],
    latency: ["Long answers end sooner; the others stay as they are."],
    quality: ["Unknown: whether a cut answer is of use, the log does not tell."],
    verification:
      "Compare output tokens per call, the share of answers that end at the bound, and repeated questions of the same session, before and after.",
    rollback: "Remove the bound; the next answer is as long as before.",
  };
}

function batch(one: Recommendation): Template {
  const features = one.batched.join(" and ");
  return {
    title: `Send ${features} in batches`,
    change: [
      `Collect the calls of ${features} and hand them to the provider's batch interface, which answers within a day at a lower price. Keep a way to send single calls at once.`,
    ],
    owner: "Backend engineer",
    effort: "medium",
    risk: "low",
    riskReason: [
      "A batch may take up to a day, and single calls in it may fail: read the result of each, and send again what failed.",
    ],
    latency: ["Up to a day, which the question says is fine for these answers."],
    quality: ["The same model reads the same prompt, so the answers stay the same."],
    verification:
      "Sum the cost of the feature's calls per day before and after: it must fall by the provider's discount, and every call must have an answer within a day.",
    rollback: "Send the calls one by one again; nothing else changes.",
  };
}
