/** What one client heard of one turn. Times by `performance.now()`, ms. */
export class Reception {
  readonly askedAt = performance.now();
  /** From the model's write of each token to its arrival, in order. */
  readonly delays: number[] = [];
  /** When each token arrived. */
  readonly arrivals: number[] = [];
  endedAt = Number.NaN;

  /** Each token is the time of its own writing: the model's server lives in this process. */
  hear(text: string): void {
    const now = performance.now();
    for (const writtenAt of text.split(" ")) {
      if (writtenAt === "") continue;
      this.delays.push(now - Number(writtenAt));
      this.arrivals.push(now);
    }
  }

  end(): void {
    this.endedAt = performance.now();
  }

  /** From the client's question to the first token, ms. */
  get untilFirst(): number {
    return (this.arrivals[0] ?? Number.NaN) - this.askedAt;
  }

  /** From the client's question to the end of the turn, ms. */
  get whole(): number {
    return this.endedAt - this.askedAt;
  }
}

/** Tokens as the model writes them: each says when. */
export async function* timedTokens(count: number, everyMs: number): AsyncGenerator<string> {
  const startedAt = performance.now();
  for (let token = 0; token < count; token++) {
    const early = everyMs > 0 ? startedAt + token * everyMs - performance.now() : 0;
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    yield `${performance.now().toFixed(1)} `;
  }
}
