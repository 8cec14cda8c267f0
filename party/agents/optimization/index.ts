import { z } from "zod";
import type { JointPlanResult, LeverResult } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { join } from "../core/figures";
import { type KeptEvidence, resultOf } from "../core/state";
import type { StepContext } from "../core/step-context";
import type { AnyTool, ToolUse } from "../core/tool";
import { writeWords } from "../core/words";
import { data } from "../data";
import { dataResultSchema } from "../data/result";
import { triage } from "../triage";
import { triageResultSchema } from "../triage/result";
import { saves } from "./findings";
import { OPTIMIZATION_PROMPT, OPTIMIZATION_VERSION } from "./prompt";
import { type OptimizationResult, optimizationResultSchema, type Recommendation } from "./result";
import { rejectedSwaps, swapRecommendations } from "./swaps";
import {
  jointPlanTool,
  leverTools,
  modelSwapTool,
  optimizationTools,
  promptCacheTool,
  responseCacheTool,
  retryWasteTool,
} from "./tools";
import { verdicts } from "./verdicts";

const input = z.object({ message: z.string(), triage: triageResultSchema, data: dataResultSchema });
type Input = z.infer<typeof input>;
const tools: readonly AnyTool[] = optimizationTools;

/** Lifetime of a provider's prompt cache entry since its last use, as the large providers have it. */
const PROMPT_CACHE_SECONDS = 300;

/** Simulates the levers, ranks them, and joins those that the log can vouch for into one plan. */
export const optimization: Agent<Input, OptimizationResult> = {
  name: "optimization",
  version: OPTIMIZATION_VERSION,
  prompt: OPTIMIZATION_PROMPT,
  input,
  output: optimizationResultSchema,
  tools,
  budget: { steps: 5, tokens: 60_000, seconds: 60, dollars: 0.1 },
  answersKeptSeconds: 3_600,
  leavesResult: false,
  select: (state) => ({
    message: state.message.text,
    triage: resultOf(state, triage),
    data: resultOf(state, data),
  }),
  canEnter(state) {
    const profile = resultOf(state, data);
    if (!profile) return fails("The calls have not been profiled.");
    return profile.calls > 0 ? holds : fails("There are no calls in range to save anything on.");
  },
  isDone: (output) =>
    output.recommendations.length > 0 || output.findings.length > 0
      ? holds
      : fails("no lever was looked at"),
  fallback: optimise,
  async work(given, context) {
    const notes = await writeWords(
      {
        system: OPTIMIZATION_PROMPT,
        promptVersion: OPTIMIZATION_VERSION,
        prompt: `Question:\n${JSON.stringify(given.message)}\n\nEvidence so far:\n${evidenceForModel(context.evidence)}`,
        tools: leverTools,
        maxSteps: optimization.budget.steps,
        maxTokens: 900,
        maxLines: 5,
        template: [],
        stream: false,
      },
      context,
    );
    return { ...(await optimise(given, context)), notes };
  },
  summarise(output) {
    if (output.notes.length > 0) return join(output.notes.slice(0, 2));
    return output.summary;
  },
};

