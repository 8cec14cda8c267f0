import type { GoalResult, JointLever, JointPlanResult, LeverResult } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { StepContext } from "../core/step-context";
import type { ToolUse } from "../core/tool";
import type { DataResult } from "../data/result";
import type { TriageResult } from "../triage/result";
import { tellCascade } from "./findings";
import { askedWords, tellFront, tellGoals, tellUnknowable } from "./goal-words";
import { type AskedGoal, goalsOf, optionsOf } from "./goals";
import { batchOf, capsOf, outputCapOf, wholeLever } from "./recommend";
import type { OptimizationResult, Recommendation } from "./result";
import { rejectedSwaps, swapRecommendations } from "./swaps";
import {
  batchTool,
  cascadeTool,
  type GoalOption,
  jointPlanTool,
  modelSwapTool,
  namedModelsTool,
  outputCapTool,
  type PlanChoice,
  planUnderGrowthTool,
  prefixBreaksTool,
  promptCacheTool,
  responseCacheTool,
  retryWasteTool,
  solveGoalsTool,
} from "./tools";
import { verdicts } from "./verdicts";

/** Lifetime of a provider's prompt cache entry since its last use, as the large providers have it. */
const PROMPT_CACHE_SECONDS = 300;

/**
 * The rules' way: every lever that the question allows, ranked; the joint plan of those that the log can vouch for,
 * and with those that need a test; where goals were stated, the search for the least risky plan that meets them.
 */
export async function optimise(
  understood: TriageResult,
  profile: DataResult,
  context: StepContext,
): Promise<OptimizationResult> {
  const named = (label: string | null) =>
    context.evidence.find((evidence) => evidence.label === label) ?? null;
  const asksForModels = understood.candidates.length > 0 || understood.wantsNewer;
  const keepLatency =
    understood.keepLatency || understood.targets.some(({ kind }) => kind === "speed-up");
  const looksDeeper = understood.filters.feature?.length === 1;
  const caps =
    understood.keepQuality || asksForModels ? [] : capsOf(named(profile.evidence.byFeature));
  const [retryWaste, responseCache, promptCache, modelSwap, asked, batch, outputCap, breaks] =
    await Promise.all([
      context.attempt(retryWasteTool, {}),
      context.attempt(responseCacheTool, {}),
      context.attempt(promptCacheTool, { lifetimeSeconds: PROMPT_CACHE_SECONDS }),
      asksForModels ? null : context.attempt(modelSwapTool, {}),
      asksForModels
        ? context.attempt(namedModelsTool, {
            models: understood.candidates,
            newer: understood.wantsNewer,
          })
        : null,
      understood.mayWait.length > 0
        ? context.attempt(batchTool, { features: understood.mayWait })
        : null,
      caps.length > 0 ? context.attempt(outputCapTool, { caps }) : null,
      looksDeeper || understood.focus[0] === "caching"
        ? context.attempt(prefixBreaksTool, {})
        : null,
    ]);
  const swaps = asked ?? modelSwap;
  const recommendations = [
    ...wholeLever(retryWaste),
    ...wholeLever(responseCache),
    ...wholeLever(promptCache),
    ...batchOf(batch, understood.mayWait),
    ...outputCapOf(outputCap, caps),
    ...(swaps?.evidence ? swapRecommendations(swaps.result, swaps.evidence, keepLatency) : []),
  ].sort(
    (a, b) =>
      Number(a.standing === "test-first") - Number(b.standing === "test-first") ||
      Number(b.savingUsd) - Number(a.savingUsd),
  );
  const vouched = recommendations.filter(({ standing }) => standing !== "test-first");
  const firstTest = recommendations.find(
    ({ standing, swap }) => standing === "test-first" && swap !== null,
  );
  const options = optionsOf(recommendations);
  const latency = named(profile.evidence.latency);
  const goals = goalsOf(understood, latency, options);
  const growth = understood.targets.find(({ kind }) => kind === "growth");
  const cut = understood.targets.find(({ kind }) => kind === "cost-cut");
  const plan = planOf(vouched);
  const [joined, withTests, solved, grown, cascade] = await Promise.all([
    plan ? context.attempt(jointPlanTool, plan) : null,
    // Where goals were stated, the search weighs what has to be tested; else all of it is joined as well.
    vouched.length < recommendations.length && goals.length === 0
      ? joinAll(recommendations, context)
      : null,
    goals.length > 0
      ? context.attempt(solveGoalsTool, { goals: goals.map(({ goal }) => goal), options })
      : null,
    plan && growth
      ? context.attempt(planUnderGrowthTool, {
          plan,
          growthPercent: growth.value,
          ...(cut ? { cutPercent: cut.value } : {}),
        })
      : null,
    looksDeeper && firstTest?.swap ? context.attempt(cascadeTool, firstTest.swap) : null,
  ]);
  const cascaded = cascade?.evidence
    ? tellCascade(cascade.result, cascade.evidence, firstTest?.swap)
    : [];
  const findings = [
    tell(promptCacheTool, promptCache),
    promptCache?.result.calls === 0 ? [] : tell(prefixBreaksTool, breaks),
    tell(responseCacheTool, responseCache),
    tell(retryWasteTool, retryWaste),
    tell(batchTool, batch),
    tell(modelSwapTool, modelSwap),
    cascaded,
    tell(outputCapTool, outputCap),
  ].filter((text) => text.length > 0);
  const stated = named(understood.stated);
  const words = askedWords(understood, stated);
  return {
    recommendations,
    rejected: [
      ...(solved ? tellUnknowable(solved.result, goals) : []),
      ...(swaps?.evidence ? rejectedSwaps(swaps.result, swaps.evidence, keepLatency) : []),
    ],
    plan: {
      evidence: joined?.evidence?.label ?? null,
      withTests: withTests?.evidence?.label ?? null,
      goals: solved?.evidence?.label ?? null,
      growth: grown?.evidence?.label ?? null,
    },
    evidence: {
      responseCache: responseCache?.evidence?.label ?? null,
      promptCache: promptCache?.evidence?.label ?? null,
      modelSwap: swaps?.evidence?.label ?? null,
      retryWaste: retryWaste?.evidence?.label ?? null,
      prefixBreaks: breaks?.evidence?.label ?? null,
    },
    findings,
    summary: brief(joined, findings),
    verdicts: [
      ...(asked ? [tell(namedModelsTool, asked)] : []),
      // Asked about caching, what it would save is the answer; asked how to go deeper into a feature, the cascade is.
      ...(understood.focus[0] === "caching"
        ? [tell(promptCacheTool, promptCache), tell(responseCacheTool, responseCache)]
        : []),
      ...(looksDeeper && goals.length === 0 && cascaded.length > 0 ? [cascaded] : []),
      ...goalTexts(solved, goals, options, words),
      ...verdicts({
        triage: understood,
        stated,
        plan: joined?.evidence ?? null,
        grown: grown?.evidence ?? null,
        totals: named(profile.evidence.totals),
        latency,
        isSolved: solved?.evidence != null && solved.result.outcome !== "unavailable",
      }),
    ],
    front:
      solved?.evidence && solved.result.outcome !== "unavailable"
        ? tellFront(solved.result, solved.evidence, options)
        : [],
    notes: [],
  };
}

