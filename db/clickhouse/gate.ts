import type { CallOptions, ClickHouse } from "./client";
import { ClickHouseUnreachableError } from "./errors";

/** ClickHouse may not be asked yet: it was away, and what stands there has not been checked since. */
export class ClickHouseNotReadyError extends Error {
  override readonly name = "ClickHouseNotReadyError";
  readonly retryable = true;
  constructor(readonly reason: string) {
    super(`The call data cannot be read now: ${reason}`);
  }
}

/** A question waits this long for the gate to open, ms: a check after a short break takes less. */
const PATIENCE_MS = 500;

/**
 * Stands between the application and ClickHouse. Closed, no statement passes. It closes by itself when
 * ClickHouse gives no answer, because what comes back may be another one; whoever checks it opens it.
 */
export class ClickHouseGate {
  #missing: string | null;
  readonly #waiting = new Set<() => void>();

  /** @param missing why it is closed to begin with; null: open */
  constructor(
    missing: string | null,
    /** Called when it has closed by itself. */
    private readonly onLost: () => void = () => {},
  ) {
    this.#missing = missing;
  }

  /** Why nothing passes; null while it is open. */
  get missing(): string | null {
    return this.#missing;
  }

  open(): void {
    this.#missing = null;
    for (const enter of this.#waiting) enter();
    this.#waiting.clear();
  }

  close(reason: string): void {
    this.#missing = reason;
  }

  /** The same client behind this gate. Its methods throw ClickHouseNotReadyError besides their own errors. */
  guard(clickhouse: ClickHouse): ClickHouse {
    const pass = async <T>(options: CallOptions | undefined, ask: () => Promise<T>): Promise<T> => {
      if (this.#missing !== null) await this.#opening(options?.signal);
      if (this.#missing !== null) throw new ClickHouseNotReadyError(this.#missing);
      try {
        return await ask();
      } catch (error) {
        if (error instanceof ClickHouseUnreachableError) this.#lose();
        throw error;
      }
    };
    return {
      query: (question, options) => pass(options, () => clickhouse.query(question, options)),
      insert: (table, rows, options) =>
        pass(options, () => clickhouse.insert(table, rows, options)),
      command: (question, options) => pass(options, () => clickhouse.command(question, options)),
      tagged: (tags) => this.guard(clickhouse.tagged(tags)),
      close: () => clickhouse.close(),
    };
  }

  #lose(): void {
    if (this.#missing !== null) return;
    this.#missing = "ClickHouse does not answer";
    this.onLost();
  }

  #opening(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(enter);
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const enter = () => settle(resolve);
      const onAbort = () => settle(() => reject(signal?.reason));
      const timer = setTimeout(enter, PATIENCE_MS);
      this.#waiting.add(enter);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}
