import type { Clock } from "../ports/clock";
import type { Log, RoomStorage } from "../ports/room";
import { ThreadGoneError, type ThreadKey, type ThreadStore } from "../ports/thread-store";
import type { NumberedEvent } from "../protocol";
import type { EventLog } from "./event-log";
import { outboxKey } from "./storage-layout";

const RETRY_FIRST_MS = 250;
/** A store that is back has everything within 10 s, however long it was away. */
const RETRY_AT_MOST_MS = 8_000;
/** Events of one delivery, bytes of JSON. */
const BATCH_BYTES = 256 * 1024;

export interface OutboxParts {
  thread: ThreadKey;
  storage: RoomStorage;
  log: EventLog;
  store: ThreadStore;
  clock: Clock;
  /** 0 ≤ n < 1: spreads the retries of many rooms. */
  random: () => number;
  report: Log;
  /** Told when the store has no such thread: nothing more is delivered then. Must not throw. */
  onGone: () => void;
}

/**
 * Delivers the thread's events to the thread store, in order and at least once: the cursor moves
 * after the delivery. Nothing waits for it; while the store is away the events stand in room storage.
 */
export class Outbox {
  #delivered: number | null = null;
  #working = false;
  /** Something was written since the last look. */
  #kicked = false;
  #failures = 0;
  /** Set for good: the thread is not in the store, or nobody wants its deliveries any more. */
  #ended = false;

  constructor(private readonly parts: OutboxParts) {}

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

  /** Delivers nothing more. */
  end(): void {
    this.#ended = true;
  }

  async #work(): Promise<void> {
    const { clock, report, thread } = this.parts;
    while (this.#kicked && !this.#ended) {
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
    const { log, store, storage, thread } = this.parts;
    const cursor = await this.#cursor();
    const events = await log.readAfter(cursor, BATCH_BYTES);
    const last = events.at(-1);
    if (!last) return false;
    const milestones = events.filter(isMilestone);
    if (milestones.length > 0) {
      await store.applyEvents(thread, milestones);
      await storage.write({ put: { [outboxKey]: last.seq } });
    }
    this.#delivered = last.seq;
    return last.seq < log.seq;
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
