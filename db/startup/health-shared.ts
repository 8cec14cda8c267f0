/** How often one who waits for another's answer looks whether it is there. */
const LOOK_EVERY_MS = 10;

/**
 * One answer for everybody who asks within `sharedMs` of it (which may depend on the answer), however
 * many ask at once: one of them fetches it and the others wait for it. They wait by looking, not on a
 * shared promise, because in workerd no request may wait for the work of another; and when the one that
 * fetches has been cut off (its client went away), the next takes over after `abandonedMs`.
 */
export class SharedAnswer<Answer> {
  #latest: { at: number; answer: Answer } | null = null;
  #fetchingSince: number | null = null;

  constructor(
    private readonly fetchAnswer: () => Promise<Answer>,
    private readonly times: {
      sharedMs: number | ((answer: Answer) => number);
      abandonedMs: number;
    },
  ) {}

  /** @throws what fetching threw, to the one who fetched; the others then fetch themselves */
  async read(): Promise<Answer> {
    for (;;) {
      const now = Date.now();
      if (this.#latest && now - this.#latest.at < this.#sharedMs(this.#latest.answer)) {
        return this.#latest.answer;
      }
      if (this.#fetchingSince === null || now - this.#fetchingSince > this.times.abandonedMs) {
        return this.#fetch(now);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  #sharedMs(answer: Answer): number {
    const { sharedMs } = this.times;
    return typeof sharedMs === "number" ? sharedMs : sharedMs(answer);
  }

  async #fetch(startedAt: number): Promise<Answer> {
    this.#fetchingSince = startedAt;
    try {
      const answer = await this.fetchAnswer();
      this.#latest = { at: Date.now(), answer };
      return answer;
    } finally {
      if (this.#fetchingSince === startedAt) this.#fetchingSince = null;
    }
  }
}
