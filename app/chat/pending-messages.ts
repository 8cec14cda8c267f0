/** A message on its way to the room. `problem`: why the room refused it, in its words. */
export interface PendingMessage {
  id: string;
  text: string;
  problem: string | null;
}

const keyOf = (threadId: string) => `netra.pending.${threadId}`;

/** Messages that were sent before a reload and not yet shown by the room. */
export function loadPending(storage: Storage | null, threadId: string): PendingMessage[] {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(keyOf(threadId)) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isPending) : [];
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

function isPending(value: unknown): value is PendingMessage {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    "text" in value &&
    typeof value.text === "string" &&
    "problem" in value &&
    (value.problem === null || typeof value.problem === "string")
  );
}
