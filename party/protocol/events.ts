import * as z from "zod";
import { agentNameSchema } from "./agent-name";
import { approvalChoiceSchema, approvalRequestSchema, approvalValuesSchema } from "./approval";
import { evidenceLabelSchema, evidenceSchema, richTextSchema } from "./evidence";
import { modelCallSchema } from "./model-call";
import { reportSchema, writerSchema } from "./report";

/** Who did something in a thread, under the name they had then. */
export const personSchema = z.object({ id: z.uuid(), name: z.string() });
export type Person = z.infer<typeof personSchema>;

/** An answer that the crew offers to its own question: `label` on the button, `text` sent when it is pressed. */
export const choiceSchema = z.object({
  label: z.string().trim().min(1).max(60),
  text: z.string().trim().min(1).max(300),
});
export type Choice = z.infer<typeof choiceSchema>;
export const choicesSchema = z.array(choiceSchema).min(2).max(6);

export const messageSchema = z.object({
  id: z.uuid(),
  role: z.enum(["user", "assistant"]),
  /** Null for the crew's own messages. */
  author: personSchema.nullable(),
  /**
   * Only on a person's message: the question it follows, null for a first one. Those that follow the same
   * are versions of one question. Absent in threads from before versions: it follows the one before it.
   */
  parentId: z.uuid().nullable().optional(),
  runId: z.uuid().nullable(),
  text: richTextSchema,
  writer: writerSchema.nullable(),
  /** Only on the crew's: it asks back, and these are answers to choose from while nothing else was said. */
  choices: choicesSchema.optional(),
  /**
   * On an assistant message: `stopped` when a person stopped the run in the middle. On a person's own:
   * `withdrawn` when it was taken back before its run; the event that added it says `complete`.
   */
  ending: z.enum(["complete", "stopped", "failed", "withdrawn"]),
  at: z.iso.datetime(),
});
export type Message = z.infer<typeof messageSchema>;

/** How a step ended. `fell-back`: the model failed and the rules did the work. */
export const stepOutcomeSchema = z.enum(["completed", "fell-back", "failed", "stopped"]);
export type StepOutcome = z.infer<typeof stepOutcomeSchema>;

/** Everything that can happen in a thread. Events are numbered by the room and never change. */
export const threadEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message-added"), message: messageSchema }),
  /** A waiting message was taken back: it gets no run. */
  z.object({ type: z.literal("message-withdrawn"), messageId: z.uuid(), by: personSchema }),
  z.object({
    type: z.literal("run-started"),
    runId: z.uuid(),
    messageId: z.uuid(),
    /** Name of the language model, or null: rule-based analysis. */
    model: z.string().nullable(),
  }),
  /** The process died in the middle; the run goes on from its last finished step. */
  z.object({
    type: z.literal("run-resumed"),
    runId: z.uuid(),
    attempt: z.number().int().positive(),
  }),
  z.object({
    type: z.literal("run-finished"),
    runId: z.uuid(),
    state: z.enum(["completed", "cancelled", "failed"]),
    /** For people: why it was cancelled or failed, and what to do. */
    reason: z.string().nullable(),
  }),
  /** The run waits, as long as it takes, until somebody who may decides. */
  z.object({
    type: z.literal("approval-requested"),
    runId: z.uuid(),
    approval: approvalRequestSchema,
  }),
  /** Decided: the run goes on when its turn comes. */
  z.object({
    type: z.literal("approval-given"),
    /** Made by the client. */
    id: z.uuid(),
    runId: z.uuid(),
    approvalId: z.uuid(),
    decision: approvalChoiceSchema,
    /** What was decided on, by field name: as proposed, or as edited. */
    values: approvalValuesSchema,
    by: personSchema,
  }),
  /** A person asked for a new run of the same message; it waits its turn like a message. */
  z.object({
    type: z.literal("run-retried"),
    /** Made by the client. */
    id: z.uuid(),
    /** The run that had failed or was stopped. */
    runId: z.uuid(),
    messageId: z.uuid(),
    /** Which run of the message the new one is: 2 for the first retry. */
    attempt: z.number().int().min(2),
    by: personSchema,
  }),
  z.object({
    type: z.literal("step-started"),
    runId: z.uuid(),
    stepId: z.uuid(),
    agent: agentNameSchema,
    /** Why the supervisor chose this agent now. */
    reason: z.string(),
    writer: writerSchema,
  }),
  z.object({
    type: z.literal("step-skipped"),
    runId: z.uuid(),
    agent: agentNameSchema,
    reason: z.string(),
  }),
  z.object({
    type: z.literal("step-finished"),
    runId: z.uuid(),
    stepId: z.uuid(),
    agent: agentNameSchema,
    outcome: stepOutcomeSchema,
    /** What it found, in one or two sentences. */
    summary: richTextSchema,
    /** Why it fell back, failed or stopped. */
    reason: z.string().nullable(),
    elapsedMs: z.number().nonnegative(),
    /** What the agent leaves for follow-ups, as its output schema has it; absent where it leaves nothing. */
    result: z.unknown().optional(),
  }),
  z.object({
    type: z.literal("tool-started"),
    runId: z.uuid(),
    stepId: z.uuid(),
    toolCallId: z.string(),
    tool: z.string(),
    /** For people: "Spend by model". */
    title: z.string(),
  }),
  z.object({
    type: z.literal("tool-finished"),
    runId: z.uuid(),
    stepId: z.uuid(),
    toolCallId: z.string(),
    tool: z.string(),
    title: z.string(),
    evidence: evidenceLabelSchema.nullable(),
    summary: richTextSchema,
    elapsedMs: z.number().nonnegative(),
  }),
  z.object({
    type: z.literal("tool-failed"),
    runId: z.uuid(),
    stepId: z.uuid(),
    toolCallId: z.string(),
    tool: z.string(),
    title: z.string(),
    error: z.string(),
    elapsedMs: z.number().nonnegative(),
  }),
  /** A call of a language model is over: what it took and what it cost, or what the cache saved. */
  z.object({ type: z.literal("model-called"), call: modelCallSchema }),
  z.object({ type: z.literal("evidence-recorded"), evidence: evidenceSchema }),
  /** A piece of an answer while it is being written; the finished text comes as `message-added`. */
  z.object({
    type: z.literal("text-delta"),
    runId: z.uuid(),
    stepId: z.uuid(),
    text: richTextSchema,
  }),
  z.object({ type: z.literal("report-written"), report: reportSchema }),
  z.object({
    type: z.literal("thread-titled"),
    title: z.string().max(120),
    source: z.enum(["rule", "model", "human"]),
  }),
]);
export type ThreadEvent = z.infer<typeof threadEventSchema>;
export type ThreadEventOf<T extends ThreadEvent["type"]> = Extract<ThreadEvent, { type: T }>;

/** An event with its place in the thread: `seq` counts from 1 without gaps; `at` is when it was written. */
export const numberedEventSchema = z.object({
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  event: threadEventSchema,
});
export type NumberedEvent = z.infer<typeof numberedEventSchema>;
