import type { Clock } from "../ports/clock";
import type { RoomStorage } from "../ports/room";
import type { Message } from "../protocol";
import { QueueFullError } from "./errors";
import type { EventLog } from "./event-log";
import {
  HEARTBEAT_MS,
  saidKey,
  type WaitingMessage,
  waitingMessageSchema,
  waitKey,
  waitRange,
} from "./storage-layout";

/** How many messages may wait for their run. */
export const WAITING_MAX = 20;

/**
 * Takes in what people say. A message, its place in the line and the memory of its id are one write,
 * so the same id sent again, even after a crash, is the same message and no second run.
 */
export class WaitingLine {
  readonly #underWay = new Map<string, Promise<number>>();

  constructor(
    private readonly storage: RoomStorage,
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores a message once; resolves to its event number, the same for every repetition.
   * @throws QueueFullError, RoomWriteError
   */
  take(message: Message, plain: string): Promise<number> {
    const running = this.#underWay.get(message.id);
    if (running) return running;
    const work = this.#store(message, plain).finally(() => this.#underWay.delete(message.id));
    this.#underWay.set(message.id, work);
    return work;
  }

  async #store(message: Message, plain: string): Promise<number> {
    // An earlier attempt may be stored although its write failed.
    await this.log.settled();
    const known = await this.storage.get(saidKey(message.id));
    if (typeof known === "number") return known;
    const waiting = await this.storage.list({ ...waitRange, limit: WAITING_MAX });
    if (waiting.size >= WAITING_MAX) throw new QueueFullError(waiting.size);
    const next: WaitingMessage = { id: message.id, text: plain };
    let seq = 0;
    await this.log.append([{ type: "message-added", message }], (ownSeq) => {
      seq = ownSeq;
      // Whoever sent it may be gone when the process dies: the room then wakes by itself.
      return {
        put: { [saidKey(message.id)]: ownSeq, [waitKey(ownSeq)]: next },
        alarm: this.clock.now() + HEARTBEAT_MS,
      };
    });
    return seq;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.next()) === null;
  }

  /** The message whose turn it is, with the key to remove when its run is stored; null when none waits. */
  async next(): Promise<{ key: string; message: WaitingMessage } | null> {
    const [first] = await this.storage.list({ ...waitRange, limit: 1 });
    if (!first) return null;
    return { key: first[0], message: waitingMessageSchema.parse(first[1]) };
  }
}
