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
  /**
   * Writes what the events say about messages, runs, steps, evidence, reports and the crew's titles.
   * All of them are written, or none.
   * @throws ThreadGoneError, RecordRefusedError, and what the record throws while it is away
   */
  applyEvents(key: ThreadKey, events: readonly NumberedEvent[]): Promise<void>;
  /** The workspace's datasets that hold calls, newest first. */
  listDatasets(workspaceId: string): Promise<DatasetSummary[]>;
  /** What the record says now of a thread and of the people in it. */
  standing(key: ThreadKey, visitors: readonly Visitor[]): Promise<Standing>;
}

/** Somebody in a room: which user, and under which sign-in. */
export interface Visitor {
  userId: string;
  session: string;
}

export interface Standing {
  /** Null when the workspace has no such thread (any more). */
  thread: { title: string; titleSource: "rule" | "model" | "human"; deleted: boolean } | null;
  /** By user id; who is no member of the workspace is missing. */
  roles: ReadonlyMap<string, string>;
  /** The sign-ins that still hold. */
  sessions: ReadonlySet<string>;
}

/** The record has no such thread, and will take nothing about it. Trying again does not help. */
export class ThreadGoneError extends Error {
  override readonly name = "ThreadGoneError";
  readonly retryHelps = false;
  constructor(
    readonly key: ThreadKey,
    options?: ErrorOptions,
  ) {
    super(`The record has no thread ${key.threadId}`, options);
  }
}

/** The record is there and refuses what the events say: a value or a rule of its own stands against it. */
export class RecordRefusedError extends Error {
  override readonly name = "RecordRefusedError";
  readonly retryHelps = false;
  constructor(
    /** The record's own code of the refusal (SQLSTATE), and the rule that was broken if it names one. */
    readonly code: string,
    readonly rule: string | null,
    options?: ErrorOptions,
  ) {
    super(`The record refuses it (${code}${rule === null ? "" : `, ${rule}`})`, options);
  }
}

/** A dataset as the crew sees it; times are Unix ms. */
export interface DatasetSummary {
  id: string;
  name: string;
  /** `demo`: generated calls; `crew`: the crew's own. */
  source: "import" | "demo" | "crew";
  version: number;
  calls: number;
  firstCallAt: number | null;
  lastCallAt: number | null;
}
