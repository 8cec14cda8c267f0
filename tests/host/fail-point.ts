/** What a process prints when it has come to its fail point. */
export const FAIL_POINT_REACHED = "fail point reached";

/**
 * Where a process can be made to die; `-begun`: asked for, not on disk; `-written`: on disk, the room not
 * told; `log-sent`: the room has sent its frames, and none of it is on disk.
 */
export type FailPointName =
  | "token"
  | "tool"
  | "log-begun"
  | "log-written"
  | "log-sent"
  | "compaction-begun"
  | "compaction-written"
  | "delivery-begun"
  | "delivered";

/** One point in the life of a process, as `token:3@THREAD`: the third time that this thread comes to `token`. */
export class FailPoint {
  readonly #name: string | undefined;
  readonly #threadId: string | undefined;
  #left: number;

  /** Without a text there is none. */
  constructor(text: string | undefined) {
    const [, name, times, threadId] = /^([a-z-]+):(\d+)@(.+)$/.exec(text ?? "") ?? [];
    this.#name = name;
    this.#left = Number(times);
    this.#threadId = threadId;
  }

  /** Whether this is where the process dies if it comes there next. */
  isNext(name: FailPointName, threadId: string | null): boolean {
    return name === this.#name && threadId === this.#threadId && this.#left === 1;
  }

  /**
   * At the fail point nothing happens any more: what this process has not handed over by now stays
   * where it is until whoever watches its output ends it.
   */
  reach(name: FailPointName, threadId: string | null): void {
    if (name !== this.#name || threadId !== this.#threadId) return;
    this.#left -= 1;
    if (this.#left !== 0) return;
    console.log(FAIL_POINT_REACHED);
    for (;;);
  }
}
