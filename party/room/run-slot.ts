import type { EventLog } from "./event-log";
import { Run, type RunParts } from "./run";
import { StoppedByUser } from "./stop";
import {
  checkpointKey,
  fromPieces,
  HEARTBEAT_MS,
  type RunRecord,
  runKey,
  runRecordSchema,
  type WaitingMessage,
} from "./storage-layout";
import type { WaitingLine } from "./waiting-line";

/** A run is taken up again this often after the process died; then it fails by name. */
export const ATTEMPTS_MAX = 5;

export interface RunSlotParts extends RunParts {
  line: WaitingLine;
}

/**
 * The thread's one run at a time. Takes up the run that a crash left behind, then answers the
 * waiting messages in order. Stands still only when nothing waits or room storage fails; the
 * heartbeat then sets it going again.
 */
export class RunSlot {
  #working = false;
  /** Something came in since the last look for work. */
  #kicked = false;
  #live: { run: Run; controller: AbortController } | null = null;

  constructor(private readonly parts: RunSlotParts) {}

  get activeRunId(): string | null {
    return this.#live?.run.record.runId ?? null;
  }

  get isWorking(): boolean {
    return this.#working;
  }

  /** Sets the work going if there is any; returns at once. */
  kick(): void {
    this.#kicked = true;
    if (this.#working) return;
    this.#working = true;
    void this.#work();
  }

  /** Whether an interrupted run or a waiting message stands in storage. */
  async hasWork(): Promise<boolean> {
    return (await this.#leftover()) !== null || !(await this.parts.line.isEmpty());
  }

  /** Stops the live run: its signal aborts now. False when this run is not the live one. */
  async cancel(runId: string): Promise<boolean> {
    const live = this.#live;
    if (live?.run.record.runId !== runId) return false;
    live.controller.abort(new StoppedByUser());
    await live.run.rememberCancel();
    return true;
  }

  async #work(): Promise<void> {
    const { report, thread } = this.parts;
    try {
      while (this.#kicked) {
        this.#kicked = false;
        while (await this.#performNext());
      }
    } catch (error) {
      report("error", "run-slot-stalled", { ...thread, error: String(error) });
      await this.#heartbeat().catch(() => {});
    } finally {
      this.#live = null;
      this.#working = false;
    }
  }

  async #performNext(): Promise<boolean> {
    const left = await this.#leftover();
    if (left) {
      await this.#heartbeat();
      await this.#takeUp(left);
      return true;
    }
    const waiting = await this.parts.line.next();
    if (!waiting) return false;
    await this.#heartbeat();
    await this.#begin(waiting.key, waiting.message);
    return true;
  }

  async #leftover(): Promise<RunRecord | null> {
    const stored = await this.parts.storage.get(runKey);
    return stored === undefined ? null : runRecordSchema.parse(stored);
  }

  async #begin(key: string, message: WaitingMessage): Promise<void> {
    const record: RunRecord = {
      runId: this.parts.newId(),
      message,
      startedSeq: null,
      attempt: 0,
      checkpointParts: 0,
      reported: false,
      cancelled: false,
    };
    await this.parts.log.settled();
    await this.parts.storage.write({ put: { [runKey]: record }, remove: [key] });
    const { run } = this.#enter(record);
    await run.perform(null);
    this.#live = null;
  }

  async #takeUp(left: RunRecord): Promise<void> {
    const record = { ...left, attempt: left.attempt + 1 };
    const { run } = this.#enter(record);
    const { log, report, thread } = this.parts;
    const { runId, attempt } = record;
    if (left.cancelled) {
      await run.finish({ state: "cancelled", reason: "Stopped." });
    } else if (attempt > ATTEMPTS_MAX) {
      await run.finish({
        state: "failed",
        reason: `The analysis was interrupted ${attempt} times and was given up. Ask again to retry.`,
      });
    } else {
      report("warn", "run-resumed", { ...thread, runId, attempt });
      await resume(log, record);
      await run.perform(await this.#checkpointOf(left));
    }
    this.#live = null;
  }

  #enter(record: RunRecord): { run: Run } {
    const controller = new AbortController();
    const run = new Run(this.parts, record, controller.signal);
    this.#live = { run, controller };
    return { run };
  }

  async #checkpointOf({ checkpointParts }: RunRecord): Promise<unknown> {
    if (checkpointParts === 0) return null;
    const range = { from: checkpointKey(0), to: checkpointKey(checkpointParts) };
    const pieces = await this.parts.storage.list(range);
    return JSON.parse(fromPieces(pieces.values()));
  }

  #heartbeat(): Promise<void> {
    return this.parts.storage.setAlarm(this.parts.clock.now() + HEARTBEAT_MS);
  }
}

/** Counts the attempt; says so in the thread when something of the run has been shown already. */
async function resume(log: EventLog, record: RunRecord): Promise<void> {
  const { runId, attempt, startedSeq } = record;
  await log.append(startedSeq === null ? [] : [{ type: "run-resumed", runId, attempt }], () => ({
    put: { [runKey]: record },
  }));
}
