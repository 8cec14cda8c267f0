import { z } from "zod";
import type { TotalsResult } from "../../analysis/results";
import { type Agent, fails, holds } from "../core/agent";
import { evidenceForModel } from "../core/evidence-text";
import { join } from "../core/figures";
import { resultOf } from "../core/state";
import type { StepContext } from "../core/step-context";
import type { AnyTool, ToolUse } from "../core/tool";
import { writeWords } from "../core/words";
import { triage } from "../triage";
import { type TriageResult, triageResultSchema } from "../triage/result";
import { answerLookup } from "./answer";
import { explain, subjectOfWhy } from "./explain";
import { DATA_PROMPT, DATA_VERSION } from "./prompt";
import { RANKING_OF } from "./rankings";
import { type DataResult, dataResultSchema } from "./result";
import {
  breakdownTool,
  comparePeriodsTool,
  dataTools,
  errorsTool,
  explainChangeTool,
  latencyTool,
  qualityTool,
  timelineTool,
  totalsTool,
  unusualHoursTool,
} from "./tools";

const input = z.object({ message: z.string(), triage: triageResultSchema });
type Input = z.infer<typeof input>;
const tools: readonly AnyTool[] = dataTools;

const DAY = 86_400_000;
/** The last week, and four before it to hold its hours against. */
const ENOUGH_FOR_HOURS = 35 * DAY;

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
  fallback: profile,
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
    return { ...(await profile(given, context)), notes };
  },
  summarise(output) {
    if (output.notes.length > 0) return join(output.notes.slice(0, 2));
    if (output.findings.length > 0) return output.findings[0] ?? [];
    return output.answer.length > 0 ? output.answer : ["No call lies in the range asked about."];
  },
};

/** The rules' way: what a question of this kind needs, in a fixed order. */
async function profile({ triage: understood }: Input, context: StepContext): Promise<DataResult> {
  const totals = await context.use(totalsTool, {});
  if (!totals.evidence) throw new Error("totals have no evidence");
  const { calls, unpricedCalls, firstAt, lastAt, latencyMs } = totals.result;
  const empty: DataResult = {
    calls,
    unpricedCalls,
    hasModels: false,
    hasFeatures: false,
    hasLatency: latencyMs !== null,
    hasQuality: false,
    evidence: {
      totals: totals.evidence.label,
      byModel: null,
      byFeature: null,
      ranking: null,
      timeline: null,
      periods: null,
      change: null,
      unusual: null,
      latency: null,
      errors: null,
      quality: null,
    },
    findings: [],
    answer: [],
    notes: [],
  };
  if (calls === 0) return empty;
  if (understood.follows?.how === "why") return lookForReasons(understood, empty, totals, context);
  if (understood.intent === "lookup") return lookUp(understood, empty, context);

  const days = comparableDays((lastAt ?? 0) - (firstAt ?? 0));
  const grain = (lastAt ?? 0) - (firstAt ?? 0) > 3 * DAY ? ("day" as const) : ("hour" as const);
  const [byModel, byFeature, timeline, periods, latency, errors, quality, change, unusual] =
    await Promise.all([
      context.attempt(breakdownTool, { by: "model" }),
      context.attempt(breakdownTool, { by: "feature" }),
      context.attempt(timelineTool, { grain }),
      days === null ? null : context.attempt(comparePeriodsTool, { days, by: "feature" }),
      context.attempt(latencyTool, { days: days ?? 7 }),
      context.attempt(errorsTool, {}),
      context.attempt(qualityTool, {}),
      days === null ? null : context.attempt(explainChangeTool, { days }),
      (lastAt ?? 0) - (firstAt ?? 0) < ENOUGH_FOR_HOURS
        ? null
        : context.attempt(unusualHoursTool, { days: 7 }),
    ]);
  const tell = [
    totalsTool.summarise(totals.result, totals.evidence),
    byModel ? breakdownTool.summarise(byModel.result, byModel.evidence) : [],
    byFeature ? breakdownTool.summarise(byFeature.result, byFeature.evidence) : [],
    periods && periods.result.unavailable === null
      ? comparePeriodsTool.summarise(periods.result, periods.evidence)
      : [],
    change && change.result.unavailable === null
      ? explainChangeTool.summarise(change.result, change.evidence)
      : [],
    unusual && unusual.result.unavailable === null
      ? unusualHoursTool.summarise(unusual.result, unusual.evidence)
      : [],
    timeline && timeline.result.points.length > 1
      ? timelineTool.summarise(timeline.result, timeline.evidence)
      : [],
    latency ? latencyTool.summarise(latency.result, latency.evidence) : [],
    errors ? errorsTool.summarise(errors.result, errors.evidence) : [],
    quality ? qualityTool.summarise(quality.result, quality.evidence) : [],
  ].filter((text) => text.length > 0);
  return {
    ...empty,
    hasModels: byModel && named(byModel.result),
    hasFeatures: byFeature && named(byFeature.result),
    hasLatency: latencyMs !== null,
    hasQuality: quality && quality.result.labelledCalls > 0,
    evidence: {
      ...empty.evidence,
      byModel: byModel?.evidence?.label ?? null,
      byFeature: byFeature?.evidence?.label ?? null,
      timeline: timeline?.evidence?.label ?? null,
      periods: periods?.evidence?.label ?? null,
      change: change?.evidence?.label ?? null,
      unusual: unusual?.evidence?.label ?? null,
      latency: latency?.evidence?.label ?? null,
      errors: errors?.evidence?.label ?? null,
      quality: quality?.evidence?.label ?? null,
    },
    findings: tell,
  };
}

