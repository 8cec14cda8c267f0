import { z } from "zod";
import { choiceSchema, plainText, richTextSchema, writerSchema } from "../../protocol";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { join } from "../core/figures";
import type { StepContext } from "../core/step-context";
import type { AnyTool } from "../core/tool";
import { writeWords } from "../core/words";
import { type DirectAnswer, directAnswer } from "./answers";
import { SUPERVISOR_PROMPT, SUPERVISOR_VERSION } from "./prompt";

const input = z.object({ message: z.string() });
type Input = z.infer<typeof input>;

export const supervisorResultSchema = z.object({
  answer: richTextSchema,
  writer: writerSchema,
  /** Where the answer asks back; absent in states from before it could. */
  choices: z.array(choiceSchema).default([]),
});
export type SupervisorResult = z.infer<typeof supervisorResultSchema>;

/** The supervisor asks nothing itself: it hands out work, and answers from what is there. */
const tools: readonly AnyTool[] = [];

/** Answers what needs no report: small talk, direct questions, and why there is nothing to report. */
export const supervisor: Agent<Input, SupervisorResult> = {
  name: "supervisor",
  version: SUPERVISOR_VERSION,
  prompt: SUPERVISOR_PROMPT,
  input,
  output: supervisorResultSchema,
  tools,
  budget: { steps: 1, tokens: 10_000, seconds: 20, dollars: 0.02 },
  answersKeptSeconds: 3_600,
  leavesResult: false,
  select: (state) => ({ message: state.message.text }),
  canEnter: (state) =>
    state.message.text.trim() === "" ? fails("There is no message to answer.") : holds,
  isDone: ({ answer }) => (plainText(answer).trim() === "" ? fails("the answer is empty") : holds),
  fallback: async (_given, context) => byRules(directAnswer(context.state)),
  async work(given, context) {
    const direct = directAnswer(context.state);
    // Only a found figure is worth a model's words; the rest is said best, and at once, by the rules.
    if (direct.kind !== "lookup") return byRules(direct);
    return { answer: join(await words(given, direct.text, context)), writer: "model", choices: [] };
  },
  summarise: () => ["Answered directly."],
};

function byRules(direct: DirectAnswer): SupervisorResult {
  const choices = "choices" in direct ? [...direct.choices] : [];
  return { answer: direct.text, writer: "rules", choices };
}

function words(given: Input, template: SupervisorResult["answer"], context: StepContext) {
  return writeWords(
    {
      system: SUPERVISOR_PROMPT,
      promptVersion: SUPERVISOR_VERSION,
      prompt: `Question:\n${JSON.stringify(given.message)}\n\nEvidence:\n${evidenceForModel(context.evidence)}\n\nThe rules would answer:\n${plainText(template, { cite: true })}`,
      tools,
      maxSteps: 1,
      maxTokens: 300,
      maxLines: 2,
      template: [template],
      stream: true,
    },
    context,
  );
}
