import type { RoomStorage } from "../ports/room";
import { type NumberedEvent, numberedEventSchema } from "../protocol";
import { eventKey, eventRange, fromPieces, VALUE_MAX_BYTES } from "./storage-layout";

const PAGE_KEYS = 32;

/** Events with after < number ≤ upTo; about `maxBytes` of them. */
export interface EventSpan {
  after: number;
  upTo: number;
  maxBytes: number;
}

/** Reads the event log from room storage, also while it is being compacted. */
export class EventReader {
  /** Counts the times the keys of stored events began or ended to change. */
  #changes = 0;

  constructor(private readonly storage: RoomStorage) {}

  /** Runs `change`, which moves stored events to other keys; readers under way look again. */
  async whileKeysChange(change: () => Promise<void>): Promise<void> {
    this.#changes += 1;
    try {
      await change();
    } finally {
      this.#changes += 1;
    }
  }

  async read({ after, upTo, maxBytes }: EventSpan): Promise<NumberedEvent[]> {
    const events: NumberedEvent[] = [];
    if (after >= upTo) return events;
    let bytes = 0;
    let last = after;
    // Counted before the place is looked for: a place found in the middle of a change is none.
    let changes = this.#changes;
    let from = await this.#keyHolding(after + 1);
    for (;;) {
      const page = await this.#page(from, maxBytes - bytes);
      if (changes !== this.#changes) {
        changes = this.#changes;
        from = await this.#keyHolding(last + 1);
        continue;
      }
      for (const json of page.groups) {
        bytes += json.length;
        for (const event of numberedEventSchema.array().parse(JSON.parse(json))) {
          if (event.seq > upTo) return events;
          if (event.seq <= last) continue;
          events.push(event);
          last = event.seq;
        }
      }
      if (page.next === null || bytes >= maxBytes) return events;
      from = page.next;
    }
  }

  /** Keys that hold events with after < number ≤ upTo and none before. */
  async keysOf(after: number, upTo: number): Promise<string[]> {
    const range = { from: eventKey(after + 1), to: eventKey(upTo + 1) };
    return [...(await this.storage.list(range)).keys()];
  }

  /** Whole groups as JSON, until there are `maxBytes`. */
  async #page(from: string, maxBytes: number): Promise<{ groups: string[]; next: string | null }> {
    const page = await this.storage.list({ ...eventRange, from, limit: PAGE_KEYS });
    const groups: string[] = [];
    let bytes = 0;
    let next: string | null = null;
    for (const [key, value] of page) {
      next = `${key} `;
      if (key.includes(".")) continue;
      const json = await this.#whole(key, value);
      groups.push(json);
      bytes += json.length;
      if (bytes >= maxBytes) return { groups, next };
    }
    return { groups, next: page.size < PAGE_KEYS ? null : next };
  }

  async #keyHolding(seq: number): Promise<string> {
    const range = { from: eventRange.from, to: eventKey(seq + 1), limit: 1, reverse: true };
    const [key] = [...(await this.storage.list(range)).keys()];
    return key?.split(".")[0] ?? eventRange.from;
  }

  async #whole(key: string, value: unknown): Promise<string> {
    const full = value instanceof Uint8Array && value.length === VALUE_MAX_BYTES;
    if (!full) return fromPieces([value]);
    const pieces = await this.storage.list({ from: key, to: `${key}/` });
    return fromPieces(pieces.values());
  }
}
