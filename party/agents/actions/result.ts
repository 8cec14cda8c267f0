import { z } from "zod";
import {
  approvalRequestSchema,
  changeRefusalSchema,
  choicesSchema,
  evidenceLabelSchema,
  personSchema,
  reportActionSchema,
  workspaceChangeSchema,
} from "../../protocol";

export const proposalSchema = z.object({
  state: z.literal("proposed"),
  subject: z.string(),
  /** As the message asks for it; an edit of the approval may have other values. */
  change: workspaceChangeSchema,
  request: approvalRequestSchema.omit({ id: true }),
});

/** Where a change stands that the message asked for. `subject`: what it is about, for people. */
export const changeStandingSchema = z.discriminatedUnion("state", [
  proposalSchema,
  z.object({ state: z.literal("rejected"), subject: z.string(), by: personSchema }),
  /** Nothing was changed. `choices`: messages that would not be refused. */
  z.object({
    state: z.literal("refused"),
    refusal: changeRefusalSchema,
    choices: choicesSchema.or(z.tuple([])),
  }),
  z.object({
    state: z.literal("done"),
    subject: z.string(),
    change: workspaceChangeSchema,
    by: personSchema,
    evidence: evidenceLabelSchema,
  }),
]);
export type ChangeStanding = z.infer<typeof changeStandingSchema>;

export const actionsResultSchema = z.object({
  /** In the order in which to do them. */
  actions: z.array(reportActionSchema),
  /** Null when the message asks for no change. */
  change: changeStandingSchema.nullable().default(null),
});
export type ActionsResult = z.infer<typeof actionsResultSchema>;
