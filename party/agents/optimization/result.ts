import { z } from "zod";
import { evidenceLabelSchema, groundSchema, richTextSchema } from "../../protocol";

const label = evidenceLabelSchema.nullable();

export const leverNameSchema = z.enum([
  "response-cache",
  "prompt-cache",
  "model-swap",
  "retry-waste",
  "output-cap",
  "batch",
]);

/**
 * Where a lever stands: `plan`: in the joint plan; `beside`: worth doing, but not summed with the
 * others; `test-first`: its effect on quality or speed is unknown or a risk, so it is kept apart.
 */
export const standingSchema = z.enum(["plan", "beside", "test-first"]);
export type Standing = z.infer<typeof standingSchema>;

/** What the log shows of an effect. */
export const effectSchema = z.enum(["better", "same", "worse", "undecided", "unknown"]);
export type Effect = z.infer<typeof effectSchema>;

export const swapSchema = z.object({
  feature: z.string(),
  fromProvider: z.string(),
  fromModel: z.string(),
  toProvider: z.string(),
  toModel: z.string(),
});

export const capSchema = z.object({ feature: z.string(), tokens: z.number().int().positive() });

export const recommendationSchema = z.object({
  lever: leverNameSchema,
  standing: standingSchema,
  ground: groundSchema,
  evidence: evidenceLabelSchema,
  /** Segment of the evidence's figures; null when they are over everything. */
  segment: z.string().nullable(),
  /** USD as text, for ordering; what is shown is cited. */
  savingUsd: z.string(),
  /** Keys of the evidence that hold the saving and its range; null when there is no such bound. */
  keys: z.object({ saving: z.string(), low: z.string(), high: z.string().nullable() }),
  /** The feature with the largest part of it; null when the log names none. */
  mainSegment: z.string().nullable(),
  swap: swapSchema.nullable(),
  /** Longest answers by feature, of an output cap; absent in states of runs that began before there were any. */
  caps: z.array(capSchema).default([]),
  /** Features that go into batches. */
  batched: z.array(z.string()).default([]),
  latency: effectSchema,
  quality: effectSchema,
  /** Why it stands where it stands. */
  why: z.string(),
});
export type Recommendation = z.infer<typeof recommendationSchema>;

export const optimizationResultSchema = z.object({
  /** Largest saving first within each standing; the plan first. */
  recommendations: z.array(recommendationSchema),
  /** Levers that were looked at and left, with the reason. */
  rejected: z.array(richTextSchema),
  /**
   * The joint plan without, and with, what has to be tested first; the search for a plan that meets the goals; the plan
   * under stated growth. The last two are absent in states of runs that began before they were looked for.
   */
  plan: z.object({
    evidence: label,
    withTests: label,
    goals: label.default(null),
    growth: label.default(null),
  }),
  evidence: z.object({
    responseCache: label,
    promptCache: label,
    modelSwap: label,
    retryWaste: label,
    prefixBreaks: label.default(null),
  }),
  findings: z.array(richTextSchema),
  /** The outcome in a sentence. */
  summary: richTextSchema,
  /** How the plan does against what the user asked for. */
  verdicts: z.array(richTextSchema),
  /** Plans that no other beats in saving, speed and risk at once, where goals were stated. */
  front: z.array(richTextSchema).default([]),
  notes: z.array(richTextSchema),
});
export type OptimizationResult = z.infer<typeof optimizationResultSchema>;
