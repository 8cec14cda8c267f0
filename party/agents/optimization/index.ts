import { z } from "zod";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { join } from "../core/figures";
import { resultOf } from "../core/state";
import type { AnyTool } from "../core/tool";
import { writeWords } from "../core/words";
import { data } from "../data";
import { dataResultSchema } from "../data/result";
import { triage } from "../triage";
import { triageResultSchema } from "../triage/result";
import { optimise } from "./optimise";
import { OPTIMIZATION_PROMPT, OPTIMIZATION_VERSION } from "./prompt";
import { type OptimizationResult, optimizationResultSchema } from "./result";
import { leverTools, optimizationTools } from "./tools";

const input = z.object({ message: z.string(), triage: triageResultSchema, data: dataResultSchema });
type Input = z.infer<typeof input>;
const tools: readonly AnyTool[] = optimizationTools;

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
  fallback: (given, context) => optimise(given.triage, given.data, context),
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
    return { ...(await optimise(given.triage, given.data, context)), notes };
  },
  summarise(output) {
    if (output.notes.length > 0) return join(output.notes.slice(0, 2));
    return output.summary;
  },
};
