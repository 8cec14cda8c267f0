import type { Clock } from "../ports/clock";
import type { RoomStorage, StorageChange } from "../ports/room";
import type { NumberedEvent, ThreadEvent } from "../protocol";
import { voidText } from "./compaction";
import { RoomWriteError } from "./errors";
import { EventReader } from "./event-reader";
import { eventValues } from "./event-values";
import { openMeta } from "./migrate-storage";
import { EVENT_MAX_BYTES, type Meta, metaKey } from "./storage-layout";

/** Events that one write of a compaction takes on, bytes of JSON: other writes get their turn between. */
const COMPACTION_BYTES = 256 * 1024;

/** What one write holds: events, and other changes that must not be torn from them. */
export interface LogWrite {
  events: readonly ThreadEvent[];
  change?: StorageChange;
}

/**
 * The thread's numbered events in room storage. One write at a time: a number is given only to what
 * was written, so numbers have no gaps, and listeners hear of an event only after it is stored.
 */
export class EventLog {
  #meta: Meta;
  #lastWrite: Promise<unknown> = Promise.resolve();
  /** The last write failed, and may have happened all the same. */
  #inDoubt = false;
  readonly #reader: EventReader;
  readonly #listeners: ((events: readonly NumberedEvent[]) => void)[] = [];

  private constructor(
    private readonly storage: RoomStorage,
    private readonly clock: Clock,
    meta: Meta,
  ) {
    this.#meta = meta;
    this.#reader = new EventReader(storage);
  }

  /** @throws NewerStorageError */
  static async open(storage: RoomStorage, clock: Clock): Promise<EventLog> {
    return new EventLog(storage, clock, await openMeta(storage));
  }

  /** Number of the last stored event; 0 in an empty thread. */
  get seq(): number {
    return this.#meta.seq;
  }

  /** Number of the last stored `model-called`; 0 for none. */
  get called(): number {
    return this.#meta.called;
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
    return this.#inTurn(async () => {
      await this.#leaveDoubt();
      return this.#append({ events, change: alongside(this.seq + 1) });
    });
  }

  /**
   * Decides in its turn what to write: nothing else is written meanwhile, so what is read of storage
   * stands. Null writes nothing. What `decide` throws is thrown.
   * @throws RoomWriteError, EventTooLargeError; then nothing was numbered.
   */
  appendDecided(decide: (firstSeq: number) => Promise<LogWrite | null>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#leaveDoubt();
      const write = await decide(this.seq + 1);
      if (write) await this.#append(write);
    });
  }

  /**
   * Resolves when all that was asked for before is written or has failed, and it is known which.
   * @throws RoomWriteError
   */
  settled(): Promise<void> {
    return this.#inTurn(() => this.#leaveDoubt());
  }

  /** Settles when all appended so far is on disk; undefined where `append` has waited for that. */
  flushed(): Promise<void> | undefined {
    return this.storage.flushed?.();
  }

  /** Events after number `after`, in order; about `maxBytes` of them, so ask again until none is left. */
  readAfter(after: number, maxBytes = EVENT_MAX_BYTES): Promise<NumberedEvent[]> {
    // What is being written now may be read already; it is not shown before its write came back.
    return this.#reader.read({ after, upTo: this.seq, maxBytes });
  }

  /**
   * Folds away what ended runs need no more, and packs what stays, in writes of bounded size. What is
   * left keeps its number. @throws RoomWriteError
   */
  async compact(): Promise<void> {
    const { compacted, finished } = this.#meta;
    if (compacted >= finished) return;
    const isVoid = await voidText(this, compacted, finished);
    while (this.#meta.compacted < finished) {
      await this.#inTurn(() => this.#compactSome(finished, isVoid));
    }
  }

  async #compactSome(
    finished: number,
    isVoid: (numbered: NumberedEvent) => boolean,
  ): Promise<void> {
    await this.#leaveDoubt();
    const after = this.#meta.compacted;
    const events = await this.#reader.read({ after, upTo: finished, maxBytes: COMPACTION_BYTES });
    const end = events.at(-1)?.seq ?? finished;
    const put = eventValues(events.filter((numbered) => !isVoid(numbered)));
    const remove = (await this.#reader.keysOf(after, end)).filter((key) => !(key in put));
    const meta = { ...this.#meta, compacted: end };
    await this.#reader.whileKeysChange(() =>
      this.#write({ put: { ...put, [metaKey]: meta }, remove }),
    );
    this.#meta = meta;
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
      const meta = await openMeta(this.storage);
      const span = { after: this.seq, upTo: meta.seq, maxBytes: Number.POSITIVE_INFINITY };
      const missed = await this.#reader.read(span);
      this.#inDoubt = false;
      this.#written(meta, missed);
    } catch (cause) {
      throw new RoomWriteError(cause);
    }
  }

  async #append({ events, change = {} }: LogWrite): Promise<readonly NumberedEvent[]> {
    const at = new Date(this.clock.now()).toISOString();
    const first = this.#meta.seq + 1;
    const numbered = events.map((event, index) => ({ seq: first + index, at, event }));
    const last = (type: ThreadEvent["type"]) =>
      numbered.findLast(({ event }) => event.type === type)?.seq;
    const meta: Meta = {
      ...this.#meta,
      seq: this.#meta.seq + events.length,
      nextEvidence: Math.max(this.#meta.nextEvidence, ...events.map(evidenceAfter)),
      finished: last("run-finished") ?? this.#meta.finished,
      called: last("model-called") ?? this.#meta.called,
    };
    await this.#write({
      ...change,
      put: { ...eventValues(numbered), ...change.put, [metaKey]: meta },
    });
    this.#written(meta, numbered);
    return numbered;
  }

  async #write(change: StorageChange): Promise<void> {
    try {
      await this.storage.write(change);
    } catch (cause) {
      this.#inDoubt = true;
      throw new RoomWriteError(cause);
    }
  }

  #written(meta: Meta, events: readonly NumberedEvent[]): void {
    this.#meta = meta;
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
  }
}

function evidenceAfter(event: ThreadEvent): number {
  return event.type === "evidence-recorded" ? Number(event.evidence.label.slice(1)) + 1 : 1;
}
