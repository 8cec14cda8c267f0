/** Carries what a step does, as it happens, to the loop that yields it. */
export class Channel<Item> {
  private readonly waiting: Item[] = [];
  private wake: (() => void) | null = null;
  private closed = false;

  push(item: Item): void {
    this.waiting.push(item);
    this.wake?.();
  }

  /** Nothing more comes; whoever reads gets the rest and ends. */
  close(): void {
    this.closed = true;
    this.wake?.();
  }

  async *read(): AsyncGenerator<Item> {
    while (true) {
      for (let item = this.waiting.shift(); item !== undefined; item = this.waiting.shift()) {
        yield item;
      }
      if (this.closed) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
  }
}
