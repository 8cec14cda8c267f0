import { z } from "zod";
import { MESSAGE_MAX_CHARACTERS } from "../../protocol";
import { type Agent, fails, holds } from "../core/agent";
import type { StepContext } from "../core/step-context";
import type { AnyTool } from "../core/tool";
import { askModel } from "../core/words";
import type { EarlierReading } from "./follow-up";
import type { KnownNames } from "./names";
import { TRIAGE_PROMPT, TRIAGE_VERSION } from "./prompt";
import { type Classification, classifyByRules, readMessage } from "./read-message";
import {
  focusSchema,
  intentSchema,
  metricSchema,
  type TriageResult,
  triageResultSchema,
} from "./result";
import { listDatasets, listNames, noteStated } from "./tools";

const input = z.object({ message: z.string() });

const classificationSchema = z.object({
  intent: intentSchema,
  focus: z.array(focusSchema).max(4),
  metric: metricSchema,
  by: z.enum(["model", "feature", "provider", "user", "day"]).nullable(),
  models: z.array(z.string()).max(20),
  features: z.array(z.string()).max(20),
  excludedFeatures: z.array(z.string()).max(20),
  keepLatency: z.boolean(),
  keepQuality: z.boolean(),
  goesOn: z.boolean().default(false),
});

const tools: readonly AnyTool[] = [listDatasets, listNames, noteStated];

/** Turns the message into typed values: intent, focus, range, segments, bounds, datasets. */
export const triage: Agent<z.infer<typeof input>, TriageResult> = {
  name: "triage",
  version: TRIAGE_VERSION,
  prompt: TRIAGE_PROMPT,
  input,
  output: triageResultSchema,
  tools,
  budget: { steps: 1, tokens: 8_000, seconds: 20, dollars: 0.02 },
  answersKeptSeconds: 86_400,
  leavesResult: true,
  select: (state) => ({ message: state.message.text }),
  canEnter(state) {
    const length = state.message.text.trim().length;
    if (length === 0) return fails("The message is empty.");
    if (state.message.text.length > MESSAGE_MAX_CHARACTERS)
      return fails("The message is too long.");
    return holds;
  },
  isDone: (output) =>
    output.change !== null ||
    output.intent === "small-talk" ||
    output.intent === "unclear" ||
    output.focus.length > 0
      ? holds
      : fails("no focus was found in the message"),
  fallback: ({ message }, context) =>
    readMessage(message, context, async (text, known) => classifyByRules(text, known)),
  work: ({ message }, context) =>
    readMessage(message, context, (text, known, earlier) =>
      classifyByModel(text, { known, earlier }, context),
    ),
  summarise(output) {
    if (output.change !== null)
      return ["The message asks for a change, which a person has to approve."];
    if (output.intent === "small-talk") return ["No question about data."];
    if (output.intent === "unclear") return ["The message does not say what to look at."];
    const names = [...(output.filters.model ?? []), ...(output.filters.feature ?? [])];
    const about = names.length > 0 ? `, about ${names.join(", ")}` : "";
    const kind =
      output.intent === "lookup" ? "A direct question" : "A question for a full analysis";
    const [dataset] = output.datasets;
    const where =
      output.datasets.length === 0 || !dataset
        ? " There is no dataset yet."
        : output.datasets.length === 1
          ? ` Dataset: ${dataset.name}.`
          : ` Datasets: ${output.datasets.map(({ name }) => name).join(", ")}.`;
    return [`${kind} on ${output.focus.join(", ")}${about}.${where}`];
  },
};

/** The model classifies; names it made up are dropped, and what rules read with certainty is kept. */
async function classifyByModel(
  message: string,
  { known, earlier }: { known: KnownNames; earlier: EarlierReading | null },
  context: StepContext,
): Promise<Classification> {
  const answer = await askModel(
    {
      system: TRIAGE_PROMPT,
      promptVersion: TRIAGE_VERSION,
      prompt: `Models: ${JSON.stringify(known.models)}\nFeatures: ${JSON.stringify(known.features)}\nProviders: ${JSON.stringify(known.providers)}${beforeIt(earlier)}\n\nMessage:\n${JSON.stringify(message)}`,
      maxTokens: 500,
      schema: classificationSchema,
    },
    context,
  );
  const byRules = classifyByRules(message, known);
  const real = (names: readonly string[], all: readonly string[]) =>
    names.filter((name) => all.includes(name));
  const excluded = union(byRules.named.notFeature, real(answer.excludedFeatures, known.features));
  return {
    goesOn: earlier !== null && answer.goesOn,
    intent: answer.intent,
    focus: answer.focus.length > 0 ? answer.focus : byRules.focus,
    metric: answer.metric,
    by: answer.by,
    named: {
      model: union(byRules.named.model, real(answer.models, known.models)),
      feature: union(byRules.named.feature, real(answer.features, known.features)).filter(
        (name) => !excluded.includes(name),
      ),
      notFeature: excluded,
      provider: byRules.named.provider,
    },
    keepLatency: answer.keepLatency || byRules.keepLatency,
    keepQuality: answer.keepQuality || byRules.keepQuality,
  };
}

function beforeIt(earlier: EarlierReading | null): string {
  if (!earlier) return "";
  const { intent, focus, metric, by, filters } = earlier.read;
  return `\n\nThe question before it:\n${JSON.stringify(earlier.question)}\nUnderstood as: ${JSON.stringify({ intent, focus, metric, by, ...filters })}`;
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
