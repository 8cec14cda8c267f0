import type { RunSnapshot, StateCache } from "../../ports/state-cache";

/** A state cache that forgets nothing, for tests. */
export class MemoryStateCache implements StateCache {
  readonly runs = new Map<string, RunSnapshot>();

  async saveRun(snapshot: RunSnapshot): Promise<void> {
    this.runs.set(snapshot.runId, structuredClone(snapshot));
  }

  async loadRun(runId: string): Promise<RunSnapshot | null> {
    return structuredClone(this.runs.get(runId) ?? null);
  }
}
