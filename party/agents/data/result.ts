import { z } from "zod";
import { evidenceLabelSchema, richTextSchema } from "../../protocol";

const label = evidenceLabelSchema.nullable();

export const dataResultSchema = z.object({
  /** Calls in the range asked about; with zero of them nothing else was looked at. */
  calls: z.number().int(),
  unpricedCalls: z.number().int(),
  /** Whether the log holds them; null when the query that tells failed, which is no absence. */
  hasModels: z.boolean().nullable(),
  hasFeatures: z.boolean().nullable(),
  hasLatency: z.boolean(),
  hasQuality: z.boolean().nullable(),
  /** Which evidence holds what; null when it was not asked for or its query failed. */
  evidence: z.object({
    totals: evidenceLabelSchema,
    byModel: label,
    byFeature: label,
    ranking: label,
    timeline: label,
    periods: label,
    /** The next three are absent in states of runs that began before they were looked at. */
    change: label.default(null),
    unusual: label.default(null),
    growth: label.default(null),
    latency: label,
    errors: label,
    quality: label,
  }),
  /** What the question's own subject came to, where it is a change or growth; absent in states of runs that began before. */
  outcome: z.array(richTextSchema).default([]),
  /** In the order in which they matter for the question. */
  findings: z.array(richTextSchema),
  /** The rules' direct answer to a lookup. */
  answer: richTextSchema,
  /** What a language model wrote about it, checked; empty when rules did the work. */
  notes: z.array(richTextSchema),
});
export type DataResult = z.infer<typeof dataResultSchema>;
