import { z } from "zod";

/** Why one row was not taken. */
export const rejectionReasonSchema = z.enum([
  "row-too-long",
  "row-cut-short",
  "wrong-column-count",
  "broken-quotes",
  "not-json",
  "not-utf8",
  "control-characters",
  "missing-value",
  "not-a-number",
  "not-whole",
  "negative",
  "too-large",
  "out-of-range",
  "not-a-date",
  "date-out-of-range",
  "text-too-long",
  "inconsistent-tokens",
  "unknown-status",
  "not-a-list",
]);
export type RejectionReason = z.infer<typeof rejectionReasonSchema>;

export const rejectionSchema = z.object({
  /** Line of the file on which the row starts, from 1; the header counts. */
  line: z.number().int().positive(),
  /** Name of the column as the file writes it; null when the row as a whole is at fault. */
  column: z.string().nullable(),
  /** At most 80 characters, control characters made visible. */
  value: z.string(),
  reason: rejectionReasonSchema,
  /** The same in words, for a person. */
  text: z.string(),
});
export type Rejection = z.infer<typeof rejectionSchema>;

export const problemCodeSchema = z.enum([
  "empty-file",
  "header-only",
  "not-text",
  "utf-16",
  "packed-file",
  "old-line-ends",
  "header-too-long",
  "too-many-columns",
  "duplicate-column",
  "wrong-header",
  "wrong-shape",
  "model-missing",
  "start-time-missing",
  "all-rows-rejected",
]);
export type ProblemCode = z.infer<typeof problemCodeSchema>;

/** Why a file as a whole cannot be taken, and what to do about it. */
export const fileProblemSchema = z.object({
  code: problemCodeSchema,
  text: z.string(),
  hint: z.string(),
});
export type FileProblem = z.infer<typeof fileProblemSchema>;

export const fileFormatSchema = z.enum(["csv", "tsv", "jsonl", "json"]);
export type FileFormat = z.infer<typeof fileFormatSchema>;

/** Known layouts; `generic` is any other whose columns could be matched by name. */
export const fileShapeSchema = z.enum([
  "azure-llm-trace",
  "mooncake-trace",
  "netra",
  "openai",
  "anthropic",
  "generic",
]);
export type FileShape = z.infer<typeof fileShapeSchema>;

const receiptFacts = z.object({
  importId: z.string(),
  fileName: z.string(),
  format: fileFormatSchema.nullable(),
  shape: fileShapeSchema.nullable(),
  /** Always `rowsAccepted + rowsRejected`; header and blank lines are no rows. */
  rowsRead: z.number().int(),
  rowsAccepted: z.number().int(),
  rowsRejected: z.number().int(),
  rejectedBy: z.array(z.object({ reason: rejectionReasonSchema, count: z.number().int() })),
  /** The first 100. */
  rejections: z.array(rejectionSchema),
  /** Tokens of the accepted rows. */
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  /** Unix ms of the earliest and latest accepted call; null when none was accepted. */
  firstCallAt: z.number().int().nullable(),
  lastCallAt: z.number().int().nullable(),
  assignedModel: z.object({ provider: z.string(), model: z.string() }).nullable(),
  /** What was taken for granted, each a sentence, e.g. that times without a zone are UTC. */
  assumptions: z.array(z.string()),
  bytes: z.number().int(),
  elapsedMs: z.number(),
});

/** How an import ended. A failed one says why; its accepted rows, if any, stay. JSON. */
export const importReceiptSchema = z.discriminatedUnion("state", [
  receiptFacts.extend({ state: z.literal("completed"), problem: z.null() }),
  receiptFacts.extend({ state: z.literal("failed"), problem: fileProblemSchema }),
]);
export type ImportReceipt = z.infer<typeof importReceiptSchema>;
