import type { OwnCalls } from "../../party/ports/own-calls";
import {
  type DatasetSummary,
  RecordRefusedError,
  type Standing,
  ThreadGoneError,
  type ThreadKey,
  type ThreadStore,
  type Visitor,
} from "../../party/ports/thread-store";
import type { NumberedEvent } from "../../party/protocol";
import { eventText } from "./history";
import type { Random } from "./random";
import type { Timeline } from "./timeline";

/** What the record holds of a thread: what its room delivered, and what the web server wrote. */
export class RecordedThread {
  /** JSON of its events by number. */
  readonly events = new Map<number, string>();
  /** JSON of its model calls by id, as they stand among the crew's own. */
  readonly calls = new Map<string, string>();
  title = "A thread";
  /** The titles that people gave, in their order. */
  readonly titles: string[] = [];
  /** When the deletion that holds was made, and when the last one was undone; Unix ms. */
  deletedAt: number | null = null;
  restoredAt: number | null = null;
  /** Forgotten for good. */
  gone = false;

  get isDeleted(): boolean {
    return this.deletedAt !== null || this.gone;
  }

  rename(title: string): void {
    this.title = title;
    this.titles.push(title);
  }

  standing(): Standing["thread"] {
    if (this.gone) return null;
    const titleSource = this.titles.length > 0 ? "human" : "rule";
    return { title: this.title, titleSource, deleted: this.isDeleted };
  }
}

/** The memory twin of Postgres, slow and often away. Applying the same event again changes nothing. */
export class SlowRecord {
  mood = { slowestMs: 20, failing: 0 };
  /** Every so-manieth event breaks a rule of the record; null for none. */
  refusing: number | null = null;
  /** Sign-ins that hold. */
  readonly sessions = new Set<string>();
  readonly #threads = new Map<string, RecordedThread>();

  constructor(
    private readonly timeline: Timeline,
    private readonly random: Random,
  ) {}

  thread(threadId: string): RecordedThread {
    const known = this.#threads.get(threadId) ?? new RecordedThread();
    this.#threads.set(threadId, known);
    return known;
  }

  /** The record as one life of a process reaches it. */
  seenBy(life: { alive: boolean }): ThreadStore {
    return {
      applyEvents: (key, events) => this.#apply(key, events, life),
      listDatasets: async (): Promise<DatasetSummary[]> => [],
      standing: (key, visitors) => this.#standing(key, visitors, life),
    };
  }

  /** What stood there at some instant between question and answer. */
  #standing(
    { threadId }: ThreadKey,
    visitors: readonly Visitor[],
    life: { alive: boolean },
  ): Promise<Standing> {
    const delay = () => (this.random.next() * this.mood.slowestMs) / 2;
    return new Promise((resolve, reject) => {
      const fails = this.random.chance(this.mood.failing);
      this.timeline.after(delay(), () => {
        const sessions = visitors.map(({ session }) => session);
        const standing: Standing = {
          thread: this.thread(threadId).standing(),
          roles: new Map(visitors.map(({ userId }) => [userId, "member"])),
          sessions: new Set(sessions.filter((session) => this.sessions.has(session))),
        };
        this.timeline.after(delay(), () => {
          if (!life.alive) return;
          if (fails) reject(new Error("the record is away"));
          else resolve(standing);
        });
      });
    });
  }

  #apply(
    key: ThreadKey,
    events: readonly NumberedEvent[],
    life: { alive: boolean },
  ): Promise<void> {
    return this.#slowly(life, () => {
      const thread = this.thread(key.threadId);
      if (thread.gone) return new ThreadGoneError(key);
      if (events.some((event) => this.refuses(event)))
        return new RecordRefusedError("23514", "rule");
      this.#keep(thread, events);
      return null;
    });
  }

  /** The store of the crew's own calls as one life of a process reaches it: as slow, and away by itself. */
  ownCallsSeenBy(life: { alive: boolean }): OwnCalls {
    return {
      store: ({ threadId }, calls) =>
        this.#slowly(life, () => {
          const { calls: kept } = this.thread(threadId);
          for (const call of calls) {
            const json = JSON.stringify(call);
            if ((kept.get(call.id) ?? json) !== json) {
              this.timeline.failure ??= new Error(`Two calls of a model are called ${call.id}`);
            }
            kept.set(call.id, json);
          }
          return null;
        }),
    };
  }

  /** `write` says why it refuses. A failing store may have written all the same. */
  #slowly(life: { alive: boolean }, write: () => Error | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const fails = this.random.chance(this.mood.failing);
      const writtenAllTheSame = this.random.chance(0.5);
      this.timeline.after(this.random.next() * this.mood.slowestMs, () => {
        const refusal = fails && !writtenAllTheSame ? null : write();
        if (!life.alive) return;
        if (fails) reject(new Error("the store is away"));
        else if (refusal) reject(refusal);
        else resolve();
      });
    });
  }

  /** A title is taken always: the record and the room must call a thread the same. */
  refuses({ seq, event }: NumberedEvent): boolean {
    const isOffered = event.type !== "text-delta" && event.type !== "thread-titled";
    return isOffered && this.refusing !== null && seq % this.refusing === 0;
  }

  #keep(thread: RecordedThread, events: readonly NumberedEvent[]): void {
    for (const numbered of events) {
      const { seq, event } = numbered;
      const json = eventText(numbered);
      const known = thread.events.get(seq);
      if (known !== undefined && known !== json) {
        this.timeline.failure ??= new Error(`The record was told two events ${seq}`);
      }
      thread.events.set(seq, json);
      const byCrew = event.type === "thread-titled" && event.source !== "human";
      if (byCrew && known === undefined && thread.titles.length === 0) thread.title = event.title;
    }
  }
}
