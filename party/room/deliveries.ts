import type { OwnCalls } from "../ports/own-calls";
import { RecordRefusedError, type ThreadKey } from "../ports/thread-store";
import type { NumberedEvent } from "../protocol";
import type { EventLog } from "./event-log";
import { RefusedEvents, type RefusedEventsParts } from "./refused-events";
import { callsOutboxKey, outboxKey } from "./storage-layout";

const RETRY_MS = 250;
/** An event by itself is refused this often before it is set aside. */
export const REFUSALS_MAX = 3;

/** Where an outbox delivers to, and what of the log. */
export interface Delivery {
  /** For logs. */
  readonly to: "record" | "own-calls";
  /** Where the number of the last event delivered stands. */
  readonly cursorKey: string;
  /** Number of the last event there may be to deliver. */
  readonly newest: number;
  wants(event: NumberedEvent): boolean;
  /** Takes the same again without a trace. @throws what its store throws; then nothing counts as delivered */
  deliver(events: readonly NumberedEvent[]): Promise<void>;
  /** Asked once before the first delivery: true when the cursor in storage was set back. */
  repair(): Promise<boolean>;
}

export interface RecordDeliveryParts extends RefusedEventsParts {
  /** 0 ≤ n < 1. */
  random: () => number;
}

/** To the thread store: all but pieces of text. An event that it refuses by itself is set aside by name. */
export class RecordDelivery implements Delivery {
  readonly to = "record";
  readonly cursorKey = outboxKey;
  readonly #refused: RefusedEvents;

  constructor(private readonly parts: RecordDeliveryParts) {
    this.#refused = new RefusedEvents(parts);
  }

  get newest(): number {
    return this.parts.log.seq;
  }

  /** Pieces of text are no record: the finished text comes as a message. */
  wants({ event }: NumberedEvent): boolean {
    return event.type !== "text-delta";
  }

  /** How many events the store refused for good. */
  countRefused(): Promise<number> {
    return this.#refused.count();
  }

  /** All in one if the store takes them so, else each by itself. */
  async deliver(events: readonly NumberedEvent[]): Promise<void> {
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
        await clock.sleep(RETRY_MS * (0.5 + random() / 2));
      }
    }
  }

  /** A newer version of the room or of the record may take what was refused. */
  async repair(): Promise<boolean> {
    return (await this.#refused.retry()) !== null;
  }
}

/** To the dataset of the crew's own calls: model calls alone. Its rows are our own, so nothing is refused for good. */
export class OwnCallsDelivery implements Delivery {
  readonly to = "own-calls";
  readonly cursorKey = callsOutboxKey;

  constructor(private readonly parts: { thread: ThreadKey; log: EventLog; ownCalls: OwnCalls }) {}

  get newest(): number {
    return this.parts.log.called;
  }

  wants({ event }: NumberedEvent): boolean {
    return event.type === "model-called";
  }

  async deliver(events: readonly NumberedEvent[]): Promise<void> {
    const calls = events.flatMap(({ event }) => (event.type === "model-called" ? event.call : []));
    await this.parts.ownCalls.store(this.parts.thread, calls);
  }

  async repair(): Promise<boolean> {
    return false;
  }
}
