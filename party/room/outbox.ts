import type { Clock } from "../ports/clock";
import type { Log, RoomStorage } from "../ports/room";
import { ThreadGoneError, type ThreadKey } from "../ports/thread-store";
import type { NumberedEvent } from "../protocol";
import type { Delivery } from "./deliveries";
import type { EventLog } from "./event-log";
import type { Pace } from "./pace";

const RETRY_FIRST_MS = 250;
/** A store that is back has everything within 10 s, however long it was away. */
const RETRY_AT_MOST_MS = 8_000;
/** Events of one delivery, bytes of JSON. */
const BATCH_BYTES = 256 * 1024;

export interface OutboxParts {
  thread: ThreadKey;
  storage: RoomStorage;
  log: EventLog;
  delivery: Delivery;
  clock: Clock;
  pace: Pace;
  /** 0 ≤ n < 1: spreads the retries of many rooms. */
  random: () => number;
  report: Log;
  /** Told when the store has no such thread: nothing more is delivered then. Must not throw. */
  onGone: () => void;
}

/**
 * Delivers what one store wants of the thread's events, in order and at least once: the cursor moves after
 * the delivery. Nothing waits for it; while the store is away the events stand in room storage.
 */
export class Outbox {
  #delivered: number | null = null;
  #working = false;
  /** Something was written since the last look. */
  #kicked = false;
  #failures = 0;
  /** Set for good: the thread is not in the store, or nobody wants its deliveries any more. */
  #ended = false;
  #repaired = false;

  constructor(private readonly parts: OutboxParts) {}

  /** Hears of what was written; returns at once. What the store does not want is not read again for nothing. */
  onWritten(events: readonly NumberedEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    const isNext = !this.#working && first !== undefined && this.#delivered === first.seq - 1;
    if (isNext && last && !events.some((event) => this.parts.delivery.wants(event))) {
      this.#delivered = last.seq;
    } else this.kick();
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
    return (await this.#cursor()) < this.parts.delivery.newest;
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
    const { clock, pace, report, thread, delivery } = this.parts;
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
          report("warn", "outbox-abandoned", { ...thread, to: delivery.to, error: error.name });
          this.parts.onGone();
          return;
        }
        this.#kicked = true;
        this.#failures += 1;
        const waitMs = Math.round(this.patienceMs);
        report("warn", "outbox-delayed", {
          ...thread,
          to: delivery.to,
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
    const { log, storage, delivery } = this.parts;
    await this.#repairOnce();
    const cursor = await this.#cursor();
    if (cursor >= delivery.newest) return false;
    const events = await log.readAfter(cursor, BATCH_BYTES);
    const last = events.at(-1);
    if (!last) return false;
    const wanted = events.filter((event) => delivery.wants(event));
    if (wanted.length > 0) {
      await delivery.deliver(wanted);
      await storage.write({ put: { [delivery.cursorKey]: last.seq } });
    }
    this.#delivered = last.seq;
    return last.seq < delivery.newest;
  }

  async #repairOnce(): Promise<void> {
    if (this.#repaired) return;
    if (await this.parts.delivery.repair()) this.#delivered = null;
    this.#repaired = true;
  }

  async #cursor(): Promise<number> {
    if (this.#delivered === null) {
      const stored = await this.parts.storage.get(this.parts.delivery.cursorKey);
      this.#delivered = typeof stored === "number" ? stored : 0;
    }
    return this.#delivered;
  }
}
