import type { Clock } from "../ports/clock";
import type { StorageChange } from "../ports/room";
import type { RichText, ThreadEvent } from "../protocol";
import type { EventLog } from "./event-log";

/** How long a piece of text may wait for the next one, ms: one write and one frame carry both. */
export const COALESCE_MS = 15;
/** How far that widens when writes or timers are slow, ms. */
export const COALESCE_AT_MOST_MS = 250;

/** The last piece of text that was written: of which step, and since when it is on disk (Unix ms). */
interface LastText {
  stepId: string;
  at: number | null;
}

/**
 * Collects a run's events into writes. The first piece of text goes at once; pieces that follow
 * within `COALESCE_MS`, or while a write is under way, share the next write; under load the wait
 * widens to twice of what a write takes. `step-finished` waits as long for its checkpoint, so that both are stored in one go; everything else is written at once,
 * after all that came before it.
 */
export class EventWriter {
  #pending: ThreadEvent[] = [];
  #timer: AbortController | null = null;
  #lastText: LastText | null = null;
  /** Settles when the last write is on disk. */
  #underWay: Promise<void> = Promise.resolve();
  /** How long text waits now, ms. */
  #pace = COALESCE_MS;
  #failure: { cause: unknown } | null = null;

  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /** @throws RoomWriteError, EventTooLargeError, also of an earlier delayed write. */
  async add(event: ThreadEvent): Promise<void> {
    this.#throwFailure();
    this.#pending = joinText(this.#pending, event);
    if (event.type !== "text-delta" && event.type !== "step-finished") return this.flush();
    const wait = event.type === "text-delta" ? this.#textWait(event.stepId) : this.#pace;
    if (wait <= 0) return this.flush();
    this.#flushAfter(wait);
  }

  /** Writes what is pending together with `alongside`. */
  async flush(alongside?: (firstSeq: number) => StorageChange): Promise<void> {
    this.#throwFailure();
    this.#timer?.abort();
    this.#timer = null;
    const events = this.#pending;
    this.#pending = [];
    if (events.length === 0 && !alongside) return;
    const beganAt = this.clock.now();
    await this.log.append(events, alongside);
    const text = events.findLast((event) => event.type === "text-delta");
    const lastText: LastText | null = text ? { stepId: text.stepId, at: null } : this.#lastText;
    this.#lastText = lastText;
    const onDisk = () => {
      const now = this.clock.now();
      if (lastText) lastText.at ??= now;
      this.#adapt(now - beganAt);
    };
    const flushed = this.log.flushed();
    // Nobody waits for this but the next text. A write that never comes to disk ends the room.
    if (flushed) this.#underWay = flushed.then(onDisk, () => {});
    else onDisk();
  }

  /** Widens at once, narrows step by step. */
  #adapt(busyMs: number): void {
    const wanted = Math.min(COALESCE_AT_MOST_MS, Math.max(COALESCE_MS, 2 * busyMs));
    this.#pace = wanted > this.#pace ? wanted : (this.#pace + wanted) / 2;
  }

  /** 0 for the first piece of a step, and once the last one is old enough. */
  #textWait(stepId: string): number {
    if (this.#lastText?.stepId !== stepId) return 0;
    const { at } = this.#lastText;
    return at === null ? this.#pace : at + this.#pace - this.clock.now();
  }

  /** Adds an event that is written with the next one. */
  hold(event: ThreadEvent): void {
    this.#pending = [...this.#pending, event];
  }

  /** Adds an event whose storage change must not be torn from it. */
  async addWith(event: ThreadEvent, alongside: (ownSeq: number) => StorageChange): Promise<void> {
    const before = this.#pending.length;
    this.#pending = [...this.#pending, event];
    await this.flush((firstSeq) => alongside(firstSeq + before));
  }

  #flushAfter(wait: number): void {
    if (this.#timer) return;
    const timer = new AbortController();
    this.#timer = timer;
    const dueAt = this.clock.now() + wait;
    this.clock.sleep(wait, timer.signal).then(
      async () => {
        this.#adapt(this.clock.now() - dueAt);
        await this.#underWay;
        // Something else may have been written meanwhile, and taken the text along.
        if (timer.signal.aborted) return;
        this.flush().catch((cause) => {
          this.#failure = { cause };
        });
      },
      () => {},
    );
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.cause;
  }
}

/** Appends an event; text that continues the last piece of the same step becomes part of it. */
export function joinText(events: readonly ThreadEvent[], event: ThreadEvent): ThreadEvent[] {
  const last = events.at(-1);
  if (
    event.type !== "text-delta" ||
    last?.type !== "text-delta" ||
    last.runId !== event.runId ||
    last.stepId !== event.stepId
  ) {
    return [...events, event];
  }
  return [...events.slice(0, -1), { ...last, text: joinParts(last.text, event.text) }];
}

/** Text after text: strings that meet become one. */
export function joinParts(left: RichText, right: RichText): RichText {
  const end = left.at(-1);
  const [start, ...rest] = right;
  if (typeof end !== "string" || typeof start !== "string") return [...left, ...right];
  return [...left.slice(0, -1), end + start, ...rest];
}
