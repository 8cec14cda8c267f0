import * as z from "zod";
import { type WhenBusy, whenBusySchema } from "../../party/protocol";

/** A message as a person sends it. `whenBusy`: wait for the run in progress, or take its place. */
export interface OutgoingMessage {
  id: string;
  text: string;
  whenBusy: WhenBusy;
  /** The question that this one asks differently. */
  replaces?: string | undefined;
  /** The question it follows, where that is not the thread's newest. */
  after?: string | undefined;
}

/** A message on its way to the room. `problem`: why the room refused it, in its words. */
export interface PendingMessage extends OutgoingMessage {
  problem: string | null;
}

const pendingSchema: z.ZodType<PendingMessage> = z.object({
  id: z.string(),
  text: z.string(),
  whenBusy: whenBusySchema.default("queue"),
  replaces: z.string().optional(),
  after: z.string().optional(),
  problem: z.string().nullable(),
});

const keyOf = (threadId: string) => `netra.pending.${threadId}`;

/** Messages that were sent before a reload and not yet shown by the room. */
export function loadPending(storage: Storage | null, threadId: string): PendingMessage[] {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(keyOf(threadId)) ?? "[]");
    if (!Array.isArray(stored)) return [];
    return stored.flatMap((message) => pendingSchema.safeParse(message).data ?? []);
  } catch {
    return [];
  }
}

export function savePending(
  storage: Storage | null,
  threadId: string,
  pending: readonly PendingMessage[],
): void {
  try {
    if (pending.length === 0) storage?.removeItem(keyOf(threadId));
    else storage?.setItem(keyOf(threadId), JSON.stringify(pending));
  } catch {
    // A full or forbidden storage costs the safety over a reload, not the message.
  }
}
