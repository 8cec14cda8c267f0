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

/**
 * Sees that one of all who ask the same at once, in whatever room or process, asks the model, and the others get
 * its answer. Who leads renews a lease; when it dies another one leads. Without Redis everybody asks.
 */
export class SingleFlight {
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
    try {
      return await this.parts.store.look(hash, owner);
    } catch (error) {
      this.parts.onMiss(error);
      return null;
    }
  }

  #asking(about: { hash: string; owner: string; seconds: number; leads: boolean }): Asking {
    const { store, clock, onMiss, renewMs = LEASE_MS / 3 } = this.parts;
    const { hash, owner, seconds, leads } = about;
    const heartbeat = leads
      ? setInterval(() => void store.renew(hash, owner).catch(onMiss), renewMs)
      : undefined;
    return {
      keep: async (value) => {
        clearInterval(heartbeat);
        const kept = store.keep(hash, value, seconds).catch(onMiss);
        await Promise.race([kept, clock.sleep(KEEP_MS)]);
      },
      giveUp: () => {
        clearInterval(heartbeat);
        if (leads) void store.giveUp(hash).catch(onMiss);
      },
    };
  }
}

const nobodyWaits: Asking = { keep: async () => undefined, giveUp: () => undefined };
