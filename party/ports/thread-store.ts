import type { NumberedEvent } from "../protocol";

/** Where a thread belongs. */
export interface ThreadKey {
  workspaceId: string;
  threadId: string;
}

/**
 * The record of threads (Postgres). Applying the same events again changes nothing, so the room's
 * outbox may deliver more than once.
 */
export interface ThreadStore {
  /** Writes what the events say about messages, runs, steps, evidence, reports and the title. */
  applyEvents(key: ThreadKey, events: readonly NumberedEvent[]): Promise<void>;
  /** The workspace's datasets that hold calls, newest first. */
  listDatasets(workspaceId: string): Promise<DatasetSummary[]>;
  /** Whether the user is still a member; null when not. */
  memberRole(workspaceId: string, userId: string): Promise<string | null>;
}

/** A dataset as the crew sees it; times are Unix ms. */
export interface DatasetSummary {
  id: string;
  name: string;
  source: "import" | "demo";
  version: number;
  calls: number;
  firstCallAt: number | null;
  lastCallAt: number | null;
}
