/** How many may come to one room at once, and each second in the long run. */
const ARRIVALS_AT_ONCE = 20;
const ARRIVALS_PER_SECOND = 200;
/** How long somebody waits at the door before being turned away, ms. */
export const DOOR_WAIT_MAX_MS = 5_000;
const EVERY_MS = 1_000 / ARRIVALS_PER_SECOND;
/** Rooms remembered; one that nobody waits for is forgotten. */
const ROOMS_MAX = 1_000;

export interface Turn {
  comesIn: boolean;
  /** Until then, or until being turned away. */
  waitMs: number;
}

/**
 * At what pace people come to each room. To open a connection costs more than all that is said over it in a
 * minute: a crowd at one door would keep the rooms' one thread from everybody else.
 */
export class DoorPace {
  /** By room: when its line is done if nobody else comes, Unix ms. */
  readonly #doneAt = new Map<string, number>();

  /** The turn of somebody who comes now. `now`: Unix ms. */
  arrive(roomId: string, now: number): Turn {
    const doneAt = Math.max(this.#doneAt.get(roomId) ?? 0, now);
    const waitMs = Math.max(0, doneAt - now - (ARRIVALS_AT_ONCE - 1) * EVERY_MS);
    if (waitMs > DOOR_WAIT_MAX_MS) return { comesIn: false, waitMs: DOOR_WAIT_MAX_MS };
    this.#doneAt.set(roomId, doneAt + EVERY_MS);
    if (this.#doneAt.size > ROOMS_MAX) this.#forget(now);
    return { comesIn: true, waitMs };
  }

  #forget(now: number): void {
    for (const [roomId, doneAt] of this.#doneAt) if (doneAt <= now) this.#doneAt.delete(roomId);
  }
}
