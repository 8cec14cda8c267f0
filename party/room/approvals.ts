import { z } from "zod";
import type { RoomStorage, StorageChange } from "../ports/room";
import {
  type ApprovalRequest,
  approvalRequestSchema,
  decidedValues,
  type TicketClaims,
  type Writing,
} from "../protocol";
import {
  ApprovalDecidedError,
  InvalidValuesError,
  NoSuchApprovalError,
  NotYourWordError,
} from "./errors";
import type { LogWrite } from "./event-log";
import { stopReasons } from "./stop";
import {
  type ApprovalGiven,
  approvalGivenSchema,
  approvalKey,
  checkpointKey,
  endedKey,
  heldPieceKey,
  parkedKey,
  type RunRecord,
  runKey,
  runRecordSchema,
  stopKey,
  type WaitingMessage,
} from "./storage-layout";
import type { WaitingLine } from "./waiting-line";

const parkedSchema = z.object({ record: runRecordSchema, approvalId: z.string() });
const approvalSchema = z.object({
  runId: z.string(),
  request: approvalRequestSchema,
  given: approvalGivenSchema.nullable(),
});

/** Puts a run aside, with its checkpoint, until somebody decides: it holds no slot and no alarm meanwhile. */
export function parking(
  record: RunRecord,
  pieces: readonly Uint8Array[],
  request: ApprovalRequest,
): StorageChange {
  const { runId, checkpointParts } = record;
  const parked = { ...record, checkpointParts: pieces.length, attempt: 0, approval: null };
  return {
    put: {
      [parkedKey(runId)]: { record: parked, approvalId: request.id },
      [approvalKey(request.id)]: { runId, request, given: null },
      ...Object.fromEntries(pieces.map((piece, part) => [heldPieceKey(runId, part), piece])),
    },
    remove: [runKey, stopKey, ...keys(checkpointParts, checkpointKey)],
  };
}

/**
 * Stores a decision, once; the run then waits its turn to go on. The first valid one counts. Resolves to
 * the event number.
 * @throws NoSuchApprovalError, ApprovalDecidedError, NotYourWordError, InvalidValuesError, QueueFullError, RoomWriteError
 */
export function giveApproval(
  writing: Extract<Writing, { type: "approval.give" }>,
  claims: TicketClaims,
  { line, storage }: { line: WaitingLine; storage: RoomStorage },
): Promise<number> {
  const { id, runId, approvalId, decision } = writing;
  return line.once(id, async (seq) => {
    const stored = approvalSchema.safeParse(await storage.get(approvalKey(approvalId)));
    if (!stored.success || stored.data.runId !== runId) throw new NoSuchApprovalError(approvalId);
    const { request, given: earlier } = stored.data;
    if (earlier) throw new ApprovalDecidedError(approvalId, earlier);
    const { record } = parkedSchema.parse(await storage.get(parkedKey(runId)));
    if (!request.roles.some((role) => role === claims.role)) {
      throw new NotYourWordError(request.roles);
    }
    const decided = decidedValues(request, decision, writing.values);
    if (!decided.ok) throw new InvalidValuesError(decided.field, decided.problem);
    const by = { id: claims.sub, name: claims.name };
    const given: ApprovalGiven = { approvalId, decision, values: decided.values, by };
    const next: WaitingMessage = { ...record.message, resumes: { runId, given } };
    return {
      events: [{ type: "approval-given", id, runId, ...given }],
      change: {
        put: {
          ...(await line.placeFor(seq, next)),
          [approvalKey(approvalId)]: { runId, request, given },
        },
      },
    };
  });
}

/** Brings a run back into the slot to go on with what was decided; null when it was stopped meanwhile. */
export async function unparking(
  storage: RoomStorage,
  { runId, given }: NonNullable<WaitingMessage["resumes"]>,
): Promise<{ record: RunRecord; change: StorageChange } | null> {
  const parked = await parkedRun(storage, runId);
  if (!parked) return null;
  const record: RunRecord = { ...parked.record, approval: given };
  const held = keys(record.checkpointParts, (part) => heldPieceKey(runId, part));
  const put: Record<string, unknown> = { [runKey]: record };
  for (const [part, key] of held.entries()) put[checkpointKey(part)] = await storage.get(key);
  return { record, change: { put, remove: [parkedKey(runId), ...held] } };
}

/** Ends a run that waits for a decision, or with it for its turn; null when there is none. */
export async function endParked(storage: RoomStorage, runId: string): Promise<LogWrite | null> {
  const parked = await parkedRun(storage, runId);
  if (!parked) return null;
  const held = keys(parked.record.checkpointParts, (part) => heldPieceKey(runId, part));
  return {
    events: [{ type: "run-finished", runId, state: "cancelled", reason: stopReasons.asked }],
    change: {
      put: { [endedKey(runId)]: parked.record.message },
      remove: [parkedKey(runId), approvalKey(parked.approvalId), ...held],
    },
  };
}

async function parkedRun(storage: RoomStorage, runId: string) {
  const stored = await storage.get(parkedKey(runId));
  return stored === undefined ? null : parkedSchema.parse(stored);
}

function keys(parts: number, keyOf: (part: number) => string): string[] {
  return Array.from({ length: parts }, (_, part) => keyOf(part));
}
