import { z } from "zod";
import { jointPlan } from "../../analysis/joint-plan";
import { leverModelSwap } from "../../analysis/lever-model-swap";
import { leverPromptCache } from "../../analysis/lever-prompt-cache";
import { leverResponseCache } from "../../analysis/lever-response-cache";
import { leverRetryWaste } from "../../analysis/lever-retry-waste";
import { analysisTool } from "../data/analysis-tool";
import {
  tellModelSwap,
  tellPlan,
  tellPromptCache,
  tellResponseCache,
  tellRetryWaste,
} from "./findings";
import { swapSchema } from "./result";

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

export const modelSwapTool = analysisTool({
  name: "lever_model_swap",
  title: () => "Cheaper models",
  description:
    "What each feature's calls would have cost on cheaper models, with measured latency and quality where the log has them.",
  input: nothing,
  analyse: leverModelSwap,
  summarise: tellModelSwap,
});

export const retryWasteTool = analysisTool({
  name: "lever_retry_waste",
  title: () => "Failed repetitions",
  description: "What failed repetitions of calls cost.",
  input: nothing,
  analyse: leverRetryWaste,
  summarise: tellRetryWaste,
});

export const jointPlanTool = analysisTool({
  name: "joint_plan",
  title: ({ swaps }) => (swaps.length > 0 ? "Joint plan with model swaps" : "Joint plan"),
  description:
    "What several levers would have saved together on the same calls, nothing counted twice.",
  input: z.object({
    levers: z.array(z.enum(["retry-waste", "response-cache", "model-swap"])).min(1),
    swaps: z.array(swapSchema),
  }),
  analyse: jointPlan,
  summarise: tellPlan,
});

/** What a language model may choose from; the plan is put together by rules. */
export const leverTools = [
  responseCacheTool,
  promptCacheTool,
  modelSwapTool,
  retryWasteTool,
] as const;
export const optimizationTools = [...leverTools, jointPlanTool] as const;
