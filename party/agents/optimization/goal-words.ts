import { optionName } from "../../analysis/goal-options";
import type { GoalResult, PlanOutline } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { cite, findValue, join, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { TriageResult } from "../triage/result";
import type { AskedGoal } from "./goals";
import type { GoalOption } from "./tools";
import { listed, optionWords } from "./words";

const MOST_NAMED = 3;

/** The outcome of the search in a sentence. */
export function tellOutcome(result: GoalResult, evidence: KeptEvidence): RichText {
  switch (result.outcome) {
    case "unavailable":
      return [`No plan can be held against what was asked: ${result.reason}.`];
    case "met":
      return rich`A plan meets all that was asked; it would have saved ${cite(evidence, "saving")} (${cite(evidence, "share")}).`;
    case "no-way":
      return rich`None of ${cite(evidence, "plans")} plans meets all that was asked; the nearest would have saved ${cite(evidence, "saving")} (${cite(evidence, "share")}).`;
  }
}

/** What was asked for, in the user's own figures; empty when nothing was that a plan can be held against. */
export function askedWords(understood: TriageResult, stated: KeptEvidence | null): RichText {
  const parts: RichText[] = [];
  for (const target of understood.targets) {
    if (!stated || !findValue(stated, target.key)) continue;
    const figure = cite(stated, target.key, null, "exact");
    const whose = target.segment === null ? "" : ` for ${target.segment}`;
    if (target.kind === "cost-cut") parts.push(rich`a saving of ${figure}`);
    if (target.kind === "speed-up") parts.push(rich`answers ${figure} times as fast${whose}`);
    if (target.kind === "latency-bound") {
      parts.push(rich`${target.percentile ?? "p95"} of at most ${figure}${whose}`);
    }
  }
  if (understood.keepSpend) parts.push(["no more spend"]);
  if (understood.keepQuality) parts.push(["no lower quality"]);
  return join(parts, ", ");
}

/** The plan that was found, or the nearest miss with what it misses. */
export function tellGoals(
  result: GoalResult,
  evidence: KeptEvidence,
  asked: readonly AskedGoal[],
  options: readonly GoalOption[],
  words: RichText,
): RichText[] {
  if (result.outcome === "unavailable") return [tellOutcome(result, evidence)];
  const shown = result.plan ?? result.nearest;
  if (!shown) return [];
  const names = optionsIn(shown, options);
  const saves = rich`${cite(evidence, "saving")} (${cite(evidence, "share")}; at least ${cite(evidence, "saving_low")})`;
  if (result.plan) {
    const text =
      names.length === 0
        ? rich`Asked: ${words}. It holds today, without any change.`
        : rich`Asked: ${words}. The least risky plan that does it is ${listed(names)}: it would have saved ${saves}.`;
    return [join([text, bounds(shown, evidence, asked)].filter((one) => one.length > 0))];
  }
  const nearest =
    names.length === 0
      ? rich`none of the ${cite(evidence, "plans")} plans that the levers make comes nearer than today`
      : rich`of the ${cite(evidence, "plans")} plans that the levers make, the nearest is ${listed(names)}, which would have saved ${saves}`;
  const first = rich`Asked: ${words}. The logged calls show no way to all of it: ${nearest}.`;
  return [join([first, missed(shown, evidence, asked)].filter((one) => one.length > 0))];
}

/** Speed under the plan, where it was bounded. */
function bounds(plan: PlanOutline, evidence: KeptEvidence, asked: readonly AskedGoal[]): RichText {
  const told = asked.flatMap(({ goal, feature }, index) => {
    const segment = `goal ${index + 1}`;
    return goal.kind === "latency" && plan.goals[index]?.value != null
      ? [
          rich`${goal.percentile} of ${feature || "all calls"} is at most ${cite(evidence, "value", segment)}`,
        ]
      : [];
  });
  return told.length === 0 ? [] : rich`With it, ${join(told.slice(0, MOST_NAMED), ", ")}.`;
}

function missed(plan: PlanOutline, evidence: KeptEvidence, asked: readonly AskedGoal[]): RichText {
  const told = asked.flatMap(({ goal, feature }, index): RichText[] => {
    const segment = `goal ${index + 1}`;
    if (plan.goals[index]?.state !== "missed" || goal.kind === "quality") return [];
    if (findValue(evidence, "value", segment)?.value == null) return [];
    const pair = rich`${cite(evidence, "value", segment)} instead of ${cite(evidence, "asked", segment)}`;
    return [
      goal.kind === "cost-cut"
        ? rich`the saving (${pair})`
        : rich`${goal.percentile} of ${feature || "all calls"} (${pair})`,
    ];
  });
  if (told.length === 0) return [];
  const more = told.length > MOST_NAMED ? " and more" : "";
  return rich`It misses ${join(told.slice(0, MOST_NAMED), ", ")}${more}.`;
}

/** What would settle the goals that are not met, though no log can show it. */
export function tellUnknowable(result: GoalResult, asked: readonly AskedGoal[]): RichText[] {
  const plan = result.plan ?? result.nearest;
  if (!plan) return [];
  const open = (kind: AskedGoal["goal"]["kind"]) =>
    asked.filter(({ goal }, index) => goal.kind === kind && plan.goals[index]?.state !== "met");
  const [slow, unjudged] = [open("latency"), open("quality")];
  const texts: string[] = [];
  if (slow.length > 0) {
    texts.push(
      "How fast other models would answer here is unknown until calls of them are logged; shorter answers, streaming and asking in parallel leave no trace in a log that tells how much faster they would be.",
    );
  }
  if (unjudged.length > 0) {
    texts.push(
      `Whether ${listed([...new Set(unjudged.map(({ feature }) => feature || "the answers"))])} would stay as good is unknown until answers are judged.`,
    );
  }
  return texts.map((text) => [text]);
}

/** Of the plans that no other beats, the one that saves most without a change of answers, with proven ones, with any. */
export function tellFront(
  result: GoalResult,
  evidence: KeptEvidence,
  options: readonly GoalOption[],
): RichText[] {
  const told = new Set<string>();
  return result.front.flatMap((plan, index) => {
    const names = optionsIn(plan, options);
    const risk = riskOf(plan);
    // The largest saving comes first, so that the first plan of each risk is the one that saves most with it.
    if (names.length === 0 || told.has(risk)) return [];
    told.add(risk);
    return [rich`${risk}: ${cite(evidence, "saving", `plan ${index + 1}`)} by ${listed(names)}.`];
  });
}

function riskOf({ options }: PlanOutline): string {
  const has = (quality: PlanOutline["options"][number]["quality"]) =>
    options.some((option) => option.quality === quality);
  if (has("worse") || has("unknown")) return "With changes that have to be tested first";
  return has("no-worse")
    ? "With changes of answers that the labels show to be no worse"
    : "With every answer as it is";
}

function optionsIn(plan: PlanOutline, options: readonly GoalOption[]): string[] {
  const taken = new Set(plan.options.map(({ name }) => name));
  return options.filter((option) => taken.has(optionName(option))).map(optionWords);
}
