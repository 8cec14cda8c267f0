import type { RunCrew } from "../agents/core/crew";
import type { Clock } from "../ports/clock";
import type { Log, RoomStorage } from "../ports/room";
import type { StateCache } from "../ports/state-cache";
import type { ThreadKey, ThreadStore } from "../ports/thread-store";
import type { ClientMessage, NumberedEvent, ServerMessage, TicketClaims } from "../protocol";
import { PROTOCOL_VERSION } from "../protocol";
import { QueueFullError } from "./errors";
import { EventLog } from "./event-log";
import { refusal } from "./frames";
import { Outbox } from "./outbox";
import { RunSlot } from "./run-slot";
import { type Session, Sessions } from "./sessions";
import { HEARTBEAT_MS, type RunRecord } from "./storage-layout";
import { WaitingLine } from "./waiting-line";

/** What a room needs from outside. */
export interface RoomServices {
  runCrew: RunCrew;
  store: ThreadStore;
  stateCache: StateCache;
  clock: Clock;
  /** A fresh UUID. */
  newId: () => string;
  /** 0 ≤ n < 1. */
  random: () => number;
  report: Log;
}

type MessageSend = Extract<ClientMessage, { type: "message.send" }>;

/** One thread at work: its log, who watches it, what waits, the run, and the way to the record. */
export class Conversation {
  readonly sessions: Sessions;
  readonly #line: WaitingLine;
  readonly #slot: RunSlot;
  readonly #outbox: Outbox;

  private constructor(
    readonly thread: ThreadKey,
    private readonly storage: RoomStorage,
    private readonly log: EventLog,
    private readonly services: RoomServices,
  ) {
    const parts = { ...services, thread, storage, log };
    this.sessions = new Sessions(log);
    this.#line = new WaitingLine(storage, log, services.clock);
    this.#outbox = new Outbox(parts);
    this.#slot = new RunSlot({
      ...parts,
      line: this.#line,
      onProgress: (record, checkpoint, state) => {
        this.#cache(record, checkpoint, state);
        if (state === "finished") this.#compact();
      },
    });
    log.onWritten(() => this.#outbox.kick());
  }

  /** Reads where the thread stands and goes on: the interrupted run, waiting messages, deliveries. */
  static async open(
    thread: ThreadKey,
    storage: RoomStorage,
    services: RoomServices,
  ): Promise<Conversation> {
    const log = await EventLog.open(storage, services.clock);
    const conversation = new Conversation(thread, storage, log, services);
    await conversation.alarm();
    conversation.#compact();
    return conversation;
  }

  /** Where the thread stands. */
  get standing(): { seq: number; activeRunId: string | null } {
    return { seq: this.log.seq, activeRunId: this.#slot.activeRunId };
  }

  async greet(session: Session, lastSeq: number): Promise<void> {
    this.sessions.send(session, { type: "welcome", v: PROTOCOL_VERSION, ...this.standing });
    await this.sessions.catchUp(session, lastSeq);
  }

  /** Stores a message and sees that it gets its run. */
  async say(claims: TicketClaims, { id, text }: MessageSend): Promise<ServerMessage> {
    if (claims.role === "viewer") return refusal("not-allowed", id);
    const message = {
      id,
      role: "user" as const,
      author: { id: claims.sub, name: claims.name },
      runId: null,
      text: [text],
      writer: null,
      ending: "complete" as const,
      at: new Date(this.services.clock.now()).toISOString(),
    };
    try {
      const seq = await this.#line.take(message, text);
      this.#slot.kick();
      return { type: "ack", id, seq };
    } catch (error) {
      if (error instanceof QueueFullError) return refusal("busy", id);
      this.services.report("error", "message-not-stored", { ...this.thread, error: String(error) });
      return refusal("internal", id);
    }
  }

  /** Stops the live run; answers only when it cannot. */
  async cancel(claims: TicketClaims, runId: string): Promise<ServerMessage | null> {
    if (claims.role === "viewer") return refusal("not-allowed", runId);
    return (await this.#slot.cancel(runId)) ? null : refusal("no-such-run", runId);
  }

  read(after: number): Promise<NumberedEvent[]> {
    return this.log.readAfter(after);
  }

  /** Sets going whatever is left to do, and asks to be woken while something is. */
  async alarm(): Promise<void> {
    // Asked before the work begins: an alarm counts as done when this returns.
    const busy = this.#slot.isWorking || (await this.#slot.hasWork());
    this.#slot.kick();
    this.#outbox.kick();
    const { clock } = this.services;
    if (busy) await this.storage.setAlarm(clock.now() + HEARTBEAT_MS);
    else if (await this.#outbox.isBehind()) {
      await this.storage.setAlarm(clock.now() + this.#outbox.patienceMs + HEARTBEAT_MS);
    }
  }

  /** In the background; what fails now is done after the next run, or when the room opens again. */
  #compact(): void {
    this.log.compact().catch((error: unknown) => {
      const name = error instanceof Error ? error.name : "unknown";
      this.services.report("warn", "compaction-delayed", { ...this.thread, error: name });
    });
  }

  #cache(record: RunRecord, checkpoint: unknown, state: "running" | "finished"): void {
    const { runId, attempt } = record;
    const snapshot = { ...this.thread, runId, state, seq: this.log.seq, attempt, checkpoint };
    this.services.stateCache.saveRun(snapshot).catch((error: unknown) => {
      const name = error instanceof Error ? error.name : "unknown";
      this.services.report("warn", "state-cache-missed", { ...this.thread, runId, error: name });
    });
  }
}
