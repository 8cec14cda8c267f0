import {
  ClickHouseQueryError,
  ClickHouseSilentError,
  ClickHouseUnreachableError,
} from "../../db/clickhouse/errors";
import { ClickHouseNotReadyError } from "../../db/clickhouse/gate";
import { PostgresUnreachableError } from "../../db/postgres/errors";
import type { Clock } from "../ports/clock";

/** How long a run waits for a store that has gone away, ms: one that is started again takes a few seconds. */
export const PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1_000;

/**
 * Asks a store again while it is away, so that its restart in the middle of a run is a pause and no
 * failure. One for each run and store: `PATIENCE_MS` after the first failure the run is told, and from
 * then on at once, until the store has answered again.
 */
export class Patience {
  /** Since when every answer has been missing, Unix ms. */
  #awaySince: number | null = null;

  constructor(
    private readonly clock: Clock,
    /** 0 ≤ n < 1: spreads the questions of many runs. */
    private readonly random: () => number,
  ) {}

  /** @throws what `ask` throws when the store is not away or patience has ended; the signal's reason */
  async for<Answer>(ask: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, 2 * wait)) {
      try {
        const answer = await ask();
        this.#awaySince = null;
        return answer;
      } catch (error) {
        if (!isAway(error)) throw error;
        this.#awaySince ??= this.clock.now();
        if (this.clock.now() - this.#awaySince >= PATIENCE_MS) throw error;
        await this.clock.sleep(wait * (0.5 + this.random() / 2), signal);
      }
    }
  }
}

/** Refused, reset, or busy with its start. One that hangs has had its time already. */
function isAway(error: unknown): boolean {
  if (error instanceof ClickHouseSilentError) return false;
  return (
    error instanceof ClickHouseUnreachableError ||
    error instanceof ClickHouseNotReadyError ||
    (error instanceof ClickHouseQueryError && error.retryable) ||
    error instanceof PostgresUnreachableError
  );
}
