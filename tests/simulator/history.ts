import type { StorageChange } from "../../party/ports/room";
import {
  type NumberedEvent,
  numberedEventSchema,
  type ServerMessage,
  serverMessageSchema,
} from "../../party/protocol";
import { fromPieces } from "../../party/room/storage-layout";

export class HistoryBroken extends Error {
  override readonly name = "HistoryBroken";
}

/** An event as text, with its fields in the order of the schema, so that equal events are equal texts. */
export function eventText(event: NumberedEvent): string {
  return JSON.stringify(numberedEventSchema.parse(event));
}

const lastFrame: { text: string; message: ServerMessage | null } = { text: "", message: null };

/** A frame of the room; everyone is sent the same ones. */
export function readFrame(text: string): ServerMessage {
  if (lastFrame.text === text && lastFrame.message) return lastFrame.message;
  const message = serverMessageSchema.parse(JSON.parse(text));
  Object.assign(lastFrame, { text, message });
  return message;
}

/** The id under which a client wrote what this event stored. */
function writtenId(stored: NumberedEvent | null): string | null {
  if (stored?.event.type === "message-added") return stored.event.message.id;
  const event = stored?.event;
  return event?.type === "run-retried" || event?.type === "approval-given" ? event.id : null;
}

/** What one room ever wrote, as its disk heard it; judges everything that the room shows. */
export class History {
  /** JSON of each event by number: once written, it never changes. */
  readonly #events = new Map<number, string>();

  get events(): NumberedEvent[] {
    return [...this.#events.keys()]
      .sort((a, b) => a - b)
      .map((seq) => JSON.parse(this.#events.get(seq) ?? "null"));
  }

  get size(): number {
    return this.#events.size;
  }

  json(seq: number): string | undefined {
    return this.#events.get(seq);
  }

  /**
   * A change that reached the disk; returns the events that are new in it. Continuation values belong to the
   * key before them.
   */
  written({ put = {} }: StorageChange): NumberedEvent[] {
    const added: NumberedEvent[] = [];
    const heads = Object.keys(put).filter((key) => key.startsWith("ev:") && !key.includes("."));
    for (const head of heads) {
      const pieces = Object.keys(put)
        .filter((key) => key === head || key.startsWith(`${head}.`))
        .sort();
      for (const event of JSON.parse(fromPieces(pieces.map((key) => put[key])))) {
        const json = eventText(event);
        const known = this.#events.get(event.seq);
        if (known !== undefined && known !== json) {
          throw new HistoryBroken(`Event ${event.seq} was ${known} and became ${json}`);
        }
        if (known === undefined) added.push(event);
        this.#events.set(event.seq, json);
      }
    }
    return added;
  }

  /** A frame that the room sends: everything in it must stand on its disk. */
  shown(frame: string): void {
    const message = readFrame(frame);
    if (message.type === "events" || message.type === "snapshot") {
      for (const event of message.events) {
        if (this.json(event.seq) !== eventText(event)) {
          throw new HistoryBroken(
            `Shown, not stored: ${JSON.stringify(event)}; stored: ${this.json(event.seq)}`,
          );
        }
      }
    }
    if (message.type === "snapshot") this.#mayMiss(message.events);
    if (message.type === "ack") {
      const stored: NumberedEvent | null = JSON.parse(this.json(message.seq) ?? "null");
      if (writtenId(stored) !== message.id) {
        throw new HistoryBroken(
          `What was written as ${message.id} was acknowledged as event ${message.seq}`,
        );
      }
    }
  }

  /** Only pieces of text may be missing between the events of a snapshot. */
  #mayMiss(events: readonly NumberedEvent[]): void {
    for (let seq = (events[0]?.seq ?? 0) + 1; seq < (events.at(-1)?.seq ?? 0); seq++) {
      if (events.some((event) => event.seq === seq)) continue;
      if (!this.json(seq)?.includes('"type":"text-delta"')) {
        throw new HistoryBroken(`A snapshot lacks event ${seq}: ${this.json(seq)}`);
      }
    }
  }
}
