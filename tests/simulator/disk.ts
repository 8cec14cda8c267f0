import type { KeyRange, RoomStorage, StorageChange } from "../../party/ports/room";
import { fromPieces } from "../../party/room/storage-layout";
import type { Random } from "./random";
import type { Timeline } from "./timeline";

/** Stock limit of a Durable Object's value. */
const VALUE_LIMIT_BYTES = 128 * 1024;

/** How a room's disk behaves. */
export interface DiskMood {
  slowestMs: number;
  /** Share of reads and writes that reject. */
  failing: number;
}

/** What one room has on disk; outlives its processes. */
export class Disk {
  readonly #entries = new Map<string, unknown>();
  /** The keys in order; null when one came or went. */
  #keys: string[] | null = null;
  /** The alarm asked for last, Unix ms. */
  alarmAt: { at: number } | null = null;
  mood: DiskMood = { slowestMs: 2, failing: 0 };
  /** Told of each change once it is on disk. */
  onWritten: (change: StorageChange) => void = () => {};

  get keys(): readonly string[] {
    this.#keys ??= [...this.#entries.keys()].sort();
    return this.#keys;
  }

  /** Events in the log as it stands. */
  countEvents(): number {
    const heads = this.keys.filter((key) => key.startsWith("ev:") && !key.includes("."));
    return heads.reduce((sum, head) => {
      const pieces = this.keys.filter((key) => key === head || key.startsWith(`${head}.`));
      return sum + JSON.parse(fromPieces(pieces.map((key) => this.get(key)))).length;
    }, 0);
  }

  get(key: string): unknown {
    const value = this.#entries.get(key);
    return value instanceof Uint8Array ? value : structuredClone(value);
  }

  /** Told when an alarm was asked for. */
  onAlarm: () => void = () => {};

  setAlarm(at: number): void {
    this.alarmAt = { at };
    this.onAlarm();
  }

  apply({ put = {}, remove = [], alarm }: StorageChange): void {
    for (const [key, value] of Object.entries(put)) {
      if (!this.#entries.has(key)) this.#keys = null;
      this.#entries.set(key, value);
    }
    for (const key of remove) if (this.#entries.delete(key)) this.#keys = null;
    if (alarm !== undefined) this.setAlarm(alarm);
    this.onWritten({ put, remove });
  }
}

/**
 * The disk as one life of a process sees it. Writes reach the disk in order, late, sometimes not; some
 * reject although they were written. With the life ends every answer.
 */
export class LifeStorage implements RoomStorage {
  /** When the last write reaches the disk. */
  #writtenBy = 0;

  constructor(
    private readonly disk: Disk,
    private readonly timeline: Timeline,
    private readonly random: Random,
    private readonly life: { alive: boolean },
  ) {}

  get(key: string): Promise<unknown> {
    return this.#read(() => this.disk.get(key));
  }

  list({ from, to, limit, reverse = false }: KeyRange): Promise<Map<string, unknown>> {
    return this.#read(() => {
      const keys = this.disk.keys.filter((key) => key >= from && key < to);
      if (reverse) keys.reverse();
      return new Map(keys.slice(0, limit).map((key) => [key, this.disk.get(key)]));
    });
  }

  write(change: StorageChange): Promise<void> {
    for (const [key, value] of Object.entries(change.put ?? {})) {
      const bytes =
        value instanceof Uint8Array ? value.length : 2 * (JSON.stringify(value)?.length ?? 0);
      if (bytes >= VALUE_LIMIT_BYTES) throw new RangeError(`${key} holds ${bytes} bytes`);
    }
    const kept = structuredClone(change);
    return this.#change(() => this.disk.apply(kept));
  }

  setAlarm(at: number): Promise<void> {
    return this.#change(() => this.disk.setAlarm(at));
  }

  #read<Value>(look: () => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      const fails = this.random.chance(this.disk.mood.failing);
      // A read that comes after a write sees it.
      const ready = Math.max(this.#writtenBy, this.timeline.now + this.#delay() / 4);
      this.timeline.at(ready, () => {
        if (!this.life.alive) return;
        if (fails) reject(new Error("the disk did not answer"));
        else resolve(look());
      });
    });
  }

  #change(apply: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const { failing } = this.disk.mood;
      const fails = this.random.chance(failing);
      const writtenAllTheSame = fails && this.random.chance(0.5);
      this.#writtenBy = Math.max(this.#writtenBy, this.timeline.now + this.#delay());
      const heardAfter = this.#delay() / 2;
      this.timeline.at(this.#writtenBy, () => {
        if (!this.life.alive) return;
        if (!fails || writtenAllTheSame) apply();
        this.timeline.after(heardAfter, () => {
          if (!this.life.alive) return;
          if (fails) reject(new Error("the disk lost its answer"));
          else resolve();
        });
      });
    });
  }

  #delay(): number {
    return this.random.next() * this.disk.mood.slowestMs;
  }
}
