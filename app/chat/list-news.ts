/** What a tab needs to keep its list of threads fresh without asking all the time. */
export interface ListNewsParts {
  /** Reaches the other tabs of this browser; null where there is no such thing. */
  channel: Pick<BroadcastChannel, "postMessage"> | null;
  /** Whether somebody looks at this tab. */
  isVisible: () => boolean;
  /** Asks the server anew. */
  refresh: () => void;
  /** Unix ms. */
  now: () => number;
}

/** A tab asks at most this often, ms: focus and visibility come in pairs, and several tabs speak at once. */
const REFRESH_EVERY_MS = 2_000;

/**
 * Decides when a tab asks for the list of threads again: when somebody comes back to it, and when another
 * tab shows another list. A tab that nobody looks at waits until somebody does. Nothing is asked on a timer.
 */
export class ListNews {
  #shown: string | null = null;
  /** Another tab has shown something else since. */
  #isStale = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: ListNewsParts) {}

  /** This tab shows the list now, as JSON; other tabs hear of one that is new. */
  shows(list: string): void {
    const isNew = this.#shown !== null && this.#shown !== list;
    this.#shown = list;
    this.#isStale = false;
    this.#askedAt = this.parts.now();
    if (isNew) this.parts.channel?.postMessage(list);
  }

  /** Another tab shows this list. */
  hears(list: unknown): void {
    if (list === this.#shown) return;
    this.#isStale = true;
    if (this.parts.isVisible()) this.#ask();
  }

  /** Somebody came back to this tab. */
  isLookedAt(): void {
    const { isVisible, now } = this.parts;
    if (!isVisible()) return;
    if (this.#isStale || now() - this.#askedAt >= REFRESH_EVERY_MS) this.#ask();
  }

  #ask(): void {
    this.#askedAt = this.parts.now();
    this.#isStale = false;
    this.parts.refresh();
  }
}
