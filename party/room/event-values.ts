import type { NumberedEvent } from "../protocol";
import { EventTooLargeError } from "./errors";
import {
  continuationKey,
  EVENT_MAX_BYTES,
  eventKey,
  toPieces,
  VALUE_MAX_BYTES,
} from "./storage-layout";

/** Packs events into as few values as the limit allows; a larger event gets continuation keys. */
export function eventValues(events: readonly NumberedEvent[]): Record<string, Uint8Array> {
  const values: Record<string, Uint8Array> = {};
  const encoder = new TextEncoder();
  let group: { seq: number; parts: string[]; bytes: number } | null = null;
  const close = () => {
    if (group === null) return;
    const { seq, parts } = group;
    for (const [index, piece] of toPieces(`[${parts.join(",")}]`).entries()) {
      values[index === 0 ? eventKey(seq) : continuationKey(seq, index)] = piece;
    }
    group = null;
  };
  for (const numbered of events) {
    const json = JSON.stringify(numbered);
    const bytes = encoder.encode(json).length + 2;
    if (bytes > EVENT_MAX_BYTES) {
      throw new EventTooLargeError(numbered.event.type, bytes, EVENT_MAX_BYTES);
    }
    // Strictly below the limit: only a split event fills its first value to the brim.
    if (group && group.bytes + bytes >= VALUE_MAX_BYTES) close();
    group ??= { seq: numbered.seq, parts: [], bytes: 0 };
    group.parts.push(json);
    group.bytes += bytes;
  }
  close();
  return values;
}
