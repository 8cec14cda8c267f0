import type { StorageChange } from "../ports/room";
import { endParked, unparking } from "./approvals";
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

  /**
   * Stops the live run, whose signal aborts now, or ends one that waits for an approval. False when this
   * run is neither.
   */
  async cancel(runId: string): Promise<boolean> {
    const { log, storage, clock } = this.parts;
    const live = this.#live;
    let found = live?.run.record.runId === runId;
    if (found) live?.controller.abort(new StoppedByUser("asked"));
    const stop: StopRequest = { runId, because: "asked" };
    await log.appendDecided(async () => {
      const parked = await endParked(storage, runId);
      if (parked) {
        found = true;
        // Nothing else may be left to do: the record must hear of it although the process dies now.
        const alarm = clock.now() + HEARTBEAT_MS;
        return { ...parked, change: { ...parked.change, alarm } };
      }
      const isOver = !found || (await this.#leftover())?.runId !== runId;
      if (isOver || (await this.#stopOf(runId))) return null;
      return { events: [], change: { put: { [stopKey]: stop } } };
    });
    return found;
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
    const { log, line, storage, newId, clock } = this.parts;
    let found = false;
    let begun: Run | null = null;
    await log.appendDecided(async () => {
      const waiting = await line.next();
      if (!waiting) return null;
      found = true;
      const { resumes } = waiting.message;
      const next = resumes ? await unparking(storage, resumes) : freshRun(newId(), waiting.message);
      if (next) begun = this.#enter(next.record);
      const remove = [waiting.key, ...(next?.change.remove ?? [])];
      const alarm = clock.now() + HEARTBEAT_MS;
      return { events: [], change: { put: next?.change.put ?? {}, remove, alarm } };
    });
    const run = begun as Run | null;
    if (run) await run.perform(await this.#checkpointOf(run.record));
    this.#live = null;
    return found;
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

function freshRun(
  runId: string,
  message: WaitingMessage,
): { record: RunRecord; change: StorageChange } {
  const record: RunRecord = {
    runId,
    message,
    startedSeq: null,
    attempt: 0,
    checkpointParts: 0,
    reported: false,
    approval: null,
  };
  return { record, change: { put: { [runKey]: record } } };
}

/** Counts the attempt; says so in the thread when something of the run has been shown already. */
async function resume(log: EventLog, record: RunRecord): Promise<void> {
  const { runId, attempt, startedSeq } = record;
  await log.append(startedSeq === null ? [] : [{ type: "run-resumed", runId, attempt }], () => ({
    put: { [runKey]: record },
  }));
}
