import * as z from "zod";

/** What a value counts. `percent` is 0–100; `ratio` is a plain factor; `USD` is dollars; times are ms. */
export const unitSchema = z.enum([
  "USD",
  "tokens",
  "calls",
  "ms",
  "percent",
  "ratio",
  "count",
  "seconds",
  "date",
]);
export type Unit = z.infer<typeof unitSchema>;

/**
 * One figure that may be cited. `value` is a decimal written out as text (no exponent) so that no
 * digit is lost on the way; for the unit `date` it is an ISO-8601 instant. `null` means unknown or
 * unpriced, with the reason in `note`; it never means zero.
 * (`segment`, `key`) is unique within an evidence; `segment` is null for figures over everything.
 */
export const evidenceValueSchema = z.object({
  segment: z.string().max(300).nullable(),
  key: z.string().max(80),
  label: z.string().max(200),
  unit: unitSchema,
  value: z.string().max(64).nullable(),
  note: z.string().max(300).optional(),
});
export type EvidenceValue = z.infer<typeof evidenceValueSchema>;

/** How a figure came to be: counted in the log, computed by replaying the log, taken as given, or said by the user. */
export const groundSchema = z.enum(["measured", "simulated", "assumed", "stated"]);
export type Ground = z.infer<typeof groundSchema>;

/** What was asked of the log, so that it can be asked again: the tool, its input, and which calls. */
export const evidenceQuestionSchema = z.object({
  tool: z.string().max(80),
  input: z.unknown(),
  /** Unix ms, `from` inclusive, `to` exclusive; null is open. */
  from: z.number().nullable(),
  to: z.number().nullable(),
  filters: z.object({
    provider: z.array(z.string()).optional(),
    model: z.array(z.string()).optional(),
    feature: z.array(z.string()).optional(),
    notFeature: z.array(z.string()).optional(),
  }),
});
export type EvidenceQuestion = z.infer<typeof evidenceQuestionSchema>;

/** What an analysis returns; the run gives it an id and a label (`E7`) and it becomes evidence. */
export const evidenceDraftSchema = z.object({
  tool: z.string().max(80),
  /** One plain sentence: what was computed over what. */
  what: z.string().max(500),
  ground: groundSchema,
  formula: z.string().max(2_000).nullable(),
  sql: z.string().max(20_000).nullable(),
  parameters: z.record(z.string(), z.unknown()),
  /** Absent where nothing was asked of the log, and in evidence recorded before questions were kept. */
  question: evidenceQuestionSchema.optional(),
  rowsRead: z.number().int().nonnegative().nullable(),
  elapsedMs: z.number().nonnegative(),
  catalogueVersion: z.string().max(80),
  datasets: z.array(z.object({ id: z.string(), name: z.string(), version: z.number().int() })),
  assumptions: z.array(z.string().max(500)),
  /** Name of the segment column when the values are to be shown as a table. */
  segmentLabel: z.string().max(80).nullable(),
  values: z.array(evidenceValueSchema).max(600),
});
export type EvidenceDraft = z.infer<typeof evidenceDraftSchema>;

export const evidenceLabelSchema = z.string().regex(/^E[1-9]\d{0,5}$/);

/** The immutable result of a tool call. */
export const evidenceSchema = evidenceDraftSchema.extend({
  id: z.uuid(),
  label: evidenceLabelSchema,
  runId: z.uuid(),
  stepId: z.uuid(),
  at: z.iso.datetime(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** A figure in a text, with its receipt: the value of the evidence it shows. */
export const figureSchema = z.object({
  evidence: evidenceLabelSchema,
  segment: z.string().max(300).nullable(),
  key: z.string().max(80),
  text: z.string().max(80),
});
export type Figure = z.infer<typeof figureSchema>;

/** Text whose figures carry their receipts. Plain strings hold no figures of their own. */
export const richTextSchema = z.array(z.union([z.string(), figureSchema]));
export type RichText = z.infer<typeof richTextSchema>;

/** The text as a reader without a drawer sees it: each figure followed by its label when asked. */
export function plainText(text: RichText, { cite = false }: { cite?: boolean } = {}): string {
  return text
    .map((part) =>
      typeof part === "string" ? part : cite ? `${part.text} [${part.evidence}]` : part.text,
    )
    .join("");
}
