import { z } from "zod";
import { approvalChoiceSchema, approvalValuesSchema, personSchema } from "../protocol";

/**
 * The keys of room storage. `meta` carries the schema version; `migrate-storage.ts` brings older ones up.
 *
 * | key | value |
 * | --- | --- |
 * | `meta` | schema version, number of the last event, next evidence label, last `run-finished` and `model-called`, compacted up to |
 * | `stamp` | environment and installation the room belongs to (stamp.ts) |
 * | `identity` | which thread and workspace this room is |
 * | `ev:%012d` | UTF-8 JSON of one or more events; the number is the first one's |
 * | `ev:%012d.%03d` | the rest of an event too large for one value |
 * | `said:<id>` | number of the event that stored what a client sent under this id |
 * | `recent` | ids of the newest questions, the newest first; withdrawn ones left out |
 * | `wait:%012d` | a message waiting for its run, by event number |
 * | `wait:!%012d` | one that goes before all those; the number counts down, so the newest is first |
 * | `run` | the run in progress |
 * | `stop` | which run is to be stopped, and why; gone with the run |
 * | `ended:<run id>` | the message whose last run this was, when it failed or was stopped; may be retried |
 * | `parked:<run id>` | a run that waits for an approval, `held:<run id>.%03d` its checkpoint in pieces |
 * | `approval:<id>` | what was asked of people, by which run, and what was decided |
 * | `cp:%03d` | UTF-8 JSON of that run's checkpoint, in pieces |
 * | `outbox` | number of the last event delivered to the thread store |
 * | `outbox:calls` | number of the last event whose model call was delivered to the crew's own dataset |
 * | `refused:%012d` | an event that the thread store refused, by number, and why |
 * | `shut` | the thread is deleted: nobody comes in and nothing runs |
 * | `title` | the title of a person that the log says last |
 * | `spent:<expiry>:<id>` | a ticket that opened a socket, until it expires |
 */
export const STORAGE_SCHEMA = 4;

/** Stock limit of a value is 128 KiB; this leaves room for the engine's own framing. */
export const VALUE_MAX_BYTES = 120 * 1024;
/** Largest single event: it must fit a frame of less than 1 MiB. */
export const EVENT_MAX_BYTES = 900 * 1024;

/** An alarm this often keeps the room awake while it works, and wakes it after a crash, ms. */
export const HEARTBEAT_MS = 5_000;

export const metaKey = "meta";
export const identityKey = "identity";
export const runKey = "run";
export const recentKey = "recent";
export const stopKey = "stop";
export const outboxKey = "outbox";
export const callsOutboxKey = "outbox:calls";
export const refusedKey = (seq: number) => `refused:${String(seq).padStart(12, "0")}`;
export const refusedRange = { from: "refused:", to: "refused;" } as const;
export const shutKey = "shut";
export const titleKey = "title";
export const eventRange = { from: "ev:", to: "ev;" } as const;
export const waitRange = { from: "wait:", to: "wait;" } as const;
export const eventKey = (seq: number) => `ev:${String(seq).padStart(12, "0")}`;
export const saidKey = (id: string) => `said:${id}`;
export const parkedKey = (runId: string) => `parked:${runId}`;
export const heldPieceKey = (runId: string, part: number) =>
  `held:${runId}.${String(part).padStart(3, "0")}`;
export const approvalKey = (id: string) => `approval:${id}`;
export const endedKey = (runId: string) => `ended:${runId}`;
export const waitKey = (seq: number) => `wait:${String(seq).padStart(12, "0")}`;
export const urgentWaitKey = (seq: number) =>
  `wait:!${String(999_999_999_999 - seq).padStart(12, "0")}`;
/** Ordered by when the ticket expires (Unix s). */
export const spentKey = (expiry: number, ticketId: string) =>
  `spent:${String(expiry).padStart(12, "0")}:${ticketId}`;
export const spentRange = { from: "spent:", to: "spent;" } as const;
export const checkpointKey = (part: number) => `cp:${String(part).padStart(3, "0")}`;
export const continuationKey = (seq: number, part: number) =>
  `${eventKey(seq)}.${String(part).padStart(3, "0")}`;

export const metaSchema = z.object({
  schema: z.literal(STORAGE_SCHEMA),
  seq: z.number().int().nonnegative(),
  nextEvidence: z.number().int().positive(),
  /** Number of the last `run-finished`; 0 for none. */
  finished: z.number().int().nonnegative(),
  /** Number of the last `model-called`; 0 for none. */
  called: z.number().int().nonnegative(),
  /** Events up to this number are compacted. */
  compacted: z.number().int().nonnegative(),
});
export type Meta = z.infer<typeof metaSchema>;

export const identitySchema = z.object({ threadId: z.string(), workspaceId: z.string() });

/** An event that the thread store refused. The event itself stays in the log. */
export const refusedEventSchema = z.object({
  seq: z.number().int().positive(),
  type: z.string(),
  code: z.string(),
  rule: z.string().nullable(),
  /** When it was given up, Unix ms. */
  at: z.number(),
});
export type RefusedEvent = z.infer<typeof refusedEventSchema>;

/** What was decided about an approval, and by whom. */
export const approvalGivenSchema = z.object({
  approvalId: z.string(),
  decision: approvalChoiceSchema,
  values: approvalValuesSchema,
  by: personSchema,
});
export type ApprovalGiven = z.infer<typeof approvalGivenSchema>;

export const waitingMessageSchema = z.object({
  id: z.string(),
  text: z.string(),
  /** Which run of the message this is: 2 for the first retry. */
  attempt: z.number().int().positive().default(1),
  /** Its run waited for an approval and goes on with it. */
  resumes: z.object({ runId: z.string(), given: approvalGivenSchema }).optional(),
});
export type WaitingMessage = z.infer<typeof waitingMessageSchema>;

/** The run in progress, as it must be known to go on after the process died. */
export const runRecordSchema = z.object({
  runId: z.string(),
  message: waitingMessageSchema,
  /** Number of the `run-started` event; null while nothing of the run has been shown. */
  startedSeq: z.number().int().positive().nullable(),
  /** How often the run was taken up again. */
  attempt: z.number().int().nonnegative(),
  /** Pieces of the checkpoint under `cp:`; 0 when no step is finished yet. */
  checkpointParts: z.number().int().nonnegative(),
  /** Its report is in the log; a run taken up again does not write it twice. */
  reported: z.boolean(),
  /** The last decision about what it asked for; null when it has not asked. */
  approval: approvalGivenSchema.nullable().default(null),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** `asked`: a person stopped it. `replaced`: a newer message was sent to take its place. */
export const stopCauseSchema = z.enum(["asked", "replaced"]);
export type StopCause = z.infer<typeof stopCauseSchema>;

export const stopRequestSchema = z.object({ runId: z.string(), because: stopCauseSchema });
export type StopRequest = z.infer<typeof stopRequestSchema>;

/** Splits UTF-8 JSON into values that respect the limit. */
export function toPieces(json: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(json);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += VALUE_MAX_BYTES) {
    pieces.push(bytes.slice(start, start + VALUE_MAX_BYTES));
  }
  return pieces;
}

/** The inverse of `toPieces`. */
export function fromPieces(pieces: Iterable<unknown>): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let json = "";
  for (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw new TypeError("Room storage holds no bytes here");
    json += decoder.decode(piece, { stream: true });
  }
  return json + decoder.decode();
}