async function lookUp(
  understood: TriageResult,
  empty: DataResult,
  context: StepContext,
): Promise<DataResult> {
  const totals = await context.use(totalsTool, {});
  const rank = RANKING_OF[understood.metric];
  const ranking = understood.by
    ? await context.use(breakdownTool, { by: understood.by, ...(rank === "cost" ? {} : { rank }) })
    : null;
  const errors = understood.metric === "errors" ? await context.use(errorsTool, {}) : null;
  return {
    ...empty,
    evidence: {
      ...empty.evidence,
      ranking: ranking?.evidence?.label ?? null,
      errors: errors?.evidence?.label ?? null,
    },
    answer: answerLookup({ triage: understood, totals, ranking, errors }),
  };
}

/** What drove the figures of the question before: only what no earlier answer has found out. */
async function lookForReasons(
  understood: TriageResult,
  empty: DataResult,
  { result: { firstAt, lastAt } }: ToolUse<TotalsResult>,
  context: StepContext,
): Promise<DataResult> {
  const subject = subjectOfWhy(understood);
  const days = understood.range.from === null ? null : halfOf(understood.range, lastAt);
  const compared = days ?? comparableDays((lastAt ?? 0) - (firstAt ?? 0)) ?? 1;
  const [change, periods, byFeature, byModel, latency, errors] = await Promise.all([
    subject === "cost" ? context.attempt(explainChangeTool, { days: compared }) : null,
    subject === "cost"
      ? context.attempt(comparePeriodsTool, { days: compared, by: "feature" })
      : null,
    subject === "cost" ? context.attempt(breakdownTool, { by: "feature" }) : null,
    subject === "cost" ? context.attempt(breakdownTool, { by: "model" }) : null,
    subject === "latency" ? context.attempt(latencyTool, { days: compared }) : null,
    subject === "errors" ? context.attempt(errorsTool, {}) : null,
  ]);
  const answer = explain(context.evidence, understood);
  return {
    ...empty,
    evidence: {
      ...empty.evidence,
      change: change?.evidence?.label ?? null,
      periods: periods?.evidence?.label ?? null,
      byFeature: byFeature?.evidence?.label ?? null,
      byModel: byModel?.evidence?.label ?? null,
      latency: latency?.evidence?.label ?? null,
      errors: errors?.evidence?.label ?? null,
    },
    answer: answer.length > 0 ? answer : ["What it rests on is unknown: the log does not say it."],
  };
}

/** Days of the second half of a range that was widened by as much time before. */
function halfOf({ from, to }: TriageResult["range"], lastAt: number | null): number {
  const span = (to ?? (lastAt ?? 0) + 1) - (from ?? 0);
  return Math.min(90, Math.max(1, Math.round(span / 2 / DAY)));
}

/** Days to compare with as many before: a week when there are two, else a day when there are two. */
function comparableDays(span: number): number | null {
  if (span >= 13.5 * DAY) return 7;
  return span >= 1.5 * DAY ? 1 : null;
}

function named({ segments }: { segments: ReadonlyArray<{ segment: string }> }): boolean {
  return segments.some(({ segment }) => segment !== "");
}
