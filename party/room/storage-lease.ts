import type { KeyRange, RoomStorage, StorageChange } from "../ports/room";

/** The room's storage was cleared for good; what was still at work must not write into it. */
export class LeaseEndedError extends Error {
  override readonly name = "LeaseEndedError";
  readonly retryHelps = false;
  constructor() {
    super("Room storage was cleared");
  }
}

/** Room storage for one conversation: once it has ended, every call is refused. */
export class StorageLease implements RoomStorage {
  #ended = false;

  constructor(private readonly storage: RoomStorage) {}

  /** Refuses what comes from now on. What was asked for before is done before anything that follows. */
  end(): void {
    this.#ended = true;
  }

  async get(key: string): Promise<unknown> {
    return this.#open().get(key);
  }

  async list(range: KeyRange): Promise<Map<string, unknown>> {
    return this.#open().list(range);
  }

  async write(change: StorageChange): Promise<void> {
    return this.#open().write(change);
  }

  flushed(): Promise<void> | undefined {
    return this.storage.flushed?.();
  }

  async setAlarm(at: number): Promise<void> {
    return this.#open().setAlarm(at);
  }

  #open(): RoomStorage {
    if (this.#ended) throw new LeaseEndedError();
    return this.storage;
  }
}
