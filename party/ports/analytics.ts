import type { CallSource } from "../analysis/source";

/** The store of calls, as the crew and the pages reach it. */
export interface Analytics extends CallSource {
  /** Whether the store answers right now; never throws. */
  isAvailable(signal?: AbortSignal): Promise<boolean>;
  /** The same store for one run: queries are tagged by it, and wait for a store that is away for a moment. */
  forRun(run: { threadId: string; runId: string }): Analytics;
}
