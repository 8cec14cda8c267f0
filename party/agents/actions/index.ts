import { z } from "zod";
import { plainText, type ReportAction } from "../../protocol";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { rich } from "../core/figures";
import { type RunState, resultOf } from "../core/state";
import type { StepContext } from "../core/step-context";
import type { AnyChangeTool, AnyTool } from "../core/tool";
import { askModel, checkPassage } from "../core/words";
import { optimization } from "../optimization";
import { optimizationResultSchema } from "../optimization/result";
import { triage } from "../triage";
import { carryOut } from "./carry-out";
import {
  countStoredCalls,
  deleteDataset,
  removeBudget,
  setBudget,
  setRetention,
} from "./change-tools";
import { tellChange } from "./change-words";
import { ACTIONS_PROMPT, ACTIONS_VERSION } from "./prompt";
import { askedChangeSchema, proposeChange } from "./propose-change";
import {
  type ActionsResult,
  actionsResultSchema,
  type ChangeStanding,
  proposalSchema,
} from "./result";
import { actionOf } from "./templates";

const input = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("levers"),
    message: z.string(),
    optimization: optimizationResultSchema,
  }),
  z.object({ kind: z.literal("change"), asked: askedChangeSchema }),
  /** Somebody has decided about the proposal. */
  z.object({ kind: z.literal("decided"), proposal: proposalSchema }),
]);
type Input = z.infer<typeof input>;
type Levers = Extract<Input, { kind: "levers" }>;

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

/** None is handed to a model: actions for levers cite what the steps before computed. */
const tools: ReadonlyArray<AnyTool | AnyChangeTool> = [
  countStoredCalls,
  setBudget,
  removeBudget,
  setRetention,
  deleteDataset,
];

/**
 * Turns ranked levers into things a person can do, check and undo. Where the message asks for a change of the
 * workspace it proposes that one, and carries it out in a second turn once somebody who may has approved it.
 */
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
  select(state) {
    const change = changeOf(state);
    if (change?.state === "proposed") return { kind: "decided", proposal: change };
    const understood = resultOf(state, triage);
    if (understood?.change) {
      const { change: stated, filters, missing } = understood;
      const asked = { stated, features: filters.feature ?? [], unknownFeatures: missing };
      return { kind: "change", asked };
    }
    return {
      kind: "levers",
      message: state.message.text,
      optimization: resultOf(state, optimization),
    };
  },
  canEnter(state) {
    if (resultOf(state, triage)?.change) return holds;
    const levers = resultOf(state, optimization);
    if (!levers) return fails("No lever has been simulated.");
    return levers.recommendations.length > 0
      ? holds
      : fails("No lever saves anything that the log can show, so there is nothing to do.");
  },
  isDone: (output) =>
    output.actions.length > 0 || output.change !== null ? holds : fails("no action was proposed"),
  needsApproval: ({ change }) => (change?.state === "proposed" ? change.request : null),
  fallback: (given, context) => byRules(given, context),
  async work(given, context) {
    // What is changed is never a model's to choose or to word.
    if (given.kind !== "levers") return byRules(given, context);
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
    return {
      actions: proposed.map((action, index) => reword(action, index, answer, context)),
      change: null,
    };
  },
  summarise(output, context) {
    if (output.change?.state === "proposed") return [`Proposed: ${output.change.request.title}`];
    if (output.change) return tellChange(output.change, context.evidence);
    const titles = output.actions.slice(0, 3).map(({ title }) => title);
    const more = output.actions.length > titles.length ? "; and more" : "";
    return rich`In this order: ${titles.join("; ")}${more}.`;
  },
};

async function byRules(given: Input, context: StepContext): Promise<ActionsResult> {
  switch (given.kind) {
    case "levers":
      return { actions: propose(given, context), change: null };
    case "change":
      return { actions: [], change: await proposeChange(given.asked, context) };
    case "decided":
      return { actions: [], change: await carryOut(given.proposal, context) };
  }
}

function propose({ optimization: levers }: Levers, context: StepContext): ReportAction[] {
  return levers.recommendations.slice(0, MOST_ACTIONS).flatMap((one) => {
    const evidence = context.evidence.find(({ label }) => label === one.evidence);
    return evidence ? [actionOf(one, evidence, crypto.randomUUID())] : [];
  });
}

function promptFor(given: Levers, proposed: readonly ReportAction[], context: StepContext): string {
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

/** Where a change stands that the message asked for; null when it asked for none, or nothing is proposed yet. */
export function changeOf(state: RunState): ChangeStanding | null {
  return resultOf(state, actions)?.change ?? null;
}
