import type { CallSource } from "../analysis/source";

/** The store of calls, as the crew and the pages reach it. */
export interface Analytics extends CallSource {
  /** Whether the store answers right now; never throws. */
  isAvailable(signal?: AbortSignal): Promise<boolean>;
  /** The same store, with its queries tagged by the run that asks. */
  forRun(run: { threadId: string; runId: string }): Analytics;
}
