import { z } from "zod";
import type { RoomStorage } from "../ports/room";
import type { Message } from "../protocol";
import { eventsBetween } from "./compaction";
import { NoSuchMessageError } from "./errors";
import type { EventLog } from "./event-log";
import { recentKey, saidKey } from "./storage-layout";

/** A question of the thread, and the event that added it. */
export interface AskedQuestion {
  seq: number;
  message: Message;
}

/** More than can wait and be withdrawn, so that one that stays is always among them. */
const RECENT_MAX = 32;

const recentSchema = z.array(z.string());

/** Where questions stand in the tree of a thread. All of it is asked in a turn of the log. */
export class Questions {
  constructor(
    private readonly storage: RoomStorage,
    private readonly log: EventLog,
  ) {}

  /** What a new question follows: the one it names if the thread has it, else the newest. */
  async parentFor(after: string | undefined): Promise<string | null> {
    if (after !== undefined && (await this.#find(after))) return after;
    return (await this.#recent())[0] ?? null;
  }

  /**
   * What the question that is asked differently followed.
   * @throws NoSuchMessageError
   */
  async parentOf(id: string): Promise<string | null> {
    const found = await this.#find(id);
    if (!found) throw new NoSuchMessageError(id);
    return this.#parentOf(found);
  }

  /** The questions before one on its branch, at most `max` of them, oldest first. */
  async leadingTo(id: string, max: number): Promise<AskedQuestion[]> {
    const way: AskedQuestion[] = [];
    let found = await this.#find(id);
    while (found && way.length < max) {
      const parent = await this.#parentOf(found);
      found = parent === null ? null : await this.#find(parent);
      if (found) way.unshift(found);
    }
    return way;
  }

  /** The entry that says that `id` is the newest question now. */
  async asNewest(id: string): Promise<Record<string, unknown>> {
    const others = (await this.#recent()).filter((other) => other !== id);
    return { [recentKey]: [id, ...others].slice(0, RECENT_MAX) };
  }

  /** The entry that says that `id` was withdrawn. */
  async without(id: string): Promise<Record<string, unknown>> {
    return { [recentKey]: (await this.#recent()).filter((other) => other !== id) };
  }

  /** The newest questions, the newest first. */
  async #recent(): Promise<string[]> {
    const stored = await this.storage.get(recentKey);
    if (stored !== undefined) return recentSchema.parse(stored);
    // A thread from before questions had versions: looked through once.
    return (await this.#before(this.log.seq + 1)).reverse().slice(0, RECENT_MAX);
  }

  async #parentOf({ seq, message }: AskedQuestion): Promise<string | null> {
    if (message.parentId !== undefined) return message.parentId;
    return (await this.#before(seq)).at(-1) ?? null;
  }

  async #find(id: string): Promise<AskedQuestion | null> {
    const seq = await this.storage.get(saidKey(id));
    if (typeof seq !== "number") return null;
    const [stored] = await this.log.readAfter(seq - 1, 1);
    const event = stored?.seq === seq ? stored.event : null;
    if (event?.type !== "message-added" || event.message.role !== "user") return null;
    return { seq, message: event.message };
  }

  /** The questions before an event, in order. */
  async #before(seq: number): Promise<string[]> {
    const ids: string[] = [];
    for await (const { event } of eventsBetween(this.log, 0, seq - 1)) {
      if (event.type === "message-added" && event.message.role === "user") {
        ids.push(event.message.id);
      }
    }
    return ids;
  }
}
