import type { Storage } from "partykit/server";
import type { KeyRange, RoomStorage, StorageChange } from "../ports/room";

/** Most keys of one put or delete. */
const KEYS_AT_ONCE = 128;

/** Room storage on a Durable Object. */
export class DurableStorage implements RoomStorage {
  constructor(private readonly storage: Storage) {}

  get(key: string): Promise<unknown> {
    return this.storage.get(key);
  }

  async list({ from, to, ...rest }: KeyRange): Promise<Map<string, unknown>> {
    return this.storage.list({ start: from, end: to, ...rest });
  }

  /**
   * Writes with no wait between them are one transaction in a Durable Object. It is not waited for: until
   * it is on disk the object's output gate holds back every frame, answer and request that is sent from
   * here on, so nobody is shown an event that the death of the process would take back. A write that
   * fails there resets the object, and nothing of it was shown.
   */
  async write({ put = {}, remove = [], alarm }: StorageChange): Promise<void> {
    const work: Promise<unknown>[] = [];
    for (const entries of inGroups(Object.entries(put))) {
      work.push(this.storage.put(Object.fromEntries(entries)));
    }
    for (const keys of inGroups(remove)) work.push(this.storage.delete([...keys]));
    if (alarm !== undefined) work.push(this.storage.setAlarm(alarm));
    await Promise.all(work);
  }

  flushed(): Promise<void> {
    return this.storage.sync();
  }

  setAlarm(at: number): Promise<void> {
    return this.storage.setAlarm(at);
  }
}

function inGroups<Item>(items: readonly Item[]): Item[][] {
  const groups: Item[][] = [];
  for (let start = 0; start < items.length; start += KEYS_AT_ONCE) {
    groups.push(items.slice(start, start + KEYS_AT_ONCE));
  }
  return groups;
}
