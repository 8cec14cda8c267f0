import type { Clock } from "../../ports/clock";
import { ModelFailure } from "../../ports/language-model";

export interface BreakerOptions {
  clock: Clock;
  /** Failures in a row after which nobody asks any more. */
  failures?: number;
  /** How long then, ms; after each failed probe twice as long, up to `longestMs`. */
  restMs?: number;
  longestMs?: number;
}

/**
 * Keeps runs from waiting for an endpoint that is down: after some failures in a row requests fail at once,
 * until one probe after a rest gets an answer. One for each endpoint and process. A rate limit, a rejected
 * request and a stop say nothing of the endpoint's health.
 */
export class CircuitBreaker {
  #failures = 0;
  #restMs: number;
  /** Unix ms; null while requests pass. */
  #restsUntil: number | null = null;
  #probing = false;
  readonly #options: Required<BreakerOptions>;

  constructor(options: BreakerOptions) {
    this.#options = { failures: 5, restMs: 5_000, longestMs: 60_000, ...options };
    this.#restMs = this.#options.restMs;
  }

  /** Whether a request may go out now. Who was let through says how it ended. @throws ModelFailure */
  enter(): void {
    if (this.#restsUntil === null) return;
    const wait = this.#restsUntil - this.#options.clock.now();
    if (wait > 0 || this.#probing) {
      const seconds = Math.max(1, Math.ceil(wait / 1_000));
      const detail = `it failed ${this.#failures} times in a row and is asked again in ${seconds} s`;
      throw new ModelFailure("unavailable", { detail });
    }
    this.#probing = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restsUntil = null;
    this.#restMs = this.#options.restMs;
    this.#probing = false;
  }

  failed(): void {
    this.#failures += 1;
    const { clock, failures, longestMs } = this.#options;
    if (this.#probing) this.#restMs = Math.min(longestMs, this.#restMs * 2);
    this.#probing = false;
    if (this.#failures >= failures) this.#restsUntil = clock.now() + this.#restMs;
  }

  /** Ended without saying anything of the endpoint: the caller went away. */
  abandoned(): void {
    this.#probing = false;
  }
}
