import type { Clock } from "../ports/clock";
import type { Log } from "../ports/room";
import type { RunSnapshot, StateCache } from "../ports/state-cache";
import type { Pace } from "./pace";

export interface HotStateParts {
  stateCache: StateCache;
  clock: Clock;
  pace: Pace;
  report: Log;
}

/**
 * Keeps the cache at the newest state of the run: one write at a time, and of what came meanwhile the
 * newest alone, so that a late answer never puts an older state over a newer one. Nobody waits for it.
 */
export class HotState {
  #newest: RunSnapshot | null = null;
  #writing = false;

  constructor(private readonly parts: HotStateParts) {}

  /** Returns at once. A write that fails is reported and not tried again: the next one says more. */
  save(snapshot: RunSnapshot): void {
    this.#newest = snapshot;
    if (this.#writing) return;
    this.#writing = true;
    void this.#write();
  }

  async #write(): Promise<void> {
    const { stateCache, clock, pace, report } = this.parts;
    while (this.#newest !== null) {
      // Under load states that are overtaken meanwhile are not written at all.
      const unseen = pace.unseenAt(clock.now());
      if (unseen > 0) await clock.sleep(unseen);
      const next = this.#newest;
      this.#newest = null;
      await stateCache.saveRun(next).catch((error: unknown) => {
        const { workspaceId, threadId, runId } = next;
        const name = error instanceof Error ? error.name : "unknown";
        report("warn", "state-cache-missed", { workspaceId, threadId, runId, error: name });
      });
    }
    this.#writing = false;
  }
}
