import type { Log } from "../ports/room";
import type { RunSnapshot, StateCache } from "../ports/state-cache";

/**
 * Keeps the cache at the newest state of the run: one write at a time, and of what came meanwhile the
 * newest alone, so that a late answer never puts an older state over a newer one. Nobody waits for it.
 */
export class HotState {
  #newest: RunSnapshot | null = null;
  #writing = false;

  constructor(
    private readonly cache: StateCache,
    private readonly report: Log,
  ) {}

  /** Returns at once. A write that fails is reported and not tried again: the next one says more. */
  save(snapshot: RunSnapshot): void {
    this.#newest = snapshot;
    if (this.#writing) return;
    this.#writing = true;
    void this.#write();
  }

  async #write(): Promise<void> {
    for (let next = this.#take(); next !== null; next = this.#take()) {
      await this.cache.saveRun(next).catch((error: unknown) => {
        const { workspaceId, threadId, runId } = next;
        const name = error instanceof Error ? error.name : "unknown";
        this.report("warn", "state-cache-missed", { workspaceId, threadId, runId, error: name });
      });
    }
    this.#writing = false;
  }

  #take(): RunSnapshot | null {
    const next = this.#newest;
    this.#newest = null;
    return next;
  }
}
