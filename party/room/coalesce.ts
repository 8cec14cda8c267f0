import type { Clock } from "../ports/clock";
import type { StorageChange } from "../ports/room";
import type { RichText, ThreadEvent } from "../protocol";
import { RoomWriteError } from "./errors";
import type { EventLog } from "./event-log";
import type { Pace } from "./pace";

/**
 * Collects a run's events into writes. The first piece of a step's text goes at once; pieces that follow
 * within the pace, that are at hand together or that come while a write is under way share the next write.
 * `step-finished` waits as long for its checkpoint, so that both are stored in one go; everything else is
 * written at once, after all that came before it.
 */
export class EventWriter {
  #pending: ThreadEvent[] = [];
  /** When what is pending is to be written, Unix ms; null when nobody waits for that. */
  #dueAt: number | null = null;
  /** The last piece of text that was given to the log: of which step, and when (Unix ms). */
  #lastText: { stepId: string; at: number } | null = null;
  /** Settles when the log has taken, or not taken, all that was given to it. */
  #underWay: Promise<unknown> = Promise.resolve();
  #failure: { cause: unknown } | null = null;

  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly pace: Pace,
  ) {}

  /** @throws RoomWriteError, EventTooLargeError, also of an earlier delayed write. */
  async add(event: ThreadEvent): Promise<void> {
    this.#throwFailure();
    addJoined(this.#pending, event);
    if (!this.#mayWait(event)) return this.flush();
    if (this.#dueAt !== null) return;
    this.#flushAfter(Math.max(0, this.#waitOf(event)));
  }

  /** Writes what is pending together with `alongside`. */
  async flush(alongside?: (firstSeq: number) => StorageChange): Promise<void> {
    this.#throwFailure();
    this.#dueAt = null;
    const events = this.#pending;
    this.#pending = [];
    if (events.length === 0 && !alongside) return;
    const beganAt = this.clock.now();
    const text = events.findLast((event) => event.type === "text-delta");
    if (text) this.#lastText = { stepId: text.stepId, at: beganAt };
    // After one that failed nothing is written: a checkpoint would say that the text before it is there.
    const write = this.#underWay.then(() => {
      this.#throwFailure();
      return this.log.append(events, alongside);
    });
    this.#underWay = write.then(
      () => this.#written(beganAt),
      (cause: unknown) => {
        if (cause instanceof RoomWriteError) this.#failure ??= { cause };
        this.#written(null);
      },
    );
    await write;
  }

  /** Tells the pace now and then how long a write takes until it is on disk. */
  #written(beganAt: number | null): void {
    if (beganAt === null || !this.pace.isLookDue(beganAt)) return;
    const see = () => {
      const now = this.clock.now();
      this.pace.observe(now - beganAt, now);
    };
    const flushed = this.log.flushed();
    // A write that never comes to disk ends the room.
    if (flushed) flushed.then(see, () => {});
    else see();
  }

  #mayWait(event: ThreadEvent): boolean {
    if (event.type === "step-finished") return true;
    return event.type === "text-delta" && this.#lastText?.stepId === event.stepId;
  }

  /** Text waits until the last piece is old enough. */
  #waitOf({ type }: ThreadEvent): number {
    const now = this.clock.now();
    const since = type === "text-delta" ? (this.#lastText?.at ?? now) : now;
    return since + this.pace.at(now) - now;
  }

  /** Adds an event that is written with the next one. */
  hold(event: ThreadEvent): void {
    this.#pending.push(event);
  }

  /** Adds an event whose storage change must not be torn from it. */
  async addWith(event: ThreadEvent, alongside: (ownSeq: number) => StorageChange): Promise<void> {
    const before = this.#pending.length;
    this.#pending.push(event);
    await this.flush((firstSeq) => alongside(firstSeq + before));
  }

  /** A timer that comes when its events are written already does nothing: to stop it would cost more. */
  #flushAfter(wait: number): void {
    const dueAt = this.clock.now() + wait;
    this.#dueAt = dueAt;
    void this.clock.sleep(wait).then(async () => {
      const now = this.clock.now();
      this.pace.observe(Math.max(0, now - dueAt), now);
      await this.#underWay;
      if (this.#dueAt !== dueAt) return;
      this.flush().catch((cause) => {
        this.#failure = { cause };
      });
    });
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.cause;
  }
}

/** Appends an event in place; text that continues the last piece of the same step becomes part of it. */
export function addJoined(events: ThreadEvent[], event: ThreadEvent): void {
  const last = events.at(-1);
  if (
    event.type === "text-delta" &&
    last?.type === "text-delta" &&
    last.runId === event.runId &&
    last.stepId === event.stepId
  ) {
    events[events.length - 1] = { ...last, text: joinParts(last.text, event.text) };
  } else events.push(event);
}

/** Text after text: strings that meet become one. */
export function joinParts(left: RichText, right: RichText): RichText {
  const end = left.at(-1);
  const [start, ...rest] = right;
  if (typeof end !== "string" || typeof start !== "string") return [...left, ...right];
  return [...left.slice(0, -1), end + start, ...rest];
}
