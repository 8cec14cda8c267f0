/** What is known of a run outside its room: where it stands and what to go on from. */
export interface RunSnapshot {
  workspaceId: string;
  threadId: string;
  runId: string;
  state: "running" | "finished";
  /** Number of the thread's last event when this was written. */
  seq: number;
  attempt: number;
  /** The crew's state after its last finished step; null before the first. */
  checkpoint: unknown;
}

/**
 * Hot state of runs, kept for an hour. A cache only: it may forget everything at any time, and no
 * caller may depend on a write. Both methods reject when the cache cannot be reached.
 */
export interface StateCache {
  saveRun(snapshot: RunSnapshot): Promise<void>;
  /** Null when nothing is known of the run. */
  loadRun(runId: string): Promise<RunSnapshot | null>;
}
