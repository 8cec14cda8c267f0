import * as z from "zod";
import { evidenceLabelSchema, figureSchema, groundSchema, richTextSchema } from "./evidence";

/** Who wrote a text: the rules of an agent's fallback, or a language model whose figures were checked. */
export const writerSchema = z.enum(["rules", "model"]);
export type Writer = z.infer<typeof writerSchema>;

export const reportBlockSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("paragraph"), text: richTextSchema }),
  z.object({ kind: z.literal("list"), items: z.array(richTextSchema) }),
  /** A table drawn from one evidence: a row per segment, a column per key, at most `limit` rows. */
  z.object({
    kind: z.literal("table"),
    title: z.string(),
    evidence: evidenceLabelSchema,
    keys: z.array(z.string()).min(1),
    limit: z.number().int().positive(),
  }),
  /** Bars drawn from one key of one evidence, a bar per segment. */
  z.object({
    kind: z.literal("bars"),
    title: z.string(),
    evidence: evidenceLabelSchema,
    key: z.string(),
    limit: z.number().int().positive(),
  }),
]);
export type ReportBlock = z.infer<typeof reportBlockSchema>;

export const reportSectionSchema = z.object({
  id: z.enum(["findings", "plan", "risks", "method", "next"]),
  title: z.string(),
  writer: writerSchema,
  blocks: z.array(reportBlockSchema),
});
export type ReportSection = z.infer<typeof reportSectionSchema>;

export const levelSchema = z.enum(["low", "medium", "high"]);

/** Where an action stands. Reports always say `proposed`; what became of it is kept beside them. */
export const actionStateSchema = z.enum(["proposed", "accepted", "done", "verified"]);
export type ActionState = z.infer<typeof actionStateSchema>;

/** A lever turned into something a person can do, undo and check. */
export const reportActionSchema = z.object({
  id: z.uuid(),
  lever: z.string(),
  title: z.string(),
  change: richTextSchema,
  owner: z.string(),
  effort: levelSchema,
  risk: levelSchema,
  riskReason: richTextSchema,
  /** Saving over the period analysed, with its range; null when it is not known. */
  saving: figureSchema.nullable(),
  savingLow: figureSchema.nullable(),
  savingHigh: figureSchema.nullable(),
  ground: groundSchema,
  latency: richTextSchema,
  quality: richTextSchema,
  verification: z.string(),
  rollback: z.string(),
  evidence: z.array(evidenceLabelSchema),
  state: actionStateSchema,
  /** The feature whose calls it changes (empty: calls that name none); null or absent: calls of all features. */
  feature: z.string().max(2_000).nullable().optional(),
});
export type ReportAction = z.infer<typeof reportActionSchema>;

/** The run's deliverable. Every figure in it cites evidence. */
export const reportSchema = z.object({
  runId: z.uuid(),
  title: z.string().max(200),
  writer: writerSchema,
  /** The executive summary: at most three points. */
  summary: z.array(richTextSchema).max(3),
  sections: z.array(reportSectionSchema),
  actions: z.array(reportActionSchema),
  /** Figures found in model-written text: checked in all, repaired, and replaced by the template's text. */
  figures: z.object({
    checked: z.number().int(),
    repaired: z.number().int(),
    replaced: z.number().int(),
  }),
  at: z.iso.datetime(),
});
export type Report = z.infer<typeof reportSchema>;
