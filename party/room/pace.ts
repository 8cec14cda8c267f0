/** How long a piece of text may wait for the next one, ms: one write and one frame carry both. */
export const COALESCE_MS = 15;
/** How far that widens when writes or timers are slow, ms. */
export const COALESCE_AT_MOST_MS = 250;
/** The wait is this many times what was seen to be late. */
const WIDENING = 2;
/** Quiet time after which half of a widening is taken back, ms. */
const HALF_LIFE_MS = 500;
/** What nobody looks at while it waits may wait so many times longer than a widened pace. */
const UNSEEN_WAITS = 4;
/** Time between two looks at how long a write takes, ms: a look is not free. */
const LOOK_EVERY_MS = 20;

/**
 * How long text waits to share a write. All rooms of a process share one pace: they share its one thread,
 * so what one of them sees to be late is late for all. Widens at once, narrows with time.
 */
export class Pace {
  #ms = COALESCE_MS;
  #at = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** How long text waits, ms. `now`: Unix ms, as everywhere here. */
  at(now: number): number {
    const age = Math.max(0, now - this.#at);
    return COALESCE_MS + (this.#ms - COALESCE_MS) * 0.5 ** (age / HALF_LIFE_MS);
  }

  /** How long work that nobody looks at gives way to what people see, ms; 0 where nothing is late. */
  unseenAt(now: number): number {
    return Math.round(UNSEEN_WAITS * (this.at(now) - COALESCE_MS));
  }

  /** Something took, or came too late by, `busyMs`. */
  observe(busyMs: number, now: number): void {
    const wanted = Math.min(COALESCE_AT_MOST_MS, WIDENING * busyMs);
    this.#ms = Math.max(wanted, this.at(now));
    this.#at = now;
  }

  /** Whether it is time to see again how long a write takes; counts as seen. */
  isLookDue(now: number): boolean {
    if (now - this.#lookedAt < LOOK_EVERY_MS) return false;
    this.#lookedAt = now;
    return true;
  }
}
