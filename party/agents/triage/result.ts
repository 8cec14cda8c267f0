import { z } from "zod";
import { evidenceLabelSchema } from "../../protocol";
import { statedChangeSchema } from "./changes";

export const intentSchema = z.enum(["analysis", "lookup", "small-talk", "unclear"]);
export type Intent = z.infer<typeof intentSchema>;

export const focusSchema = z.enum([
  "cost",
  "latency",
  "errors",
  "caching",
  "models",
  "quality",
  "growth",
]);
export type Focus = z.infer<typeof focusSchema>;

export const metricSchema = z.enum(["spend", "calls", "tokens", "latency", "errors"]);
export type Metric = z.infer<typeof metricSchema>;

/** A bound the user set. `key` is where its value stands in the stated evidence. */
export const targetSchema = z.object({
  kind: z.enum(["cost-cut", "latency-bound", "speed-up", "budget", "growth"]),
  key: z.string(),
  /** Percent, ms, factor or USD, by kind. */
  value: z.number(),
  /** `p50`, `p95` … of a latency bound. */
  percentile: z.enum(["p50", "p95", "p99"]).nullable(),
  /** The feature or model it is about; null is everything. */
  segment: z.string().nullable(),
});
export type Target = z.infer<typeof targetSchema>;

export const rangeSchema = z.object({
  /** Unix ms, `from` inclusive, `to` exclusive; null is open. */
  from: z.number().nullable(),
  to: z.number().nullable(),
  /** What a relative phrase was counted from; `none` when the whole log is asked about. */
  anchor: z.enum(["none", "now", "last-call", "date"]),
});
export type Range = z.infer<typeof rangeSchema>;

export const triageResultSchema = z.object({
  intent: intentSchema,
  focus: z.array(focusSchema),
  /** What a lookup asks for. */
  metric: metricSchema,
  /** The dimension a lookup ranks, as in "which feature costs most". */
  by: z.enum(["model", "feature", "provider", "user", "day"]).nullable(),
  datasets: z.array(z.object({ id: z.string(), name: z.string(), version: z.number().int() })),
  /** How many datasets the workspace has, and why these were taken. */
  datasetsInAll: z.number().int(),
  datasetChoice: z.enum(["only", "named", "all", "newest"]),
  range: rangeSchema,
  /** The message speaks of a time that could not be read; the whole log was taken, and the answer says so. */
  rangeUnread: z.boolean(),
  /** The message asks for a bound that could not be read; it is not judged, and the answer says so. */
  targetsUnread: z.boolean().default(false),
  filters: z.object({
    provider: z.array(z.string()).optional(),
    model: z.array(z.string()).optional(),
    feature: z.array(z.string()).optional(),
    notFeature: z.array(z.string()).optional(),
  }),
  targets: z.array(targetSchema),
  /** "Without making answers slower": no step of the plan may raise measured latency. */
  keepLatency: z.boolean(),
  keepQuality: z.boolean(),
  /** "Without spending more." This and the next four are absent in states of runs that began before they were read. */
  keepSpend: z.boolean().default(false),
  /** Features whose answers the message says may wait. */
  mayWait: z.array(z.string()).default([]),
  /** Models that it proposes to move to; they do not bound which calls are looked at. */
  candidates: z.array(z.string()).default([]),
  /** It asks for newer models, whichever they are. */
  wantsNewer: z.boolean().default(false),
  /** Whole days up to the end of its range whose change it asks about ("yesterday's upgrade"); null when it asks about none. */
  changeDays: z.number().int().positive().nullable().default(null),
  /** Label of the stated evidence, when the user stated any figure or range. */
  stated: evidenceLabelSchema.nullable(),
  /** The earlier question it goes on from, and how; null for one that stands by itself. */
  follows: z
    .object({ runId: z.string(), how: z.enum(["why", "changed"]) })
    .nullable()
    .default(null),
  /** Models and features that the message names and the log does not hold. */
  missing: z.array(z.string()),
  /** What it asks to be changed; null when it asks for nothing but answers. */
  change: statedChangeSchema.nullable().default(null),
  /** It is written in a language that the rules do not read. */
  otherLanguage: z.boolean().default(false),
});
export type TriageResult = z.infer<typeof triageResultSchema>;
