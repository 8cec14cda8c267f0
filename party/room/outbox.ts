import type { Clock } from "../ports/clock";
import type { Log, RoomStorage } from "../ports/room";
import {
  RecordRefusedError,
  ThreadGoneError,
  type ThreadKey,
  type ThreadStore,
} from "../ports/thread-store";
import type { NumberedEvent } from "../protocol";
import type { EventLog } from "./event-log";
import type { Pace } from "./pace";
import { RefusedEvents } from "./refused-events";
import { outboxKey } from "./storage-layout";

const RETRY_FIRST_MS = 250;
/** A store that is back has everything within 10 s, however long it was away. */
const RETRY_AT_MOST_MS = 8_000;
/** Events of one delivery, bytes of JSON. */
const BATCH_BYTES = 256 * 1024;
/** An event by itself is refused this often before it is set aside. */
export const REFUSALS_MAX = 3;

export interface OutboxParts {
  thread: ThreadKey;
  storage: RoomStorage;
  log: EventLog;
  store: ThreadStore;
  clock: Clock;
  pace: Pace;
  /** 0 ≤ n < 1: spreads the retries of many rooms. */
  random: () => number;
  report: Log;
  /** Told when the store has no such thread: nothing more is delivered then. Must not throw. */
  onGone: () => void;
}

/**
 * Delivers the thread's events to the thread store, in order and at least once: the cursor moves
 * after the delivery. Nothing waits for it; while the store is away the events stand in room storage. An event
 * that the store refuses by itself, while it is there, is set aside by name, and what follows is delivered.
 */
export class Outbox {
  #delivered: number | null = null;
  #working = false;
  /** Something was written since the last look. */
  #kicked = false;
  #failures = 0;
  /** Set for good: the thread is not in the store, or nobody wants its deliveries any more. */
  #ended = false;
  /** Whether what an earlier life of the room set aside was tried again. */
  #repaired = false;
  readonly #refused: RefusedEvents;

  constructor(private readonly parts: OutboxParts) {
    this.#refused = new RefusedEvents(parts);
  }

  /** Hears of what was written; returns at once. Pieces of text alone are not read again for nothing. */
  onWritten(events: readonly NumberedEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    const isNext = !this.#working && first !== undefined && this.#delivered === first.seq - 1;
    if (isNext && last && !events.some(isMilestone)) this.#delivered = last.seq;
    else this.kick();
  }

  /** Delivers what is there; returns at once. */
  kick(): void {
    this.#kicked = true;
    if (this.#working || this.#ended) return;
    this.#working = true;
    void this.#work();
  }

  /** Whether the store lacks events. */
  async isBehind(): Promise<boolean> {
    if (this.#ended) return false;
    return (await this.#cursor()) < this.parts.log.seq;
  }

  /** How long a room with nothing else to do may sleep before it tries again, ms. */
  get patienceMs(): number {
    const limit = Math.min(RETRY_AT_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#failures, 10));
    return limit / 2 + (limit / 2) * this.parts.random();
  }

  /** How many events the store refused for good. */
  countRefused(): Promise<number> {
    return this.#refused.count();
  }

  /** Delivers nothing more. */
  end(): void {
    this.#ended = true;
  }

  async #work(): Promise<void> {
    const { clock, pace, report, thread } = this.parts;
    while (this.#kicked && !this.#ended) {
      // Under load what is written meanwhile goes along.
      const unseen = pace.unseenAt(clock.now());
      if (unseen > 0) await clock.sleep(unseen);
      try {
        this.#kicked = false;
        if (await this.#deliverSome()) this.#kicked = true;
        this.#failures = 0;
      } catch (error) {
        if (this.#ended) return;
        if (error instanceof ThreadGoneError) {
          this.end();
          report("warn", "outbox-abandoned", { ...thread, error: error.name });
          this.parts.onGone();
          return;
        }
        this.#kicked = true;
        this.#failures += 1;
        const waitMs = Math.round(this.patienceMs);
        report("warn", "outbox-delayed", {
          ...thread,
          failures: this.#failures,
          waitMs,
          error: error instanceof Error ? error.name : "unknown",
        });
        await clock.sleep(waitMs);
      }
    }
    // In the same turn as the last look, or a kick in between would be lost.
    this.#working = false;
  }

  async #deliverSome(): Promise<boolean> {
    const { log, storage } = this.parts;
    await this.#repairOnce();
    const cursor = await this.#cursor();
    const events = await log.readAfter(cursor, BATCH_BYTES);
    const last = events.at(-1);
    if (!last) return false;
    const milestones = events.filter(isMilestone);
    if (milestones.length > 0) {
      await this.#deliver(milestones);
      await storage.write({ put: { [outboxKey]: last.seq } });
    }
    this.#delivered = last.seq;
    return last.seq < log.seq;
  }

  /** All in one if the store takes them so, else each by itself. */
  async #deliver(events: readonly NumberedEvent[]): Promise<void> {
    const { store, thread } = this.parts;
    try {
      await store.applyEvents(thread, events);
    } catch (error) {
      if (!(error instanceof RecordRefusedError)) throw error;
      for (const event of events) await this.#deliverAlone(event);
    }
  }

  async #deliverAlone(event: NumberedEvent): Promise<void> {
    const { store, thread, clock, random } = this.parts;
    for (let refusals = 1; ; refusals++) {
      try {
        return await store.applyEvents(thread, [event]);
      } catch (error) {
        if (!(error instanceof RecordRefusedError)) throw error;
        if (refusals === REFUSALS_MAX) return this.#refused.setAside(event, error);
        await clock.sleep(RETRY_FIRST_MS * (0.5 + random() / 2));
      }
    }
  }

  /** A newer version of the room or of the record may take what was refused: asked once in a room's life. */
  async #repairOnce(): Promise<void> {
    if (this.#repaired) return;
    if ((await this.#refused.retry()) !== null) this.#delivered = null;
    this.#repaired = true;
  }

  async #cursor(): Promise<number> {
    if (this.#delivered === null) {
      const stored = await this.parts.storage.get(outboxKey);
      this.#delivered = typeof stored === "number" ? stored : 0;
    }
    return this.#delivered;
  }
}

/** Pieces of text are no record: the finished text comes as a message. */
function isMilestone({ event }: NumberedEvent): boolean {
  return event.type !== "text-delta";
}
