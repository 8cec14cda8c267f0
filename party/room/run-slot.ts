import type { EventLog } from "./event-log";
import { Run, type RunParts } from "./run";
import { StoppedByUser, stopReasons } from "./stop";
import {
  checkpointKey,
  fromPieces,
  HEARTBEAT_MS,
  type RunRecord,
  runKey,
  runRecordSchema,
  type StopRequest,
  stopKey,
  stopRequestSchema,
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
  /** While it holds nothing begins and nothing is taken up. */
  #held = false;

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
    if (this.#held) return false;
    return (await this.#leftover()) !== null || !(await this.parts.line.isEmpty());
  }

  /** Stops the live run: its signal aborts now. False when this run is not the live one. */
  async cancel(runId: string): Promise<boolean> {
    const live = this.#live;
    if (live?.run.record.runId !== runId) return false;
    live.controller.abort(new StoppedByUser("asked"));
    const stop: StopRequest = { runId, because: "asked" };
    await this.parts.log.appendDecided(async () => {
      const isOver = (await this.#leftover())?.runId !== runId;
      if (isOver || (await this.#stopOf(runId))) return null;
      return { events: [], change: { put: { [stopKey]: stop } } };
    });
    return true;
  }

  /** Stops the live run if storage says that it is to be stopped. */
  async obeyStop(): Promise<void> {
    const live = this.#live;
    const stop = live && (await this.#stopOf(live.run.record.runId));
    if (stop) live.controller.abort(new StoppedByUser(stop.because));
  }

  async #stopOf(runId: string): Promise<StopRequest | null> {
    const stored = await this.parts.storage.get(stopKey);
    const stop = stored === undefined ? null : stopRequestSchema.parse(stored);
    return stop?.runId === runId ? stop : null;
  }

  /** Stops the live run, and lets none begin until `release`. What waits keeps its place. */
  async hold(): Promise<void> {
    this.#held = true;
    const runId = this.activeRunId;
    if (runId !== null) await this.cancel(runId);
  }

  release(): void {
    this.#held = false;
    this.kick();
  }

  async #work(): Promise<void> {
    const { report, thread } = this.parts;
    try {
      while (this.#kicked) {
        this.#kicked = false;
        while (!this.#held && (await this.#performNext()));
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
    return this.#beginNext();
  }

  async #leftover(): Promise<RunRecord | null> {
    const stored = await this.parts.storage.get(runKey);
    return stored === undefined ? null : runRecordSchema.parse(stored);
  }

  /** Chosen and stored in one turn: a message that is to go first is not overtaken meanwhile. */
  async #beginNext(): Promise<boolean> {
    const { log, line, newId, clock } = this.parts;
    let begun: Run | null = null;
    await log.appendDecided(async () => {
      const waiting = await line.next();
      if (!waiting) return null;
      const record: RunRecord = {
        runId: newId(),
        message: waiting.message,
        startedSeq: null,
        attempt: 0,
        checkpointParts: 0,
        reported: false,
      };
      begun = this.#enter(record);
      const alarm = clock.now() + HEARTBEAT_MS;
      return { events: [], change: { put: { [runKey]: record }, remove: [waiting.key], alarm } };
    });
    const run = begun as Run | null;
    await run?.perform(null);
    this.#live = null;
    return run !== null;
  }

  async #takeUp(left: RunRecord): Promise<void> {
    const record = { ...left, attempt: left.attempt + 1 };
    const run = this.#enter(record);
    const { log, report, thread } = this.parts;
    const { runId, attempt } = record;
    const stop = await this.#stopOf(runId);
    if (stop) {
      await run.finish({ state: "cancelled", reason: stopReasons[stop.because] });
    } else if (attempt > ATTEMPTS_MAX) {
      await run.finish({
        state: "failed",
        reason: `The analysis was interrupted ${attempt} times and was given up. Retry starts it anew.`,
      });
    } else {
      report("warn", "run-resumed", { ...thread, runId, attempt });
      await resume(log, record);
      await run.perform(await this.#checkpointOf(left));
    }
    this.#live = null;
  }

  #enter(record: RunRecord): Run {
    const controller = new AbortController();
    const run = new Run(this.parts, record, controller.signal);
    this.#live = { run, controller };
    // It was on its way when the slot was held.
    if (this.#held) controller.abort(new StoppedByUser("asked"));
    return run;
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
