import { catalogueVersion } from "../../db/prices";
import type { Evidence, EvidenceQuestion, EvidenceValue, Unit } from "../protocol/evidence";
import { askCalls } from "./ask-calls";
import { catalogueModels } from "./catalogue-models";
import { comparePeriods } from "./compare-periods";
import { compareQuality } from "./compare-quality";
import { concentration } from "./concentration";
import { errorsAndRetries } from "./errors-and-retries";
import { explainChange } from "./explain-change";
import { solveGoals } from "./goal-solver";
import { jointPlan } from "./joint-plan";
import { latencyByFeature } from "./latency-by-feature";
import { leverBatch } from "./lever-batch";
import { leverCapacity } from "./lever-capacity";
import { leverCascade } from "./lever-cascade";
import { leverModelSwap } from "./lever-model-swap";
import { leverOutputCap } from "./lever-output-cap";
import { leverPrefixBreaks } from "./lever-prefix-breaks";
import { leverPromptCache } from "./lever-prompt-cache";
import { leverPromptTrim } from "./lever-prompt-trim";
import { leverResponseCache } from "./lever-response-cache";
import { leverRetryWaste } from "./lever-retry-waste";
import { namedModels } from "./named-models";
import { newModels } from "./new-models";
import { planUnderGrowth } from "./plan-under-growth";
import { profileBreakdown } from "./profile-breakdown";
import { profileTimeline } from "./profile-timeline";
import { profileTotals } from "./profile-totals";
import { projectSpend } from "./project-spend";
import { qualityByModel } from "./quality-by-model";
import type { Analysis } from "./results";
import type { CallSource, Scope } from "./source";
import { unusualHours } from "./unusual-hours";

/** The analysis behind each tool, by the name that a question records. */
const analyses: Record<string, Analysis<never, unknown>> = {
  profile_totals: profileTotals,
  ask_calls: askCalls,
  break_down: profileBreakdown,
  timeline: profileTimeline,
  compare_periods: comparePeriods,
  explain_change: explainChange,
  concentration,
  unusual_hours: unusualHours,
  latency_by_feature: latencyByFeature,
  errors_and_retries: errorsAndRetries,
  quality_by_model: qualityByModel,
  compare_quality: compareQuality,
  new_models: newModels,
  project_spend: projectSpend,
  lever_response_cache: leverResponseCache,
  lever_prompt_cache: leverPromptCache,
  lever_model_swap: leverModelSwap,
  catalogue_models: catalogueModels,
  lever_capacity: leverCapacity,
  lever_prompt_trim: leverPromptTrim,
  lever_retry_waste: leverRetryWaste,
  lever_output_cap: leverOutputCap,
  lever_batch: leverBatch,
  lever_cascade: leverCascade,
  lever_prefix_breaks: leverPrefixBreaks,
  named_models: namedModels,
  joint_plan: jointPlan,
  plan_under_growth: planUnderGrowth,
  solve_goals: solveGoals,
};

export const askableTools: ReadonlySet<string> = new Set(Object.keys(analyses));

/** Whether its amounts rest on the prices of today's catalogue. */
export function hasTodaysPrices({ ground, catalogueVersion: was }: Evidence): boolean {
  return ground === "stated" || was === catalogueVersion;
}

/** What evidence records of its question; the workspace is never part of it. */
export function questionOf(scope: Scope, tool: string, input: unknown): EvidenceQuestion {
  const { provider, model, feature, notFeature } = scope.filters;
  return {
    tool,
    input,
    from: scope.from,
    to: scope.to,
    filters: {
      ...(provider ? { provider: [...provider] } : {}),
      ...(model ? { model: [...model] } : {}),
      ...(feature ? { feature: [...feature] } : {}),
      ...(notFeature ? { notFeature: [...notFeature] } : {}),
    },
  };
}

/** A value that is not what it was. `was` or `now` absent: the evidence had no such value, or has none now. */
export interface ValueChange {
  segment: string | null;
  key: string;
  label: string;
  unit: Unit;
  was?: string | null;
  now?: string | null;
}

interface Surroundings {
  /** Datasets of another version than the evidence saw; `now` null: the dataset is gone. */
  datasets: Array<{ name: string; was: number; now: number | null }>;
  /** Null while prices come from the same catalogue. */
  catalogue: { was: string; now: string } | null;
}

export type Recheck =
  | ({ state: "same"; values: number } & Surroundings)
  | ({ state: "changed"; values: number; changes: ValueChange[] } & Surroundings)
  /** There is nothing to ask, or nobody left who can ask it. */
  | { state: "not-askable"; reason: string };

/**
 * Asks an evidence's recorded question again and compares every value with what was recorded, digit by
 * digit. The workspace is the caller's, never the evidence's. Throws what the source throws.
 * @param versions today's version of each dataset of the workspace, by id
 */
export async function askAgain(
  source: CallSource,
  {
    workspaceId,
    evidence,
    versions,
  }: { workspaceId: string; evidence: Evidence; versions: ReadonlyMap<string, number> },
  signal?: AbortSignal,
): Promise<Recheck> {
  const { question } = evidence;
  if (!question) {
    return {
      state: "not-askable",
      reason:
        evidence.ground === "stated"
          ? "it records what was asked for; nothing was computed"
          : "it was recorded before questions were kept with their answers",
    };
  }
  const analyse = Object.hasOwn(analyses, question.tool) ? analyses[question.tool] : undefined;
  if (!analyse) {
    return { state: "not-askable", reason: `the tool "${question.tool}" is no longer there` };
  }
  const { from, to, filters } = question;
  const scope = { workspaceId, datasets: evidence.datasets, from, to, filters } as Scope;
  // The tool's own schema checked the input before it was recorded.
  const { draft } = await analyse(source, scope, question.input as never, signal);
  const surroundings = {
    datasets: evidence.datasets.flatMap(({ id, name, version }) => {
      const now = versions.get(id) ?? null;
      return now === version ? [] : [{ name, was: version, now }];
    }),
    catalogue:
      evidence.catalogueVersion === catalogueVersion
        ? null
        : { was: evidence.catalogueVersion, now: catalogueVersion },
  };
  const changes = changesOf(evidence.values, draft.values);
  const values = evidence.values.length;
  return changes.length === 0
    ? { state: "same", values, ...surroundings }
    : { state: "changed", values, changes, ...surroundings };
}

function changesOf(was: readonly EvidenceValue[], now: readonly EvidenceValue[]): ValueChange[] {
  const keyOf = ({ segment, key }: EvidenceValue) => JSON.stringify([segment, key]);
  const found = new Map(now.map((value) => [keyOf(value), value]));
  const changes = was.flatMap((before): ValueChange[] => {
    const { segment, key, label, unit } = before;
    const after = found.get(keyOf(before));
    found.delete(keyOf(before));
    if (!after) return [{ segment, key, label, unit, was: before.value }];
    return after.value === before.value
      ? []
      : [{ segment, key, label, unit, was: before.value, now: after.value }];
  });
  const added = [...found.values()].map(({ segment, key, label, unit, value }) => ({
    segment,
    key,
    label,
    unit,
    now: value,
  }));
  return [...changes, ...added];
}
