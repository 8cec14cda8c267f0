import { z } from "zod";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { join } from "../core/figures";
import { resultOf } from "../core/state";
import type { AnyTool } from "../core/tool";
import { writeWords } from "../core/words";
import { triage } from "../triage";
import { triageResultSchema } from "../triage/result";
import { profile } from "./profile";
import { DATA_PROMPT, DATA_VERSION } from "./prompt";
import { type DataResult, dataResultSchema } from "./result";
import { dataTools } from "./tools";

const input = z.object({ message: z.string(), triage: triageResultSchema });
type Input = z.infer<typeof input>;
const tools: readonly AnyTool[] = dataTools;

/** Profiles the calls in range: spend, tokens, latency, errors, trends, quality labels. */
export const data: Agent<Input, DataResult> = {
  name: "data",
  version: DATA_VERSION,
  prompt: DATA_PROMPT,
  input,
  output: dataResultSchema,
  tools,
  budget: { steps: 6, tokens: 60_000, seconds: 60, dollars: 0.1 },
  answersKeptSeconds: 3_600,
  leavesResult: true,
  select: (state) => ({ message: state.message.text, triage: resultOf(state, triage) }),
  canEnter(state) {
    const understood = resultOf(state, triage);
    if (!understood) return fails("The message has not been understood yet.");
    if (understood.datasets.length === 0) return fails("There is no dataset to look at.");
    return holds;
  },
  isDone: (output) =>
    output.calls === 0 || output.findings.length > 0 || output.answer.length > 0
      ? holds
      : fails("nothing was found out about the calls in range"),
  fallback: (given, context) => profile(given.triage, context),
  async work(given, context) {
    const notes = await writeWords(
      {
        system: DATA_PROMPT,
        promptVersion: DATA_VERSION,
        prompt: `Question:\n${JSON.stringify(given.message)}\n\nUnderstood as: ${given.triage.intent}, on ${given.triage.focus.join(", ")}. The tools already look only at the datasets, the time range and the filters asked about.${context.evidence.length > 0 ? `\n\nEvidence so far:\n${evidenceForModel(context.evidence)}` : ""}`,
        tools,
        maxSteps: data.budget.steps,
        maxTokens: 900,
        maxLines: 5,
        template: [],
        stream: false,
      },
      context,
    );
    return { ...(await profile(given.triage, context)), notes };
  },
  summarise(output) {
    if (output.notes.length > 0) return join(output.notes.slice(0, 2));
    if (output.findings.length > 0) return output.findings[0] ?? [];
    return output.answer.length > 0 ? output.answer : ["No call lies in the range asked about."];
  },
};
