import type { DatasetSummary, ThreadKey, ThreadStore } from "../../ports/thread-store";
import type { NumberedEvent } from "../../protocol";

/** The record of threads in memory, for tests: keeps each event once and every delivery. */
export class MemoryThreadStore implements ThreadStore {
  readonly deliveries: { key: ThreadKey; events: readonly NumberedEvent[] }[] = [];
  readonly events = new Map<string, Map<number, NumberedEvent>>();
  readonly datasets = new Map<string, DatasetSummary[]>();
  readonly members = new Map<string, string>();

  async applyEvents(key: ThreadKey, events: readonly NumberedEvent[]): Promise<void> {
    this.deliveries.push({ key, events: structuredClone(events) });
    const thread = this.events.get(key.threadId) ?? new Map<number, NumberedEvent>();
    for (const event of events) thread.set(event.seq, structuredClone(event));
    this.events.set(key.threadId, thread);
  }

  async listDatasets(workspaceId: string): Promise<DatasetSummary[]> {
    return structuredClone(this.datasets.get(workspaceId) ?? []);
  }

  async memberRole(workspaceId: string, userId: string): Promise<string | null> {
    return this.members.get(`${workspaceId}/${userId}`) ?? null;
  }
}
