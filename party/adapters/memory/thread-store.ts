import {
  type DatasetSummary,
  type Standing,
  ThreadGoneError,
  type ThreadKey,
  type ThreadStore,
  type Visitor,
} from "../../ports/thread-store";
import type { NumberedEvent } from "../../protocol";

/** The record of threads in memory, for tests: keeps each event once and every delivery. */
export class MemoryThreadStore implements ThreadStore {
  readonly deliveries: { key: ThreadKey; events: readonly NumberedEvent[] }[] = [];
  readonly events = new Map<string, Map<number, NumberedEvent>>();
  readonly datasets = new Map<string, DatasetSummary[]>();
  /** Roles by `workspace/user`: everybody not told of is a member, and null is none. */
  readonly members = new Map<string, string | null>();
  readonly endedSessions = new Set<string>();
  /** By thread id: every thread not told of is there, under a title of the rules. */
  readonly threads = new Map<string, Standing["thread"]>();

  async applyEvents(key: ThreadKey, events: readonly NumberedEvent[]): Promise<void> {
    if (this.#threadOf(key) === null) throw new ThreadGoneError(key);
    this.deliveries.push({ key, events: structuredClone(events) });
    const thread = this.events.get(key.threadId) ?? new Map<number, NumberedEvent>();
    for (const event of events) thread.set(event.seq, structuredClone(event));
    this.events.set(key.threadId, thread);
  }

  async listDatasets(workspaceId: string): Promise<DatasetSummary[]> {
    return structuredClone(this.datasets.get(workspaceId) ?? []);
  }

  async standing(key: ThreadKey, visitors: readonly Visitor[]): Promise<Standing> {
    const roles = new Map<string, string>();
    for (const { userId } of visitors) {
      const role = this.members.get(`${key.workspaceId}/${userId}`);
      if (role !== null) roles.set(userId, role ?? "member");
    }
    const sessions = visitors.map(({ session }) => session);
    return {
      thread: this.#threadOf(key),
      roles,
      sessions: new Set(sessions.filter((session) => !this.endedSessions.has(session))),
    };
  }

  #threadOf({ threadId }: ThreadKey): Standing["thread"] {
    const known = this.threads.get(threadId);
    return known === undefined ? { title: "A thread", titleSource: "rule", deleted: false } : known;
  }
}
