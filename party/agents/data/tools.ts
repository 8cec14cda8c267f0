import { z } from "zod";
import { askCalls, callQuerySchema } from "../../analysis/ask-calls";
import { comparePeriods } from "../../analysis/compare-periods";
import { compareQuality } from "../../analysis/compare-quality";
import { concentration } from "../../analysis/concentration";
import { errorsAndRetries } from "../../analysis/errors-and-retries";
import { explainChange } from "../../analysis/explain-change";
import { latencyByFeature } from "../../analysis/latency-by-feature";
import { newModels } from "../../analysis/new-models";
import { profileBreakdown } from "../../analysis/profile-breakdown";
import { profileTimeline } from "../../analysis/profile-timeline";
import { profileTotals } from "../../analysis/profile-totals";
import { projectSpend } from "../../analysis/project-spend";
import { qualityByModel } from "../../analysis/quality-by-model";
import { rankings } from "../../analysis/source";
import { unusualHours } from "../../analysis/unusual-hours";
import { analysisTool } from "./analysis-tool";
import {
  tellAskedCalls,
  tellBreakdown,
  tellChange,
  tellConcentration,
  tellErrors,
  tellLatency,
  tellPeriods,
  tellQuality,
  tellTimeline,
  tellTotals,
  tellUnusualHours,
} from "./findings";
import { tellProjection } from "./growth-words";
import { tellNewModels, tellQualityComparison } from "./quality-words";
import { RANKINGS } from "./rankings";

const nothing = z.strictObject({});

export const totalsTool = analysisTool({
  name: "profile_totals",
  title: () => "Totals",
  description: "Calls, tokens, cost, failures and latency of all calls in range. Use it first.",
  input: nothing,
  analyse: profileTotals,
  summarise: tellTotals,
});

export const breakdownTool = analysisTool({
  name: "break_down",
  title: ({ by, rank }) => `${RANKINGS[rank ?? "cost"].title} by ${by}`,
  description:
    "Cost, share of the spend, calls, tokens, failures and latency split by model, feature, provider or user; the segments that lead by cost, or by `rank`.",
  input: z.object({
    by: z.enum(["model", "feature", "provider", "user", "day"]),
    rank: z.enum(rankings).optional(),
  }),
  analyse: profileBreakdown,
  summarise: tellBreakdown,
});

export const timelineTool = analysisTool({
  name: "timeline",
  title: ({ grain }) => `Spend per ${grain}`,
  description: "Cost, calls, failures and p95 latency per day or hour (UTC).",
  input: z.object({ grain: z.enum(["day", "hour"]) }),
  analyse: profileTimeline,
  summarise: tellTimeline,
});

export const comparePeriodsTool = analysisTool({
  name: "compare_periods",
  title: ({ by }) => `Change against the period before${by ? `, by ${by}` : ""}`,
  description: "The last days against as many days before: cost, calls and what drives the change.",
  input: z.object({
    days: z.number().int().min(1).max(90),
    by: z.enum(["model", "feature", "provider"]).nullable(),
  }),
  analyse: comparePeriods,
  summarise: tellPeriods,
});

export const explainChangeTool = analysisTool({
  name: "explain_change",
  title: () => "Why spend changed",
  description:
    "Parts the change of spend against the days before into volume, mix of features and models, tokens per call, cache share, price, failed calls, new and vanished segments. The parts sum exactly to the change.",
  input: z.object({ days: z.number().int().min(1).max(90) }),
  analyse: explainChange,
  summarise: tellChange,
});

/** For questions that no other tool answers; a language model's alone, as rules know which tool to take. */
const askCallsTool = analysisTool({
  name: "ask_calls",
  title: ({ measures }) => `Question: ${measures.join(", ").replaceAll("_", " ")}`,
  description:
    "Any measures of the calls in range, by up to four dimensions (tags as tag:KEY), with filters, a time grain and a comparison period. Use it when no other tool answers.",
  input: callQuerySchema,
  analyse: askCalls,
  summarise: tellAskedCalls,
});

export const unusualHoursTool = analysisTool({
  name: "unusual_hours",
  title: () => "Unusual hours",
  description:
    "Hours of the last days in which cost, calls, failures or p95 latency lie far from the same hours of the four weeks before, with a robust score.",
  input: z.object({ days: z.number().int().min(1).max(31) }),
  analyse: unusualHours,
  summarise: tellUnusualHours,
});

export const concentrationTool = analysisTool({
  name: "concentration",
  title: ({ by }) => `Concentration by ${by}`,
  description:
    "How unevenly cost is spread over users, features or models: shares of the largest, Herfindahl index, Gini coefficient.",
  input: z.object({ by: z.enum(["user", "feature", "model", "session"]) }),
  analyse: concentration,
  summarise: tellConcentration,
});

export const latencyTool = analysisTool({
  name: "latency_by_feature",
  title: () => "Latency by feature",
  description: "Latency and time to first token by feature, and whether p95 got worse lately.",
  input: z.object({ days: z.number().int().min(1).max(90) }),
  analyse: latencyByFeature,
  summarise: tellLatency,
});

export const errorsTool = analysisTool({
  name: "errors_and_retries",
  title: () => "Errors and retries",
  description: "Failed calls by feature and error, what they cost, and repeated attempts.",
  input: nothing,
  analyse: errorsAndRetries,
  summarise: tellErrors,
});

export const qualityTool = analysisTool({
  name: "quality_by_model",
  title: () => "Quality labels by model",
  description: "Mean quality label of each model on each feature, where the log has labels.",
  input: nothing,
  analyse: qualityByModel,
  summarise: tellQuality,
});

const qualityRuleSchema = z.object({
  margin: z.number().positive().max(0.5),
  level: z.number().min(0.5).max(0.999),
  power: z.number().min(0.5).max(0.999),
});

export const compareQualityTool = analysisTool({
  name: "compare_quality",
  title: () => "Models compared by their labels",
  description:
    "Whether one model is as good as another on the same feature, with an interval and what a right answer costs; where the labels settle nothing, how many would. Unless the question says otherwise, no rule: a model that is at most `margin` (0.05) worse counts as no worse, at `level` (0.9), and `power` (0.8) is that of the sample.",
  input: z.object({ rule: qualityRuleSchema.partial().optional() }),
  analyse: compareQuality,
  summarise: tellQualityComparison,
});

export const newModelsTool = analysisTool({
  name: "new_models",
  title: () => "New models",
  description:
    "Models that features use in the last days and did not use before, with cost per call, latency and quality against the model before: what an upgrade leaves in the log.",
  input: z.object({ days: z.number().int().min(1).max(90) }),
  analyse: newModels,
  summarise: tellNewModels,
});

export const projectSpendTool = analysisTool({
  name: "project_spend",
  title: () => "Growth and limits",
  description:
    "Spend by month end and next month (by trend, or at a stated factor), when a stated monthly budget is crossed, and traffic per minute by model.",
  input: z.object({
    factor: z.number().positive().max(1_000).nullable(),
    budgetUsd: z.number().positive().max(1e11).nullable(),
  }),
  analyse: projectSpend,
  summarise: tellProjection,
});

export const dataTools = [
  totalsTool,
  breakdownTool,
  timelineTool,
  comparePeriodsTool,
  explainChangeTool,
  unusualHoursTool,
  concentrationTool,
  askCallsTool,
  latencyTool,
  errorsTool,
  qualityTool,
  compareQualityTool,
  newModelsTool,
  projectSpendTool,
] as const;
