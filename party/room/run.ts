import type { CrewOutput, RunCrew, Turn } from "../agents/core/crew";
import type { Clock } from "../ports/clock";
import type { Log, RoomStorage, StorageChange } from "../ports/room";
import type { ThreadKey } from "../ports/thread-store";
import type { ApprovalRequest, ThreadEventOf } from "../protocol";
import { parking } from "./approvals";
import { EventWriter } from "./coalesce";
import { RoomWriteError } from "./errors";
import type { EventLog } from "./event-log";
import type { Pace } from "./pace";
import { reasonOfStop, stopOf, withGrace } from "./stop";
import {
  checkpointKey,
  endedKey,
  type RunRecord,
  runKey,
  saidKey,
  stopKey,
  toPieces,
} from "./storage-layout";
import { unfinishedText } from "./unfinished-text";

/** How long a stopped crew may take to say its last words, ms. */
export const STOP_GRACE_MS = 2_000;

type Finish = Pick<ThreadEventOf<"run-finished">, "state" | "reason">;

export interface RunParts {
  thread: ThreadKey;
  storage: RoomStorage;
  log: EventLog;
  runCrew: RunCrew;
  /** What was asked and answered before a message, on its branch. */
  historyOf: (messageId: string) => Promise<readonly Turn[]>;
  clock: Clock;
  pace: Pace;
  /** A fresh UUID. */
  newId: () => string;
  report: Log;
  /** Told after each stored checkpoint and at the end; must not throw. */
  onProgress: (record: RunRecord, checkpoint: unknown, state: "running" | "finished") => void;
}

/**
 * One run from its record to its `run-finished`. Every event is stored before the next is asked for
 * (text excepted, which is coalesced); a checkpoint is stored together with the events before it.
 * Ends the run whatever the crew does, or puts it aside for an approval; only a failing room storage makes it throw, and then the
 * record stays, to be taken up again.
 */
export class Run {
  readonly #writer: EventWriter;
  #finished = false;

  constructor(
    private readonly parts: RunParts,
    public record: RunRecord,
    private readonly signal: AbortSignal,
  ) {
    this.#writer = new EventWriter(parts.log, parts.clock, parts.pace);
  }

  /** @throws RoomWriteError */
  async perform(checkpoint: unknown): Promise<void> {
    const { thread, log, runCrew, historyOf, clock } = this.parts;
    const { message } = this.record;
    let failure: unknown = null;
    try {
      const outputs = runCrew(
        {
          ...thread,
          runId: this.record.runId,
          message: { id: message.id, text: message.text },
          nextEvidence: log.nextEvidence,
          checkpoint,
          approval: this.record.approval,
          // Whoever asks for another try wants another answer.
          ...(message.attempt > 1 ? { answers: "refresh" as const } : {}),
          history: () => historyOf(message.id),
        },
        this.signal,
      );
      for await (const output of withGrace(outputs, this.signal, clock, STOP_GRACE_MS)) {
        await this.#take(output);
        if (this.#finished) return;
      }
    } catch (error) {
      if (error instanceof RoomWriteError) throw error;
      failure = error;
    }
    if (failure !== null && !this.signal.aborted) {
      const { runId } = this.record;
      this.parts.report("error", "run-broke", { ...thread, runId, error: String(failure) });
    }
    await this.finish(
      this.signal.aborted
        ? { state: "cancelled", reason: reasonOfStop(this.signal) }
        : {
            state: "failed",
            reason:
              "The analysis ended unexpectedly. What was found so far is kept; Retry starts anew.",
          },
    );
  }

  /**
   * Ends the run in the log and forgets its record, in one write. What the crew had said and not made
   * a message of becomes one first.
   */
  async finish({ state, reason }: Finish): Promise<void> {
    const { runId } = this.record;
    await this.#writer.flush();
    // A piece of text may be on its way to the disk by itself.
    await this.parts.log.settled();
    const text = await unfinishedText(this.parts.log, this.record);
    if (text.length > 0) {
      const message = {
        id: this.parts.newId(),
        role: "assistant" as const,
        author: null,
        runId,
        text,
        writer: null,
        ending: state === "cancelled" ? ("stopped" as const) : ("failed" as const),
        at: new Date(this.parts.clock.now()).toISOString(),
      };
      this.#writer.hold({ type: "message-added", message });
    }
    await this.#finishWith({ type: "run-finished", runId, state, reason });
  }

  async #take(output: CrewOutput): Promise<void> {
    if (output.kind === "checkpoint") return this.#checkpoint(output.state);
    if (output.kind === "approval") return this.#park(output.approval, output.state);
    const { event } = output;
    switch (event.type) {
      case "run-started":
        if (this.record.startedSeq !== null) return;
        return this.#writer.addWith(event, (seq) => this.#save({ startedSeq: seq }));
      case "run-finished":
        // The crew knows that it was stopped; the room knows why.
        return this.#finishWith(
          event.state === "cancelled" && this.signal.aborted
            ? { ...event, reason: reasonOfStop(this.signal) }
            : event,
        );
      case "report-written":
        if (this.record.reported) return;
        return this.#writer.addWith(event, () => this.#save({ reported: true }));
      case "message-added": {
        const key = saidKey(event.message.id);
        if ((await this.parts.storage.get(key)) !== undefined) return;
        const stop = stopOf(this.signal, this.record.runId);
        return this.#writer.addWith(event, (seq) => ({ put: { [key]: seq, ...stop } }));
      }
      default:
        return this.#writer.add(event);
    }
  }

  async #checkpoint(state: unknown): Promise<void> {
    const pieces = toPieces(JSON.stringify(state));
    await this.#writer.flush(() => {
      const { put } = this.#save({ checkpointParts: pieces.length });
      return { put: { ...put, ...piecesByKey(pieces) } };
    });
    this.parts.onProgress(this.record, state, "running");
  }

  /** The run waits for people and leaves the slot; what it asks and how it goes on are one write. */
  async #park(approval: ApprovalRequest, state: unknown): Promise<void> {
    // Told to stop: it asks for nothing any more.
    if (this.signal.aborted) return;
    const { runId } = this.record;
    const pieces = toPieces(JSON.stringify(state));
    await this.#writer.addWith({ type: "approval-requested", runId, approval }, () =>
      parking(this.record, pieces, approval),
    );
    this.#finished = true;
    this.parts.onProgress(this.record, state, "running");
  }

  #save(change: Partial<RunRecord>): StorageChange {
    this.record = { ...this.record, ...change };
    return { put: { [runKey]: this.record } };
  }

  async #finishWith(event: ThreadEventOf<"run-finished">): Promise<void> {
    const { runId, startedSeq, message } = this.record;
    // Stopped before the crew said a word: the thread shows which message had this run all the same.
    if (startedSeq === null) {
      this.#writer.hold({ type: "run-started", runId, messageId: message.id, model: null });
    }
    const remove = [runKey, stopKey, ...piecesByKeyNames(this.record.checkpointParts)];
    const put = event.state === "completed" ? {} : { [endedKey(runId)]: message };
    await this.#writer.addWith(event, () => ({ put, remove }));
    this.#finished = true;
    this.parts.onProgress(this.record, null, "finished");
  }
}

function piecesByKey(pieces: readonly Uint8Array[]): Record<string, Uint8Array> {
  return Object.fromEntries(pieces.map((piece, part) => [checkpointKey(part), piece]));
}

function piecesByKeyNames(parts: number): string[] {
  return Array.from({ length: parts }, (_, part) => checkpointKey(part));
}
