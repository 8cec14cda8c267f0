import type { NumberedEvent } from "../protocol";

interface Readable {
  readAfter(after: number, maxBytes?: number): Promise<NumberedEvent[]>;
}

/**
 * Which events between two numbers say nothing any more: pieces of text of a run before its finished
 * message. Everything else is what people and the record need.
 */
export async function voidText(
  log: Readable,
  after: number,
  upTo: number,
): Promise<(numbered: NumberedEvent) => boolean> {
  const answered = new Map<string, number>();
  for await (const { seq, event } of eventsBetween(log, after, upTo)) {
    if (event.type !== "message-added" || event.message.role !== "assistant") continue;
    if (event.message.runId !== null) answered.set(event.message.runId, seq);
  }
  return ({ seq, event }) => event.type === "text-delta" && seq < (answered.get(event.runId) ?? 0);
}

/** Reads the log part by part, so that a long stretch of it is never held at once. */
export async function* eventsBetween(
  log: Readable,
  after: number,
  upTo: number,
): AsyncGenerator<NumberedEvent> {
  let last = after;
  while (last < upTo) {
    const events = await log.readAfter(last);
    if (events.length === 0) return;
    for (const event of events) {
      if (event.seq > upTo) return;
      yield event;
      last = event.seq;
    }
  }
}
