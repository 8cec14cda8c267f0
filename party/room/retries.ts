import type { RoomStorage } from "../ports/room";
import type { Person, Writing } from "../protocol";
import { NotRetriableError } from "./errors";
import { endedKey, type WaitingMessage, waitingMessageSchema } from "./storage-layout";
import type { WaitingLine } from "./waiting-line";

/**
 * Stores the wish for a new run of a message whose last run failed or was stopped. The new run starts
 * anew: what made the old one fail may be in its checkpoint. Resolves to the event number.
 * @throws NotRetriableError, QueueFullError, RoomWriteError
 */
export function retryRun(
  { id, runId }: Extract<Writing, { type: "run.retry" }>,
  by: Person,
  { line, storage }: { line: WaitingLine; storage: RoomStorage },
): Promise<number> {
  return line.once(id, async (seq) => {
    const stored = await storage.get(endedKey(runId));
    if (stored === undefined) throw new NotRetriableError(runId);
    const ended = waitingMessageSchema.parse(stored);
    const next: WaitingMessage = { ...ended, attempt: ended.attempt + 1 };
    const { id: messageId, attempt } = next;
    return {
      events: [{ type: "run-retried", id, runId, messageId, attempt, by }],
      change: { put: await line.placeFor(seq, next), remove: [endedKey(runId)] },
    };
  });
}
