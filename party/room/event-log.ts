import type { Clock } from "../ports/clock";
import type { RoomStorage, StorageChange } from "../ports/room";
import { type NumberedEvent, numberedEventSchema, type ThreadEvent } from "../protocol";
import { EventTooLargeError, RoomWriteError } from "./errors";
import {
  continuationKey,
  EVENT_MAX_BYTES,
  eventKey,
  eventRange,
  fromPieces,
  type Meta,
  metaKey,
  metaSchema,
  STORAGE_SCHEMA,
  toPieces,
  VALUE_MAX_BYTES,
} from "./storage-layout";

const PAGE_KEYS = 32;

/**
 * The thread's numbered events in room storage. One write at a time: a number is given only to what
 * was written, so numbers have no gaps, and listeners hear of an event only after it is stored.
 */
export class EventLog {
  #meta: Meta;
  #lastWrite: Promise<unknown> = Promise.resolve();
  /** The last write failed, and may have happened all the same. */
  #inDoubt = false;
  readonly #listeners: ((events: readonly NumberedEvent[]) => void)[] = [];

  private constructor(
    private readonly storage: RoomStorage,
    private readonly clock: Clock,
    meta: Meta,
  ) {
    this.#meta = meta;
  }

  static async open(storage: RoomStorage, clock: Clock): Promise<EventLog> {
    return new EventLog(storage, clock, metaOf(await storage.get(metaKey)));
  }

  /** Number of the last stored event; 0 in an empty thread. */
  get seq(): number {
    return this.#meta.seq;
  }

  /** Number of the next evidence label of this thread. */
  get nextEvidence(): number {
    return this.#meta.nextEvidence;
  }

  /** Called in order, once per write, in the same turn in which `seq` moves. */
  onWritten(listener: (events: readonly NumberedEvent[]) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Numbers and stores events, together with other changes that must not be torn from them.
   * @throws RoomWriteError, EventTooLargeError; then nothing was numbered.
   */
  append(
    events: readonly ThreadEvent[],
    alongside: (firstSeq: number) => StorageChange = () => ({}),
  ): Promise<readonly NumberedEvent[]> {
    return this.#inTurn(() => this.#append(events, alongside));
  }

  /**
   * Resolves when all that was asked for before is written or has failed, and it is known which.
   * @throws RoomWriteError
   */
  settled(): Promise<void> {
    return this.#inTurn(() => this.#leaveDoubt());
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastWrite.then(work);
    this.#lastWrite = turn.catch(() => {});
    return turn;
  }

  /** A write that failed may have happened: what storage holds counts, and is shown late. */
  async #leaveDoubt(): Promise<void> {
    if (!this.#inDoubt) return;
    try {
      const meta = metaOf(await this.storage.get(metaKey));
      const missed = await this.#read(this.seq, meta.seq, Number.POSITIVE_INFINITY);
      this.#inDoubt = false;
      this.#written(meta, missed);
    } catch (cause) {
      throw new RoomWriteError(cause);
    }
  }

  #written(meta: Meta, events: readonly NumberedEvent[]): void {
    this.#meta = meta;
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
  }

  async #append(
    events: readonly ThreadEvent[],
    alongside: (firstSeq: number) => StorageChange,
  ): Promise<readonly NumberedEvent[]> {
    await this.#leaveDoubt();
    const at = new Date(this.clock.now()).toISOString();
    const first = this.#meta.seq + 1;
    const numbered = events.map((event, index) => ({ seq: first + index, at, event }));
    const meta: Meta = {
      ...this.#meta,
      seq: this.#meta.seq + events.length,
      nextEvidence: Math.max(this.#meta.nextEvidence, ...events.map(evidenceAfter)),
    };
    const change = alongside(first);
    const put = { ...eventValues(numbered), ...change.put, [metaKey]: meta };
    try {
      await this.storage.write({ ...change, put });
    } catch (cause) {
      this.#inDoubt = true;
      throw new RoomWriteError(cause);
    }
    this.#written(meta, numbered);
    return numbered;
  }

  /** Events after number `after`, in order; about `maxBytes` of them, so ask again until none is left. */
  readAfter(after: number, maxBytes = EVENT_MAX_BYTES): Promise<NumberedEvent[]> {
    // What is being written now may be read already; it is not shown before its write came back.
    return this.#read(after, this.seq, maxBytes);
  }

  async #read(after: number, upTo: number, maxBytes: number): Promise<NumberedEvent[]> {
    if (after >= upTo) return [];
    const events: NumberedEvent[] = [];
    let bytes = 0;
    let from = await this.#keyHolding(after + 1);
    for (;;) {
      const page = await this.storage.list({ ...eventRange, from, limit: PAGE_KEYS });
      for (const [key, value] of page) {
        from = `${key} `;
        if (key.includes(".")) continue;
        const json = await this.#whole(key, value);
        bytes += json.length;
        for (const event of numberedEventSchema.array().parse(JSON.parse(json))) {
          if (event.seq > upTo) return events;
          if (event.seq > after) events.push(event);
        }
        if (bytes >= maxBytes) return events;
      }
      if (page.size < PAGE_KEYS) return events;
    }
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

/** Packs events into as few values as the limit allows; a larger event gets continuation keys. */
function eventValues(events: readonly NumberedEvent[]): Record<string, Uint8Array> {
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

function metaOf(stored: unknown): Meta {
  return stored === undefined
    ? { schema: STORAGE_SCHEMA, seq: 0, nextEvidence: 1 }
    : metaSchema.parse(stored);
}

function evidenceAfter(event: ThreadEvent): number {
  return event.type === "evidence-recorded" ? Number(event.evidence.label.slice(1)) + 1 : 1;
}
