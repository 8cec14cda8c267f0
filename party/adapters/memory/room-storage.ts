import type { KeyRange, RoomStorage, StorageChange } from "../../ports/room";

const VALUE_LIMIT_BYTES = 128 * 1024;

/** Room storage in memory, with the stock limits of the real one. What it holds outlives a room. */
export class MemoryRoomStorage implements RoomStorage {
  readonly entries = new Map<string, unknown>();
  /** Every alarm asked for, Unix ms. */
  readonly alarms: number[] = [];

  async get(key: string): Promise<unknown> {
    return structuredClone(this.entries.get(key));
  }

  async list({ from, to, limit, reverse = false }: KeyRange): Promise<Map<string, unknown>> {
    const keys = [...this.entries.keys()].filter((key) => key >= from && key < to).sort();
    if (reverse) keys.reverse();
    return new Map(
      keys.slice(0, limit).map((key) => [key, structuredClone(this.entries.get(key))]),
    );
  }

  async write({ put = {}, remove = [], alarm }: StorageChange): Promise<void> {
    const values = Object.entries(put);
    for (const [key, value] of values) {
      const bytes =
        value instanceof Uint8Array ? value.length : 2 * (JSON.stringify(value)?.length ?? 0);
      if (bytes >= VALUE_LIMIT_BYTES) throw new RangeError(`${key} holds ${bytes} bytes`);
    }
    for (const [key, value] of values) this.entries.set(key, structuredClone(value));
    for (const key of remove) this.entries.delete(key);
    if (alarm !== undefined) this.alarms.push(alarm);
  }

  async setAlarm(at: number): Promise<void> {
    this.alarms.push(at);
  }
}
