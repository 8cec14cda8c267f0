import type { Clock } from "../../party/ports/clock";

interface Due {
  at: number;
  order: number;
  act: () => void;
}

/** The world's time: it moves only from one planned act to the next. */
export class Timeline {
  now = Date.parse("2026-01-05T10:00:00Z");
  #order = 0;
  readonly #heap: Due[] = [];
  /** Thrown by an act or found by a check; ends the world. */
  failure: unknown = null;

  after(ms: number, act: () => void): void {
    this.at(this.now + ms, act);
  }

  /** Acts at `time` (Unix ms), after all that was planned for the same time before. */
  at(time: number, act: () => void): void {
    this.#push({ at: Math.max(this.now, time), order: this.#order++, act });
  }

  /** Acts until `until`, in pieces of a second, or until it is over. */
  async runUntil(until: number, isOver: () => boolean): Promise<void> {
    while (this.now < until && !isOver()) await this.run(this.now + 1_000);
  }

  /** Acts until `until`; then it is that late. @throws what an act or a check threw */
  async run(until: number): Promise<void> {
    while (this.failure === null) {
      const next = this.#heap[0];
      if (!next || next.at > until) break;
      this.#pop();
      this.now = next.at;
      try {
        next.act();
      } catch (error) {
        this.failure ??= error;
      }
      // Everything that waits for nothing but its turn runs before the next act.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.failure !== null) throw this.failure;
    this.now = until;
  }

  #push(due: Due): void {
    const heap = this.#heap;
    heap.push(due);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfLater(parent, index)) break;
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = right < heap.length && this.#isLater(left, right) ? right : left;
      if (child >= heap.length || !this.#swapIfLater(index, child)) return;
      index = child;
    }
  }

  #isLater(first: number, second: number): boolean {
    const [a, b] = [this.#heap[first], this.#heap[second]];
    return (
      a !== undefined && b !== undefined && (a.at > b.at || (a.at === b.at && a.order > b.order))
    );
  }

  #swapIfLater(first: number, second: number): boolean {
    if (!this.#isLater(first, second)) return false;
    const [a, b] = [this.#heap[first], this.#heap[second]];
    if (a && b) [this.#heap[first], this.#heap[second]] = [b, a];
    return true;
  }
}

/** The clock of one life of a process: who sleeps when it dies never wakes. */
export class LifeClock implements Clock {
  constructor(
    private readonly timeline: Timeline,
    private readonly life: { alive: boolean },
  ) {}

  now(): number {
    return this.timeline.now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let over = false;
      const onAbort = () => {
        over = true;
        if (this.life.alive) reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.timeline.after(ms, () => {
        if (over || !this.life.alive) return;
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  }
}
