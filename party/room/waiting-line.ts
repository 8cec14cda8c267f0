import type { Clock } from "../ports/clock";
import type { RoomStorage } from "../ports/room";
import type { Message, ThreadEventOf } from "../protocol";
import { QueueFullError } from "./errors";
import type { EventLog, LogWrite } from "./event-log";
import type { Questions } from "./questions";
import {
  HEARTBEAT_MS,
  runKey,
  runRecordSchema,
  type StopRequest,
  saidKey,
  stopKey,
  urgentWaitKey,
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
  constructor(
    private readonly storage: RoomStorage,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly questions: Questions,
  ) {}

  /**
   * Stores a message once; resolves to its event number, the same for every repetition. One that goes
   * first also asks, in the same write, that the run in progress be stopped.
   * `parent` is asked in that turn of the log.
   * @throws QueueFullError, RoomWriteError, and what `parent` throws
   */
  take(
    message: Omit<Message, "parentId">,
    plain: string,
    { goesFirst, parent }: { goesFirst: boolean; parent: () => Promise<string | null> },
  ): Promise<number> {
    const { id } = message;
    return this.once(id, async (seq) => {
      const added = { ...message, parentId: await parent() };
      const place = await this.placeFor(seq, { id, text: plain, attempt: 1 }, goesFirst);
      const put = { ...place, ...(await this.questions.asNewest(id)) };
      return { events: [{ type: "message-added", message: added }], change: { put } };
    });
  }

  /**
   * Stores what a client sent under its id, once, in a turn of the log; resolves to its event number.
   * Whoever sent it may be gone when the process dies: the room then wakes by itself.
   * @throws RoomWriteError, and what `decide` throws
   */
  async once(id: string, decide: (seq: number) => Promise<LogWrite>): Promise<number> {
    let seq = 0;
    await this.log.appendDecided(async (ownSeq) => {
      const known = await this.storage.get(saidKey(id));
      if (typeof known === "number") {
        seq = known;
        return null;
      }
      const { events, change } = await decide(ownSeq);
      seq = ownSeq;
      const put = { ...change?.put, [saidKey(id)]: ownSeq };
      return { events, change: { ...change, put, alarm: this.clock.now() + HEARTBEAT_MS } };
    });
    return seq;
  }

  /**
   * The entries that give something its place in the line; to be read and written in one turn of the log.
   * @throws QueueFullError
   */
  async placeFor(
    seq: number,
    next: WaitingMessage,
    goesFirst = false,
  ): Promise<Record<string, unknown>> {
    const waiting = await this.storage.list({ ...waitRange, limit: WAITING_MAX });
    if (waiting.size >= WAITING_MAX) throw new QueueFullError(waiting.size);
    if (!goesFirst) return { [waitKey(seq)]: next };
    return { [urgentWaitKey(seq)]: next, ...(await this.#stopOfRun()) };
  }

  async #stopOfRun(): Promise<Record<string, StopRequest>> {
    const stored = await this.storage.get(runKey);
    if (stored === undefined) return {};
    const { runId } = runRecordSchema.parse(stored);
    return { [stopKey]: { runId, because: "replaced" } };
  }

  /**
   * Takes a waiting message out of the line. False when it does not wait (any more).
   * @throws RoomWriteError
   */
  async withdraw(
    messageId: string,
    by: ThreadEventOf<"message-withdrawn">["by"],
  ): Promise<boolean> {
    let isOut = false;
    await this.log.appendDecided(async () => {
      const seq = await this.storage.get(saidKey(messageId));
      if (typeof seq !== "number") return null;
      for (const key of [waitKey(seq), urgentWaitKey(seq)]) {
        if ((await this.storage.get(key)) === undefined) continue;
        isOut = true;
        const event = { type: "message-withdrawn", messageId, by } as const;
        const put = await this.questions.without(messageId);
        const alarm = this.clock.now() + HEARTBEAT_MS;
        return { events: [event], change: { put, remove: [key], alarm } };
      }
      return null;
    });
    return isOut;
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
