import type { KeyRange, RoomStorage, StorageChange } from "../../party/ports/room";
import type {
  DatasetSummary,
  Standing,
  ThreadKey,
  ThreadStore,
  Visitor,
} from "../../party/ports/thread-store";
import type { NumberedEvent } from "../../party/protocol";
import { metaKey } from "../../party/room/storage-layout";
import type { FailPoint } from "./fail-point";

const MICROTASKS_UNTIL_SENT = 50;

/** Room storage in which the process may die at a write. */
export class FailingStorage implements RoomStorage {
  #compacted = 0;

  constructor(
    private readonly storage: RoomStorage,
    private readonly point: FailPoint,
    private readonly threadId: string | null,
  ) {}

  get(key: string): Promise<unknown> {
    return this.storage.get(key);
  }

  list(range: KeyRange): Promise<Map<string, unknown>> {
    return this.storage.list(range);
  }

  async write(change: StorageChange): Promise<void> {
    const kind = this.#kindOf(change);
    const written = this.storage.write(change);
    if (kind) this.point.reach(`${kind}-begun`, this.threadId);
    await written;
    if (!kind) return;
    if (this.point.isNext(`${kind}-written`, this.threadId)) await this.flushed();
    this.point.reach(`${kind}-written`, this.threadId);
    if (kind === "log") void this.#afterSending();
  }

  async flushed(): Promise<void> {
    await this.storage.flushed?.();
  }

  /** The room sends in the same turn in which it hears that it may; the disk is written after that turn. */
  async #afterSending(): Promise<void> {
    for (let turn = 0; turn < MICROTASKS_UNTIL_SENT; turn++) await null;
    this.point.reach("log-sent", this.threadId);
  }

  setAlarm(at: number): Promise<void> {
    return this.storage.setAlarm(at);
  }

  #kindOf({ put = {} }: StorageChange): "log" | "compaction" | null {
    const meta = put[metaKey];
    if (typeof meta !== "object" || meta === null || !("compacted" in meta)) return null;
    const compacted = Number(meta.compacted);
    if (compacted === this.#compacted) return "log";
    this.#compacted = compacted;
    return "compaction";
  }
}

/** The record, to which the process may die in a delivery. */
export class FailingThreadStore implements ThreadStore {
  constructor(
    private readonly store: ThreadStore,
    private readonly point: FailPoint,
  ) {}

  async applyEvents(key: ThreadKey, events: readonly NumberedEvent[]): Promise<void> {
    this.point.reach("delivery-begun", key.threadId);
    await this.store.applyEvents(key, events);
    this.point.reach("delivered", key.threadId);
  }

  listDatasets(workspaceId: string): Promise<DatasetSummary[]> {
    return this.store.listDatasets(workspaceId);
  }

  standing(key: ThreadKey, visitors: readonly Visitor[]): Promise<Standing> {
    return this.store.standing(key, visitors);
  }
}