async function optimise(
  { triage: understood, data: profile }: Input,
  context: StepContext,
): Promise<OptimizationResult> {
  const [retryWaste, responseCache, promptCache, modelSwap] = await Promise.all([
    context.attempt(retryWasteTool, {}),
    context.attempt(responseCacheTool, {}),
    context.attempt(promptCacheTool, { lifetimeSeconds: PROMPT_CACHE_SECONDS }),
    context.attempt(modelSwapTool, {}),
  ]);
  const found = [
    ...whole(
      retryWaste,
      "plan",
      "failed repetitions do no work, so nothing gets slower or worse without them",
    ),
    ...whole(
      responseCache,
      "plan",
      "a repeated question gets the answer it got before, and faster",
    ),
    ...whole(
      promptCache,
      "beside",
      "the answers stay the same; its hits are not replayed in the joint plan",
    ),
    ...(modelSwap?.evidence
      ? swapRecommendations(modelSwap.result, modelSwap.evidence, understood.keepLatency)
      : []),
  ];
  const recommendations = [...found].sort(
    (a, b) =>
      Number(a.standing === "test-first") - Number(b.standing === "test-first") ||
      Number(b.savingUsd) - Number(a.savingUsd),
  );
  const plan = await joint(recommendations, ["plan"], context);
  const hasTests = recommendations.some(({ standing }) => standing === "test-first");
  const withTests = hasTests ? await joint(recommendations, ["plan", "test-first"], context) : null;
  const texts = [
    tell(responseCacheTool, responseCache),
    tell(promptCacheTool, promptCache),
    tell(retryWasteTool, retryWaste),
    tell(modelSwapTool, modelSwap),
  ].filter((text) => text.length > 0);
  const named = (label: string | null) =>
    context.evidence.find((evidence) => evidence.label === label) ?? null;
  return {
    recommendations,
    rejected: modelSwap?.evidence
      ? rejectedSwaps(modelSwap.result, modelSwap.evidence, understood.keepLatency)
      : [],
    plan: {
      evidence: plan?.evidence?.label ?? null,
      withTests: withTests?.evidence?.label ?? null,
    },
    evidence: {
      responseCache: responseCache?.evidence?.label ?? null,
      promptCache: promptCache?.evidence?.label ?? null,
      modelSwap: modelSwap?.evidence?.label ?? null,
      retryWaste: retryWaste?.evidence?.label ?? null,
    },
    findings: texts,
    summary: brief(plan, texts),
    verdicts: verdicts({
      triage: understood,
      stated: named(understood.stated),
      plan: plan?.evidence ?? null,
      withTests: withTests?.evidence ?? null,
      totals: named(profile.evidence.totals),
      latency: named(profile.evidence.latency),
    }),
    notes: [],
  };
}

/** The plan in a sentence, or what the first lever showed where there is none. */
function brief(plan: ToolUse<JointPlanResult> | null, texts: readonly RichText[]): RichText {
  if (plan?.evidence && plan.result.available) {
    return jointPlanTool.summarise(plan.result, plan.evidence);
  }
  return texts.at(-1) ?? ["No lever saves anything that the log can show."];
}

/** A lever over everything, when it saves something. */
function whole<Result extends LeverResult & { lever: Recommendation["lever"] }>(
  use: ToolUse<Result> | null,
  standing: "plan" | "beside",
  why: string,
): Recommendation[] {
  if (!use?.evidence || !saves(use.result) || use.result.savingUsd === null) return [];
  const { lever } = use.result;
  return [
    {
      lever,
      standing,
      ground: lever === "retry-waste" ? "measured" : "simulated",
      evidence: use.evidence.label,
      segment: null,
      savingUsd: use.result.savingUsd,
      keys: { saving: "saving", low: "saving_low", high: "saving_high" },
      mainSegment: mainSegment(use.evidence),
      swap: null,
      latency:
        lever === "prompt-cache" ? "unknown" : lever === "response-cache" ? "better" : "same",
      quality: "same",
      why,
    },
  ];
}

/** Where most of a lever's saving comes from. */
function mainSegment(evidence: KeptEvidence): string | null {
  const savings = evidence.values
    .filter(({ key, segment, value }) => key === "saving" && segment !== null && value !== null)
    .sort((a, b) => Number(b.value) - Number(a.value));
  return savings[0]?.segment ?? null;
}

async function joint(
  recommendations: readonly Recommendation[],
  standings: ReadonlyArray<Recommendation["standing"]>,
  context: StepContext,
) {
  const taken = recommendations.filter(({ standing }) => standings.includes(standing));
  const levers = (["retry-waste", "response-cache", "model-swap"] as const).filter((name) =>
    taken.some(({ lever }) => lever === name),
  );
  if (levers.length === 0) return null;
  const swaps = taken.flatMap(({ swap }) => (swap ? [swap] : []));
  return context.attempt(jointPlanTool, { levers: [...levers], swaps });
}

function tell<Result>(
  tool: {
    summarise(result: Result, evidence: KeptEvidence | null): OptimizationResult["notes"][number];
  },
  use: ToolUse<Result> | null,
) {
  return use ? tool.summarise(use.result, use.evidence) : [];
}
