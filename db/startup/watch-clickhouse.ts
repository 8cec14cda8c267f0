import { setTimeout as pause } from "node:timers/promises";
import type { ClickHouseGate } from "../clickhouse";
import { reasonOf, StartupError } from "./exit-codes";
import type { StartupLog } from "./stages";

const FIRST_WAIT_MS = 250;
const WAIT_AT_MOST_MS = 4_000;

export interface ClickHouseWatch {
  /** Looks after ClickHouse until it is right, unless that is under way already. */
  wake(): void;
  stop(): void;
}

/**
 * Brings ClickHouse up when it is back: asks at once and then with growing pauses, and opens the gate
 * once every step has passed.
 * @param verify the sequence's steps; resolves to why ClickHouse may not be asked yet, or null
 * @param onRefused told when ClickHouse answers and is wrong; the gate stays closed and the watch ends
 */
export function watchClickHouse(
  gate: ClickHouseGate,
  verify: () => Promise<string | null>,
  { log, onRefused }: { log: StartupLog; onRefused: (error: StartupError) => void },
): ClickHouseWatch {
  const stopped = new AbortController();
  let isWatching = false;

  const watch = async (): Promise<void> => {
    log(`startup: ClickHouse is away: ${gate.missing}`);
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, WAIT_AT_MOST_MS)) {
      const missing = await attempt();
      if (stopped.signal.aborted) return;
      if (missing === null) {
        gate.open();
        log("startup: ClickHouse is back and as expected");
        return;
      }
      gate.close(missing);
      await pause(waitMs * (0.5 + Math.random() / 2), undefined, { signal: stopped.signal });
    }
  };

  const attempt = async (): Promise<string | null> => {
    try {
      return await verify();
    } catch (error) {
      // Postgres, which holds the lock, may be away itself.
      if (error instanceof StartupError && error.stage === "postgres") return reasonOf(error);
      throw error;
    }
  };

  return {
    wake: () => {
      if (isWatching || stopped.signal.aborted) return;
      isWatching = true;
      watch()
        .catch((error: unknown) => {
          if (stopped.signal.aborted) return;
          gate.close(reasonOf(error));
          onRefused(
            error instanceof StartupError
              ? error
              : new StartupError("clickhouse", `ClickHouse: ${reasonOf(error)}`, { cause: error }),
          );
        })
        .finally(() => {
          isWatching = false;
        });
    },
    stop: () => stopped.abort(),
  };
}
