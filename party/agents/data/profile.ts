import type { TotalsResult } from "../../analysis/results";
import type { StepContext } from "../core/step-context";
import type { ToolUse } from "../core/tool";
import type { TriageResult } from "../triage/result";
import { answerLookup } from "./answer";
import { explain, subjectOfWhy } from "./explain";
import { RANKING_OF } from "./rankings";
import type { DataResult } from "./result";
import {
  breakdownTool,
  comparePeriodsTool,
  compareQualityTool,
  concentrationTool,
  errorsTool,
  explainChangeTool,
  latencyTool,
  newModelsTool,
  projectSpendTool,
  qualityTool,
  timelineTool,
  totalsTool,
  unusualHoursTool,
} from "./tools";

const DAY = 86_400_000;
/** The last week, and four before it to hold its hours against. */
const ENOUGH_FOR_HOURS = 35 * DAY;

/** The rules' way: what a question of this kind needs, in a fixed order. */
export async function profile(understood: TriageResult, context: StepContext): Promise<DataResult> {
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
      growth: null,
      latency: null,
      errors: null,
      quality: null,
    },
    outcome: [],
    findings: [],
    answer: [],
    notes: [],
  };
  if (calls === 0) return empty;
  if (understood.follows?.how === "why") return lookForReasons(understood, empty, totals, context);
  if (understood.intent === "lookup") return lookUp(understood, empty, context);

  const days = understood.changeDays ?? comparableDays((lastAt ?? 0) - (firstAt ?? 0));
  const asksAbout = (...focus: TriageResult["focus"]) =>
    focus.some((one) => understood.focus.includes(one));
  const grain = (lastAt ?? 0) - (firstAt ?? 0) > 3 * DAY ? ("day" as const) : ("hour" as const);
  const [
    byModel,
    byFeature,
    timeline,
    periods,
    latency,
    errors,
    quality,
    change,
    unusual,
    growth,
    comparison,
    spread,
    fresh,
  ] = await Promise.all([
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
    asksAbout("growth") || growthOf(understood) !== null || budgetOf(understood) !== null
      ? context.attempt(projectSpendTool, {
          factor: growthOf(understood),
          budgetUsd: budgetOf(understood),
        })
      : null,
    asksAbout("models", "quality") ? context.attempt(compareQualityTool, {}) : null,
    understood.focus[0] === "cost" ? context.attempt(concentrationTool, { by: "user" }) : null,
    understood.changeDays === null
      ? null
      : context.attempt(newModelsTool, { days: understood.changeDays }),
  ]);
  const outcome = [
    growth ? projectSpendTool.summarise(growth.result, growth.evidence) : [],
    fresh ? newModelsTool.summarise(fresh.result, fresh.evidence) : [],
    ...(understood.changeDays !== null && change?.evidence
      ? [explainChangeTool.summarise(change.result, change.evidence)]
      : []),
  ].filter((text) => text.length > 0);
  const tell = [
    totalsTool.summarise(totals.result, totals.evidence),
    byModel ? breakdownTool.summarise(byModel.result, byModel.evidence) : [],
    byFeature ? breakdownTool.summarise(byFeature.result, byFeature.evidence) : [],
    periods && periods.result.unavailable === null
      ? comparePeriodsTool.summarise(periods.result, periods.evidence)
      : [],
    change && change.result.unavailable === null && understood.changeDays === null
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
    spread && spread.result.segments > 1
      ? concentrationTool.summarise(spread.result, spread.evidence)
      : [],
    quality ? qualityTool.summarise(quality.result, quality.evidence) : [],
    comparison && quality && quality.result.labelledCalls > 0
      ? compareQualityTool.summarise(comparison.result, comparison.evidence)
      : [],
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
      growth: growth?.evidence?.label ?? null,
    },
    outcome,
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

/** Usage of the coming month against now, as stated: 50 % more is 1.5. */
function growthOf({ targets }: TriageResult): number | null {
  const stated = targets.find(({ kind }) => kind === "growth")?.value;
  return stated === undefined ? null : 1 + stated / 100;
}

function budgetOf({ targets }: TriageResult): number | null {
  return targets.find(({ kind, value }) => kind === "budget" && value > 0)?.value ?? null;
}

/** Days to compare with as many before: a week when there are two, else a day when there are two. */
function comparableDays(span: number): number | null {
  if (span >= 13.5 * DAY) return 7;
  return span >= 1.5 * DAY ? 1 : null;
}

function named({ segments }: { segments: ReadonlyArray<{ segment: string }> }): boolean {
  return segments.some(({ segment }) => segment !== "");
}
