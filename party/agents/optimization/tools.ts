import { z } from "zod";
import { catalogueModels } from "../../analysis/catalogue-models";
import { solveGoals } from "../../analysis/goal-solver";
import { jointPlan } from "../../analysis/joint-plan";
import { leverBatch } from "../../analysis/lever-batch";
import { leverCapacity } from "../../analysis/lever-capacity";
import { leverCascade } from "../../analysis/lever-cascade";
import { leverModelSwap } from "../../analysis/lever-model-swap";
import { leverOutputCap } from "../../analysis/lever-output-cap";
import { leverPrefixBreaks } from "../../analysis/lever-prefix-breaks";
import { leverPromptCache } from "../../analysis/lever-prompt-cache";
import { leverPromptTrim } from "../../analysis/lever-prompt-trim";
import { leverResponseCache } from "../../analysis/lever-response-cache";
import { leverRetryWaste } from "../../analysis/lever-retry-waste";
import { namedModels } from "../../analysis/named-models";
import { jointOrder } from "../../analysis/plan-input";
import { planUnderGrowth } from "../../analysis/plan-under-growth";
import { analysisTool } from "../data/analysis-tool";
import { tellCapacity, tellCatalogueModels, tellPromptTrim } from "./asked-words";
import {
  tellBatch,
  tellCascade,
  tellGrowth,
  tellModelSwap,
  tellNamedModels,
  tellOutputCap,
  tellPlan,
  tellPrefixBreaks,
  tellPromptCache,
  tellResponseCache,
  tellRetryWaste,
} from "./findings";
import { tellOutcome } from "./goal-words";
import { capSchema, swapSchema } from "./result";

const nothing = z.strictObject({});

export const responseCacheTool = analysisTool({
  name: "lever_response_cache",
  title: () => "Response cache",
  description:
    "What a cache of whole answers would have saved: calls that repeat an earlier one exactly.",
  input: nothing,
  analyse: leverResponseCache,
  summarise: tellResponseCache,
});

export const promptCacheTool = analysisTool({
  name: "lever_prompt_cache",
  title: () => "Prompt prefix cache",
  description:
    "Which share of the input repeats a prefix seen before, and what a provider's prompt cache would have saved.",
  input: z.object({ lifetimeSeconds: z.number().int().min(30).max(86_400) }),
  analyse: leverPromptCache,
  summarise: tellPromptCache,
});

export const prefixBreaksTool = analysisTool({
  name: "lever_prefix_breaks",
  title: () => "Where shared prompts part",
  description:
    "Where prompts that begin alike part, and what the input behind that costs above cached reads: an upper bound.",
  input: nothing,
  analyse: leverPrefixBreaks,
  summarise: tellPrefixBreaks,
});

export const modelSwapTool = analysisTool({
  name: "lever_model_swap",
  title: () => "Cheaper models",
  description:
    "What each feature's calls would have cost on cheaper models, with measured latency and quality where the log has them.",
  input: nothing,
  analyse: leverModelSwap,
  summarise: tellModelSwap,
});

export const namedModelsTool = analysisTool({
  name: "named_models",
  title: ({ models, newer }) =>
    models.length > 0 ? models.join(" and ") : newer ? "Newer models" : "Named models",
  description:
    "What each feature's calls would have cost on the models that the question names (without provider), or on newer ones of the same maker, with measured latency and quality where the log has them.",
  input: z.object({ models: z.array(z.string()).max(20), newer: z.boolean() }),
  analyse: namedModels,
  summarise: tellNamedModels,
});

export const retryWasteTool = analysisTool({
  name: "lever_retry_waste",
  title: () => "Failed repetitions",
  description: "What failed repetitions of calls cost.",
  input: nothing,
  analyse: leverRetryWaste,
  summarise: tellRetryWaste,
});

export const batchTool = analysisTool({
  name: "lever_batch",
  title: () => "Batches",
  description:
    "What the providers' batches would have saved on features of which the question says that they may wait up to a day; never on others.",
  input: z.object({ features: z.array(z.string()).min(1).max(100) }),
  analyse: leverBatch,
  summarise: tellBatch,
});

export const outputCapTool = analysisTool({
  name: "lever_output_cap",
  title: () => "Shorter answers",
  description:
    "What a bound on the length of answers (tokens, by feature) would have saved, and how many answers it cuts.",
  input: z.object({ caps: z.array(capSchema).min(1).max(100) }),
  analyse: leverOutputCap,
  summarise: tellOutputCap,
});

export const cascadeTool = analysisTool({
  name: "lever_cascade",
  title: ({ toModel }) => `Asking ${toModel} first`,
  description:
    "What asking a small model first, and the present one for what it cannot answer, would have cost, by the share that goes on to the present one.",
  input: swapSchema,
  analyse: leverCascade,
  summarise: tellCascade,
});

