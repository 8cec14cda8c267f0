import { z } from "zod";
import { plainText, type Report, type RichText } from "../../protocol";
import { actions } from "../actions";
import { actionsResultSchema } from "../actions/result";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { join, rich } from "../core/figures";
import { resultOf } from "../core/state";
import type { StepContext } from "../core/step-context";
import type { AnyTool } from "../core/tool";
import { writeWords } from "../core/words";
import { data } from "../data";
import { dataResultSchema } from "../data/result";
import { optimization } from "../optimization";
import { optimizationResultSchema } from "../optimization/result";
import { triage } from "../triage";
import { type Focus, triageResultSchema } from "../triage/result";
import type { ReportFacts } from "./facts";
import { REPORTING_PROMPT, REPORTING_VERSION } from "./prompt";
import { type ReportingResult, reportingResultSchema } from "./result";
import { sections } from "./sections";
import { summarise } from "./summary";

const input = z.object({
  message: z.string(),
  triage: triageResultSchema,
  data: dataResultSchema,
  optimization: optimizationResultSchema.nullable(),
  actions: actionsResultSchema.nullable(),
});
type Input = z.infer<typeof input>;

/** The report is written from evidence that is there; nothing new is asked. */
const tools: readonly AnyTool[] = [];

/** Writes the report and the short answer in the thread. */
export const reporting: Agent<Input, ReportingResult> = {
  name: "reporting",
  version: REPORTING_VERSION,
  prompt: REPORTING_PROMPT,
  input,
  output: reportingResultSchema,
  tools,
  budget: { steps: 1, tokens: 40_000, seconds: 60, dollars: 0.1 },
  answersKeptSeconds: 3_600,
  leavesResult: false,
  select: (state) => ({
    message: state.message.text,
    triage: resultOf(state, triage),
    data: resultOf(state, data),
    optimization: resultOf(state, optimization),
    actions: resultOf(state, actions),
  }),
  canEnter(state) {
    const profile = resultOf(state, data);
    if (!profile) return fails("Nothing was found out that could be reported.");
    return profile.calls > 0 ? holds : fails("There are no calls in range to report on.");
  },
  isDone: ({ report }) =>
    report.summary.length > 0 && report.sections.some(({ id }) => id === "method")
      ? holds
      : fails("the report lacks its summary or its method"),
  async fallback(given, context) {
    const facts = factsOf(given, context);
    const summary = summarise(facts);
    // Rule text cites its figures by construction, so it can be shown as a whole.
    return finish(given, facts, summary, "rules", context);
  },
  async work(given, context) {
    const facts = factsOf(given, context);
    const template = summarise(facts);
    const known = [...given.data.findings, ...(given.optimization?.findings ?? [])];
    const summary = await writeWords(
      {
        system: REPORTING_PROMPT,
        promptVersion: REPORTING_VERSION,
        prompt: `Question:\n${JSON.stringify(given.message)}\n\nEvidence:\n${evidenceForModel(context.evidence)}\n\nFindings:\n${known.map((text) => `- ${plainText(text, { cite: true })}`).join("\n")}\n\nBounds asked for:\n${(given.optimization?.verdicts ?? []).map((text) => `- ${plainText(text, { cite: true })}`).join("\n") || "none"}`,
        tools,
        maxSteps: 1,
        maxTokens: 700,
        maxLines: 3,
        template,
        stream: true,
      },
      context,
    );
    return finish(given, facts, summary, "model", context);
  },
  summarise: ({ report }) => [
    report.actions.length > 0
      ? "The report is written, with its actions."
      : "The report is written; there is no action to propose.",
  ],
};

function factsOf(given: Input, context: StepContext): ReportFacts {
  return {
    triage: given.triage,
    data: given.data,
    optimization: given.optimization,
    actions: given.actions,
    skipped: context.state.skipped,
    ceiling: context.state.ceiling,
    reused: context.state.reused ?? [],
    failures: context.state.failures,
    evidence: context.evidence,
  };
}

const TITLES: Record<Focus, string> = {
  cost: "Where the money goes and what can be saved",
  latency: "Where the time goes",
  errors: "What fails and what it costs",
  caching: "What caching would save",
  models: "Which models do the work",
  quality: "Quality and cost by model",
  growth: "Usage and spend",
};

function finish(
  given: Input,
  facts: ReportFacts,
  summary: RichText[],
  writer: Report["writer"],
  context: StepContext,
): ReportingResult {
  const notes = [...given.data.notes, ...(given.optimization?.notes ?? [])];
  const title = TITLES[given.triage.focus[0] ?? "cost"];
  const names = given.triage.datasets.map(({ name }) => name).join(", ");
  return {
    report: {
      runId: context.state.runId,
      title: `${title}: ${names}`.slice(0, 200),
      writer,
      summary,
      sections: sections(facts, notes),
      actions: given.actions?.actions ?? [],
      figures: context.gained.figures,
      at: new Date(context.services.clock.now()).toISOString(),
    },
    answer: rich`${join(summary, "\n\n")}\n\nOpen the report for the findings, the plan and the actions.`,
    writer,
  };
}