function goalTexts(
  solved: ToolUse<GoalResult> | null,
  goals: readonly AskedGoal[],
  options: readonly GoalOption[],
  words: RichText,
): RichText[] {
  return solved?.evidence ? tellGoals(solved.result, solved.evidence, goals, options, words) : [];
}

/** The plan in a sentence, or what the first lever showed where there is none. */
function brief(plan: ToolUse<JointPlanResult> | null, texts: readonly RichText[]): RichText {
  if (plan?.evidence && plan.result.available && sizeOf(plan.evidence, "saving") !== 0) {
    return jointPlanTool.summarise(plan.result, plan.evidence);
  }
  return texts.at(-1) ?? ["No lever saves anything that the log can show."];
}

function joinAll(recommendations: readonly Recommendation[], context: StepContext) {
  const plan = planOf(recommendations);
  return plan ? context.attempt(jointPlanTool, plan) : null;
}

/** Recommendations as one plan; null for none. */
function planOf(recommendations: readonly Recommendation[]): PlanChoice | null {
  const levers: JointLever[] = [...new Set(recommendations.map(({ lever }) => lever))];
  if (levers.length === 0) return null;
  return {
    levers,
    swaps: recommendations.flatMap(({ swap }) => (swap ? [swap] : [])),
    caps: recommendations.flatMap((one) => one.caps),
    batched: recommendations.flatMap((one) => one.batched),
  };
}

function tell<Result extends LeverResult | object>(
  tool: { summarise(result: Result, evidence: KeptEvidence | null): RichText },
  use: ToolUse<Result> | null,
): RichText {
  return use ? tool.summarise(use.result, use.evidence) : [];
}
