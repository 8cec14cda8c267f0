import type { Clock } from "../../ports/clock";
import type { AnswerReuse } from "../../ports/language-model";
import { type AnswerStore, type Found, LEASE_MS } from "./answer-store";

/** Of one hash: an answer that stands, or leave to ask the model. */
export type Turn = { kind: "answer"; value: unknown } | { kind: "ask"; asking: Asking };

/** What whoever asks the model owes to those who wait for the same answer. Neither method throws. */
export interface Asking {
  /** Lays the answer down; waits for Redis no longer than a model call should. */
  keep(value: unknown): Promise<void>;
  /** There is no answer worth keeping. */
  giveUp(): void;
}

export interface SingleFlightParts {
  store: AnswerStore;
  clock: Clock;
  /** Told when Redis did not serve; must not throw. */
  onMiss: (error: unknown) => void;
  renewMs?: number;
  /** How long to wait for somebody else's answer, ms. */
  patienceMs?: number;
}

const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 100;
const PATIENCE_MS = 60_000;
const KEEP_MS = 50;
/** After a miss nobody of this process waits for another's look, ms. */
const MISSED_MS = 200;

/**
 * Sees that one of all who ask the same at once, in whatever room or process, asks the model, and the others get
 * its answer. Who leads renews a lease; when it dies another one leads. Without Redis everybody asks.
 */
export class SingleFlight {
  /**
   * What somebody of this process looks up or asks for, and when that was last known, Unix ms: one of them at
   * a time goes to Redis. No promise is shared: in workerd no request may wait for the work of another.
   */
  readonly #busy = new Map<string, number>();
  #missedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: SingleFlightParts) {}

  /** @throws the signal's reason */
  async turn(hash: string, reuse: AnswerReuse, signal: AbortSignal | undefined): Promise<Turn> {
    const { clock, patienceMs = PATIENCE_MS } = this.parts;
    const owner = crypto.randomUUID();
    const until = clock.now() + patienceMs;
    const ask = (leads: boolean): Turn => ({
      kind: "ask",
      asking: this.#asking({ hash, owner, seconds: reuse.seconds, leads }),
    });
    if (reuse.mode === "bypass") return { kind: "ask", asking: nobodyWaits };
    if (reuse.mode === "refresh") return ask(false);
    let isAwaited = false;
    let heardAt = clock.now();
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 1.5)) {
      if (this.#isBusy(hash)) {
        const isMissed = clock.now() - this.#missedAt < MISSED_MS;
        if (isMissed || clock.now() >= until) return ask(false);
        await clock.sleep(wait, signal);
        continue;
      }
      const found = await this.#look(hash, owner);
      switch (found?.kind) {
        case "answer":
          return found;
        case "yours":
          return ask(true);
        case "alone":
          return ask(false);
        case "awaited":
          heardAt = clock.now();
          isAwaited = true;
          break;
        case undefined:
          // Who waits already bears with a slow Redis for as long as a lease holds.
          if (!isAwaited || clock.now() - heardAt > LEASE_MS) return ask(false);
      }
      if (clock.now() >= until) return ask(false);
      await clock.sleep(wait, signal);
    }
  }

  /** Null when Redis did not say. */
  async #look(hash: string, owner: string): Promise<Found | null> {
    const { store, clock, onMiss } = this.parts;
    this.#busy.set(hash, clock.now());
    try {
      const found = await store.look(hash, owner);
      if (found.kind !== "yours") this.#busy.delete(hash);
      return found;
    } catch (error) {
      this.#busy.delete(hash);
      this.#missedAt = clock.now();
      onMiss(error);
      return null;
    }
  }

  #isBusy(hash: string): boolean {
    const knownAt = this.#busy.get(hash);
    return knownAt !== undefined && this.parts.clock.now() - knownAt < LEASE_MS;
  }

  #asking(about: { hash: string; owner: string; seconds: number; leads: boolean }): Asking {
    const { store, clock, onMiss, renewMs = LEASE_MS / 3 } = this.parts;
    const { hash, owner, seconds, leads } = about;
    const beat = () => {
      this.#busy.set(hash, clock.now());
      void store.renew(hash, owner).catch(onMiss);
    };
    const heartbeat = leads ? setInterval(beat, renewMs) : undefined;
    return {
      keep: async (value) => {
        clearInterval(heartbeat);
        const kept = store.keep(hash, value, seconds).catch(onMiss);
        await Promise.race([kept, clock.sleep(KEEP_MS)]);
        if (leads) this.#busy.delete(hash);
      },
      giveUp: () => {
        clearInterval(heartbeat);
        if (!leads) return;
        this.#busy.delete(hash);
        void store.giveUp(hash).catch(onMiss);
      },
    };
  }
}

const nobodyWaits: Asking = { keep: async () => undefined, giveUp: () => undefined };
