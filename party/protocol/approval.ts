import * as z from "zod";
import { roleSchema } from "./ticket";

const fieldNameSchema = z.string().min(1).max(64);
const labelSchema = z.string().min(1).max(120);

/** A value that is asked about, as proposed. */
export const approvalFieldSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("number"),
    name: fieldNameSchema,
    label: labelSchema,
    /** For people: "USD a month". */
    unit: z.string().max(40).nullable(),
    value: z.number(),
    min: z.number().nullable(),
    max: z.number().nullable(),
    /** Whole numbers alone. */
    whole: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("text"),
    name: fieldNameSchema,
    label: labelSchema,
    value: z.string().max(1_000),
    maxLength: z.number().int().positive().max(1_000),
  }),
  z.object({
    kind: z.literal("choice"),
    name: fieldNameSchema,
    label: labelSchema,
    value: z.string().max(200),
    options: z.array(z.string().max(200)).min(1).max(50),
  }),
]);
export type ApprovalField = z.infer<typeof approvalFieldSchema>;

/** What the crew may not do without a person's word. */
export const approvalRequestSchema = z.object({
  id: z.uuid(),
  /** What is to be done, in one sentence. */
  title: z.string().min(1).max(200),
  /** Why, and what happens then. */
  reason: z.string().max(2_000),
  fields: z.array(approvalFieldSchema).max(20),
  /** Whose word counts. A viewer's never does. */
  roles: z.array(roleSchema.exclude(["viewer"])).min(1),
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

/** `edit`: approved with other values. */
export const approvalChoiceSchema = z.enum(["approve", "edit", "reject"]);
export type ApprovalChoice = z.infer<typeof approvalChoiceSchema>;

/** Values by field name. */
export const approvalValuesSchema = z.record(
  fieldNameSchema,
  z.union([z.string().max(1_000), z.number()]),
);
export type ApprovalValues = z.infer<typeof approvalValuesSchema>;

export type DecidedValues =
  | { ok: true; values: ApprovalValues }
  | { ok: false; field: string; problem: string };

/**
 * The values that a decision stands for: the proposed ones, with `edit` those that were changed. For
 * people: `problem` says what is wrong with the value of the field labelled `field`. Pure.
 */
export function decidedValues(
  { fields }: Pick<ApprovalRequest, "fields">,
  decision: ApprovalChoice,
  given: ApprovalValues = {},
): DecidedValues {
  const unknown = Object.keys(given).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) return { ok: false, field: unknown, problem: "is not asked about" };
  const values: ApprovalValues = {};
  for (const field of fields) {
    const changed = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    if (changed !== undefined && decision !== "edit") {
      return { ok: false, field: field.label, problem: "can only be changed by an edit" };
    }
    const value = changed ?? field.value;
    const problem = problemOf(field, value);
    if (problem !== null) return { ok: false, field: field.label, problem };
    values[field.name] = value;
  }
  return { ok: true, values };
}

function problemOf(field: ApprovalField, value: string | number): string | null {
  switch (field.kind) {
    case "number":
      if (typeof value !== "number") return "must be a number";
      if (field.min !== null && value < field.min) return `must be at least ${field.min}`;
      if (field.max !== null && value > field.max) return `must be at most ${field.max}`;
      if (field.whole && !Number.isInteger(value)) return "must be a whole number";
      return null;
    case "text":
      if (typeof value !== "string") return "must be text";
      return value.length > field.maxLength ? `may have ${field.maxLength} characters` : null;
    case "choice":
      return field.options.some((option) => option === value)
        ? null
        : `must be one of: ${field.options.join(", ")}`;
  }
}
