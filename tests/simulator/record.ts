import type { DatasetSummary, ThreadKey, ThreadStore } from "../../party/ports/thread-store";
import type { NumberedEvent } from "../../party/protocol";
import { eventText } from "./history";
import type { Random } from "./random";
import type { Timeline } from "./timeline";

/** The memory twin of Postgres, slow and often away. Applying the same event again changes nothing. */
export class SlowRecord {
  mood = { slowestMs: 20, failing: 0 };
  readonly threads = new Map<string, Map<number, string>>();

  constructor(
    private readonly timeline: Timeline,
    private readonly random: Random,
  ) {}

  /** The record as one life of a process reaches it. */
  seenBy(life: { alive: boolean }): ThreadStore {
    return {
      applyEvents: (key, events) => this.#apply(key, events, life),
      listDatasets: async (): Promise<DatasetSummary[]> => [],
      standing: async (_, visitors) => {
        if (this.random.chance(this.mood.failing)) throw new Error("the record is away");
        return {
          thread: { title: "A thread", titleSource: "rule", deleted: false },
          roles: new Map(visitors.map(({ userId }) => [userId, "member"])),
          sessions: new Set(visitors.map(({ session }) => session)),
        };
      },
    };
  }

  #apply(
    { threadId }: ThreadKey,
    events: readonly NumberedEvent[],
    life: { alive: boolean },
  ): Promise<void> {
    const written = events.map((event) => [event.seq, eventText(event)] as const);
    return new Promise((resolve, reject) => {
      const fails = this.random.chance(this.mood.failing);
      const writtenAllTheSame = this.random.chance(0.5);
      this.timeline.after(this.random.next() * this.mood.slowestMs, () => {
        if (!fails || writtenAllTheSame) {
          const thread = this.threads.get(threadId) ?? new Map<number, string>();
          this.threads.set(threadId, thread);
          for (const [seq, json] of written) {
            const known = thread.get(seq);
            if (known !== undefined && known !== json) {
              this.timeline.failure ??= new Error(`The record was told two events ${seq}`);
            }
            thread.set(seq, json);
          }
        }
        if (!life.alive) return;
        if (fails) reject(new Error("the record is away"));
        else resolve();
      });
    });
  }
}
