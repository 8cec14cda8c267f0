import * as z from "zod";
import { approvalChoiceSchema, approvalValuesSchema } from "./approval";
import { numberedEventSchema } from "./events";

/** Raised whenever an old client could misread a new server or the other way round. */
export const PROTOCOL_VERSION = 4;

/** Longest message a person may send, in characters (UTF-16 code units). */
export const MESSAGE_MAX_CHARACTERS = 10_000;

/** Largest frame the room reads, in bytes. */
export const FRAME_MAX_BYTES = 128 * 1024;

export const whenBusySchema = z.enum(["queue", "replace"]);
export type WhenBusy = z.infer<typeof whenBusySchema>;

/** Client → room. */
export const clientMessageSchema = z.discriminatedUnion("type", [
  /** First frame of every connection: the last event number this client has (0 for none). */
  z.object({
    type: z.literal("hello"),
    v: z.number().int(),
    lastSeq: z.number().int().nonnegative(),
  }),
  /**
   * `id` is made by the client; the same id sent twice is one message and one run. `whenBusy`: while a
   * run is on, wait for it in line, or stop it and go first.
   */
  z.object({
    type: z.literal("message.send"),
    id: z.uuid(),
    text: z.string().trim().min(1).max(MESSAGE_MAX_CHARACTERS),
    whenBusy: whenBusySchema.default("queue"),
    /** The question it follows, where that is not the thread's newest: the sender looks at an older branch. */
    after: z.uuid().optional(),
  }),
  /** Asks a question differently: a new message beside the one it replaces, with a branch of its own. */
  z.object({
    type: z.literal("message.edit"),
    id: z.uuid(),
    replaces: z.uuid(),
    text: z.string().trim().min(1).max(MESSAGE_MAX_CHARACTERS),
    whenBusy: whenBusySchema.default("queue"),
  }),
  /** Takes back a message that waits for its run. */
  z.object({ type: z.literal("message.withdraw"), messageId: z.uuid() }),
  z.object({ type: z.literal("run.cancel"), runId: z.uuid() }),
  /** A person's word on what a run asked about; the first valid one counts. `values` only with `edit`. */
  z.object({
    type: z.literal("approval.give"),
    id: z.uuid(),
    runId: z.uuid(),
    approvalId: z.uuid(),
    decision: approvalChoiceSchema,
    values: approvalValuesSchema.optional(),
  }),
  /** A new run for the same message, where the last one failed or was stopped. `id` as in `message.send`. */
  z.object({ type: z.literal("run.retry"), id: z.uuid(), runId: z.uuid() }),
  z.object({ type: z.literal("ping") }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;
/** What is stored once under the client's id and acknowledged, by socket or HTTP. */
export type Writing = Extract<ClientMessage, { id: string }>;

export const refusalCodeSchema = z.enum([
  "malformed",
  "too-large",
  "message-too-long",
  "message-empty",
  "outdated-client",
  "hello-first",
  "busy",
  "no-such-run",
  "no-such-message",
  "not-waiting",
  "cannot-retry",
  "no-such-approval",
  "already-decided",
  "invalid-values",
  "not-allowed",
  "rate-limited",
  "internal",
]);
export type RefusalCode = z.infer<typeof refusalCodeSchema>;

/** Room → client. */
export const serverMessageSchema = z.discriminatedUnion("type", [
  /** Answer to `hello`; the events after the client's `lastSeq` follow in `events` frames up to `seq`. */
  z.object({
    type: z.literal("welcome"),
    v: z.number().int(),
    seq: z.number().int().nonnegative(),
    activeRunId: z.uuid().nullable(),
  }),
  /** One or more events in order, each already written to storage. */
  z.object({ type: z.literal("events"), events: z.array(numberedEventSchema).min(1) }),
  /**
   * All that is left of the events after the client's last number up to `seq`: of ended runs the pieces
   * of text are folded away. Folded in like events, whose numbers may skip; then `seq` is the last number.
   */
  z.object({
    type: z.literal("snapshot"),
    seq: z.number().int().positive(),
    events: z.array(numberedEventSchema).min(1),
  }),
  /** The client message with this id is stored as event `seq`. */
  z.object({ type: z.literal("ack"), id: z.uuid(), seq: z.number().int().positive() }),
  z.object({
    type: z.literal("refusal"),
    /** The client message it answers, when it could be read. */
    id: z.string().nullable(),
    code: refusalCodeSchema,
    text: z.string(),
    retry: z.boolean(),
  }),
  /** Who is in the thread now: the whole list each time, soon after it changed. Not an event, without number. */
  z.object({
    type: z.literal("presence"),
    /** In the order in which they came; viewers, and who it is sent to, are among them. */
    people: z.array(
      z.object({ id: z.uuid(), name: z.string(), connections: z.number().int().positive() }),
    ),
    /** How many people are here beside those. */
    more: z.number().int().nonnegative(),
  }),
  z.object({ type: z.literal("pong") }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

/** WebSocket close codes of the room, with what the client should do. */
export const closeCodes = {
  /** Fetch a new ticket and connect again. */
  ticketRefused: 4401,
  /** Not a member, or not this room: do not connect again. */
  forbidden: 4403,
  /** The thread was deleted: do not connect again. */
  threadDeleted: 4410,
  /** The client is older than the server: reload the page. */
  outdatedClient: 4409,
  /** Said no hello in time, or does not read what it is sent: connect again from the last number. */
  tooSlow: 4408,
  /** Broke the limits of the protocol. */
  abusive: 4429,
  /**
   * The room, or this person in it, has too many connections; or the thread was deleted and the record cannot
   * say whether it was restored: try again later.
   */
  tryLater: 4503,
} as const;