export const promptTrimTool = analysisTool({
  name: "lever_prompt_trim",
  title: () => "Shorter prompts",
  description:
    "What a bound on the length of prompts would have saved, by feature: a number of tokens, or the feature's own median (p50) or 90th percentile (p90), and how many prompts are longer.",
  input: z.object({
    trims: z
      .array(
        z.object({
          feature: z.string(),
          to: z.union([z.number().int().positive(), z.enum(["p50", "p90"])]),
        }),
      )
      .min(1)
      .max(100),
  }),
  analyse: leverPromptTrim,
  summarise: tellPromptTrim,
});

export const capacityTool = analysisTool({
  name: "lever_capacity",
  title: ({ kind, model }) =>
    kind === "self-hosted" ? `${model} on own units` : `Idle units of ${model}`,
  description:
    "What capacity by the hour costs against one model's logged traffic: how much of provisioned units is idle, or from how many tokens per hour own units pay. Only where the question states the price of a unit per hour, and for provisioned capacity the units paid, for self-hosting the input and output tokens per second that a unit bears.",
  input: z.object({
    provider: z.string().optional(),
    model: z.string(),
    kind: z.enum(["provisioned", "self-hosted"]),
    usdPerHour: z.number().positive().max(1e6),
    tokensPerSecond: z.number().min(0.001).max(1e9).optional(),
    units: z.number().int().min(1).max(1e6).optional(),
  }),
  analyse: leverCapacity,
  summarise: tellCapacity,
});

export const catalogueModelsTool = analysisTool({
  name: "catalogue_models",
  title: () => "Cheapest models of the catalogue",
  description:
    "For each feature, the cheapest of all priced models that its longest call fits, with the same tokens; what they can do is not known. For questions that ask for any model or for all of them.",
  input: z.object({
    most: z.number().int().min(1).max(20).optional(),
    providers: z.array(z.string()).min(1).max(50).optional(),
  }),
  analyse: catalogueModels,
  summarise: tellCatalogueModels,
});

const planSchema = z.object({
  levers: z.array(z.enum(jointOrder)).min(1),
  swaps: z.array(swapSchema),
  caps: z.array(capSchema),
  batched: z.array(z.string()),
});
export type PlanChoice = z.infer<typeof planSchema>;

export const jointPlanTool = analysisTool({
  name: "joint_plan",
  title: ({ swaps }) => (swaps.length > 0 ? "Joint plan with model swaps" : "Joint plan"),
  description:
    "What several levers would have saved together on the same calls, nothing counted twice.",
  input: planSchema,
  analyse: jointPlan,
  summarise: tellPlan,
});

export const planUnderGrowthTool = analysisTool({
  name: "plan_under_growth",
  title: () => "The plan under the stated growth",
  description: "What the joint plan comes to when usage grows by a stated percent.",
  input: z.object({
    plan: planSchema,
    growthPercent: z.number().positive().max(100_000),
    cutPercent: z.number().positive().max(100).optional(),
  }),
  analyse: (source, scope, { plan, growthPercent, cutPercent }, signal) =>
    planUnderGrowth(
      source,
      scope,
      { plan, growthPercent, ...(cutPercent === undefined ? {} : { cutPercent }) },
      signal,
    ),
  summarise: tellGrowth,
});

export const goalSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cost-cut"), percent: z.number().positive().max(100) }),
  z.object({
    kind: z.literal("latency"),
    feature: z.string(),
    percentile: z.enum(["p50", "p95"]),
    ms: z.number().positive(),
  }),
  z.object({ kind: z.literal("quality"), feature: z.string() }),
]);

const optionSchema = z.discriminatedUnion("lever", [
  z.object({ lever: z.enum(["retry-waste", "response-cache", "prompt-cache"]) }),
  z.object({ lever: z.literal("model-swap"), swap: swapSchema }),
  z.object({ lever: z.literal("output-cap"), cap: capSchema }),
  z.object({ lever: z.literal("batch"), feature: z.string() }),
]);
export type GoalOption = z.infer<typeof optionSchema>;

export const solveGoalsTool = analysisTool({
  name: "solve_goals",
  title: () => "The least risky plan that meets what you asked",
  description:
    "Of all plans that the offered options make, the least risky that meets every goal, or the nearest miss.",
  input: z.object({ goals: z.array(goalSchema).min(1), options: z.array(optionSchema).max(10) }),
  analyse: solveGoals,
  summarise: tellOutcome,
});

/** What a language model may choose from; the plan is put together by rules. */
export const leverTools = [
  responseCacheTool,
  promptCacheTool,
  prefixBreaksTool,
  modelSwapTool,
  namedModelsTool,
  retryWasteTool,
  batchTool,
  outputCapTool,
  cascadeTool,
  promptTrimTool,
  capacityTool,
  catalogueModelsTool,
] as const;
export const optimizationTools = [
  ...leverTools,
  jointPlanTool,
  planUnderGrowthTool,
  solveGoalsTool,
] as const;
