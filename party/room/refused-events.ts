import type { Clock } from "../ports/clock";
import type { Log, RoomStorage } from "../ports/room";
import { RecordRefusedError, type ThreadKey, type ThreadStore } from "../ports/thread-store";
import type { NumberedEvent } from "../protocol";
import type { EventLog } from "./event-log";
import {
  outboxKey,
  type RefusedEvent,
  refusedEventSchema,
  refusedKey,
  refusedRange,
} from "./storage-layout";

export interface RefusedEventsParts {
  thread: ThreadKey;
  storage: RoomStorage;
  log: EventLog;
  store: ThreadStore;
  clock: Clock;
  report: Log;
}

/** The events that the thread store refused: named in the log of the process, kept in room storage for repair. */
export class RefusedEvents {
  constructor(private readonly parts: RefusedEventsParts) {}

  async setAside(
    { seq, event }: NumberedEvent,
    { code, rule, cause }: RecordRefusedError,
  ): Promise<void> {
    const { thread, storage, clock, report } = this.parts;
    const refused: RefusedEvent = { seq, type: event.type, code, rule, at: clock.now() };
    await storage.write({ put: { [refusedKey(seq)]: refused } });
    const error = cause instanceof Error ? cause.name : null;
    report("error", "outbox-refused", { ...thread, seq, type: event.type, code, rule, error });
  }

  async count(): Promise<number> {
    return (await this.parts.storage.list(refusedRange)).size;
  }

  /**
   * Offers what was refused again. From the first event that is taken now everything is delivered once
   * more, in order, since what depended on it may have changed nothing; resolves to its number, or null.
   */
  async retry(): Promise<number | null> {
    const { thread, storage, store, report } = this.parts;
    const kept = await storage.list(refusedRange);
    const refused = [...kept.values()].map((value) => refusedEventSchema.parse(value));
    for (const { seq } of refused) {
      if (!(await this.#isTaken(store, seq))) continue;
      const remove = [...kept.keys()].filter((key) => key >= refusedKey(seq));
      await storage.write({ put: { [outboxKey]: seq - 1 }, remove });
      report("info", "outbox-repaired", { ...thread, seq });
      return seq;
    }
    if (refused.length > 0) {
      report("warn", "outbox-refused-still", { ...thread, events: refused.length });
    }
    return null;
  }

  async #isTaken(store: ThreadStore, seq: number): Promise<boolean> {
    const events = await this.parts.log.readAfter(seq - 1, 1);
    try {
      await store.applyEvents(
        this.parts.thread,
        events.filter((event) => event.seq === seq),
      );
      return true;
    } catch (error) {
      if (error instanceof RecordRefusedError) return false;
      throw error;
    }
  }
}
