import { z } from "zod";
import { plainText, type ReportAction } from "../../protocol";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { rich } from "../core/figures";
import { resultOf } from "../core/state";
import type { StepContext } from "../core/step-context";
import type { AnyTool } from "../core/tool";
import { askModel, checkPassage } from "../core/words";
import { optimization } from "../optimization";
import { optimizationResultSchema } from "../optimization/result";
import { ACTIONS_PROMPT, ACTIONS_VERSION } from "./prompt";
import { type ActionsResult, actionsResultSchema } from "./result";
import { actionOf } from "./templates";

const input = z.object({ message: z.string(), optimization: optimizationResultSchema });
type Input = z.infer<typeof input>;

/** More than these nobody does; the rest stands in the evidence. */
const MOST_ACTIONS = 8;

const wordsSchema = z.object({
  actions: z
    .array(
      z.object({
        number: z.number().int(),
        change: z.string().min(1).max(900),
      }),
    )
    .max(MOST_ACTIONS),
});

/** Actions need no query of their own: everything they cite has been computed by the steps before. */
const tools: readonly AnyTool[] = [];

/** Turns ranked levers into things a person can do, check and undo. */
export const actions: Agent<Input, ActionsResult> = {
  name: "actions",
  version: ACTIONS_VERSION,
  prompt: ACTIONS_PROMPT,
  input,
  output: actionsResultSchema,
  tools,
  budget: { steps: 1, tokens: 30_000, seconds: 40, dollars: 0.05 },
  answersKeptSeconds: 21_600,
  leavesResult: false,
  select: (state) => ({
    message: state.message.text,
    optimization: resultOf(state, optimization),
  }),
  canEnter(state) {
    const levers = resultOf(state, optimization);
    if (!levers) return fails("No lever has been simulated.");
    return levers.recommendations.length > 0
      ? holds
      : fails("No lever saves anything that the log can show, so there is nothing to do.");
  },
  isDone: (output) => (output.actions.length > 0 ? holds : fails("no action was proposed")),
  fallback: async (given, context) => ({ actions: propose(given, context) }),
  async work(given, context) {
    const proposed = propose(given, context);
    const answer = await askModel(
      {
        system: ACTIONS_PROMPT,
        promptVersion: ACTIONS_VERSION,
        prompt: promptFor(given, proposed, context),
        maxTokens: 1_800,
        schema: wordsSchema,
      },
      context,
    );
    return { actions: proposed.map((action, index) => reword(action, index, answer, context)) };
  },
  summarise(output) {
    const titles = output.actions.slice(0, 3).map(({ title }) => title);
    const more = output.actions.length > titles.length ? "; and more" : "";
    return rich`In this order: ${titles.join("; ")}${more}.`;
  },
};

function propose({ optimization: levers }: Input, context: StepContext): ReportAction[] {
  return levers.recommendations.slice(0, MOST_ACTIONS).flatMap((one) => {
    const evidence = context.evidence.find(({ label }) => label === one.evidence);
    return evidence ? [actionOf(one, evidence, crypto.randomUUID())] : [];
  });
}

function promptFor(given: Input, proposed: readonly ReportAction[], context: StepContext): string {
  const cited = new Set(proposed.flatMap(({ evidence }) => evidence));
  const list = proposed.map(
    (action, index) =>
      `${index + 1}. ${action.title}. Change: ${plainText(action.change, { cite: true })} Latency: ${plainText(action.latency)} Quality: ${plainText(action.quality)}`,
  );
  return `Question:\n${JSON.stringify(given.message)}\n\nRecommendations:\n${list.join("\n")}\n\nEvidence:\n${evidenceForModel(context.evidence.filter(({ label }) => cited.has(label)))}`;
}

/**
 * The model's words for the change where every figure in them is backed; else the template's stand. What
 * can go wrong is never the model's to say: the template states what the log does and does not show.
 */
function reword(
  action: ReportAction,
  index: number,
  answer: z.infer<typeof wordsSchema>,
  context: StepContext,
): ReportAction {
  const words = answer.actions.find(({ number }) => number === index + 1);
  if (!words) return action;
  return {
    ...action,
    change: checkPassage(words.change, context) ?? action.change,
  };
}
