import type { RunCrew } from "../agents/core/crew";
import type { Clock } from "../ports/clock";
import type { Log, RoomStorage } from "../ports/room";
import type { StateCache } from "../ports/state-cache";
import type { ThreadKey, ThreadStore } from "../ports/thread-store";
import type {
  Message,
  NumberedEvent,
  Person,
  ServerMessage,
  TicketClaims,
  Writing,
} from "../protocol";
import { closeCodes, PROTOCOL_VERSION, roleSchema } from "../protocol";
import { NoSuchMessageError, NotRetriableError, QueueFullError } from "./errors";
import { EventLog } from "./event-log";
import { refusal } from "./frames";
import { Outbox } from "./outbox";
import { Questions } from "./questions";
import { retryRun } from "./retries";
import { RunSlot } from "./run-slot";
import { HELLO_WITHIN_MS, type Session, Sessions } from "./sessions";
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

/** How often a connection's membership is asked for again, ms. */
export const MEMBER_CHECK_MS = 60_000;

const MEMBER_PATIENCE_MS = 1_000;

/** One thread at work: its log, who watches it, what waits, the run, and the way to the record. */
export class Conversation {
  readonly sessions: Sessions;
  readonly #questions: Questions;
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
    this.#questions = new Questions(storage, log);
    this.#line = new WaitingLine(storage, log, services.clock, this.#questions);
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

  /**
   * Whether the person may still be here, known for at most `trustMs`; who may not is put out. A record
   * that cannot be asked puts nobody out.
   */
  async isStillMember(session: Session, trustMs: number): Promise<boolean> {
    const now = this.services.clock.now();
    if (now - session.memberAskedAt < trustMs) return true;
    session.memberAskedAt = now;
    try {
      const role = await this.#roleOf(session.claims.sub);
      const known = roleSchema.safeParse(role);
      if (!known.success) {
        this.sessions.expel(session, closeCodes.forbidden, "no-member");
        return false;
      }
      session.claims = { ...session.claims, role: known.data };
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown";
      this.services.report("warn", "membership-unknown", { ...this.thread, error: name });
    }
    return true;
  }

  /** Chat goes on when the record is slow. */
  #roleOf(userId: string): Promise<string | null> {
    const { store, clock } = this.services;
    const asked = new AbortController();
    const tooLate = clock.sleep(MEMBER_PATIENCE_MS, asked.signal).then(
      () => Promise.reject(new Error("The record did not answer in time")),
      () => null,
    );
    const role = store.memberRole(this.thread.workspaceId, userId);
    return Promise.race([role, tooLate]).finally(() => asked.abort());
  }

  /** Sees that a connection says hello in time and that its person stays a member, while it lasts. */
  async watch(session: Session): Promise<void> {
    const { clock } = this.services;
    const isHere = () => this.sessions.get(session.socket.id) === session;
    await clock.sleep(HELLO_WITHIN_MS);
    if (isHere() && session.state === "awaiting-hello") {
      this.sessions.expel(session, closeCodes.tooSlow, "no-hello");
    }
    while (isHere()) {
      await clock.sleep(MEMBER_CHECK_MS);
      if (isHere()) await this.isStillMember(session, 0);
    }
  }

  /** Stores what somebody wrote, once, and sees that it is acted on. */
  async take(claims: TicketClaims, writing: Writing): Promise<ServerMessage> {
    const { id } = writing;
    if (claims.role === "viewer") return refusal("not-allowed", id);
    try {
      const seq = await this.#store(claims, writing);
      this.#slot.kick();
      return { type: "ack", id, seq };
    } catch (error) {
      if (error instanceof QueueFullError) return refusal("busy", id);
      if (error instanceof NoSuchMessageError) return refusal("no-such-message", id);
      if (error instanceof NotRetriableError) return refusal("cannot-retry", id);
      this.services.report("error", "writing-not-stored", { ...this.thread, error: String(error) });
      return refusal("internal", id);
    }
  }

  async #store(claims: TicketClaims, writing: Writing): Promise<number> {
    const by = { id: claims.sub, name: claims.name };
    switch (writing.type) {
      case "message.send":
      case "message.edit": {
        const goesFirst = writing.whenBusy === "replace";
        const message = questionOf(writing, by, this.services.clock.now());
        const parent = () =>
          writing.type === "message.edit"
            ? this.#questions.parentOf(writing.replaces)
            : this.#questions.parentFor(writing.after);
        const seq = await this.#line.take(message, writing.text, { goesFirst, parent });
        if (goesFirst) await this.#slot.obeyStop();
        return seq;
      }
      case "run.retry":
        return retryRun(writing, by, { line: this.#line, storage: this.storage });
    }
  }

  /** Stops the live run; answers only when it cannot. */
  async cancel(claims: TicketClaims, runId: string): Promise<ServerMessage | null> {
    if (claims.role === "viewer") return refusal("not-allowed", runId);
    return (await this.#slot.cancel(runId)) ? null : refusal("no-such-run", runId);
  }

  /** Takes back a message that waits; answers only when it cannot. */
  async withdraw(claims: TicketClaims, messageId: string): Promise<ServerMessage | null> {
    if (claims.role === "viewer") return refusal("not-allowed", messageId);
    const isOut = await this.#line.withdraw(messageId, { id: claims.sub, name: claims.name });
    return isOut ? null : refusal("not-waiting", messageId);
  }

  read(after: number): Promise<NumberedEvent[]> {
    return this.log.readAfter(after);
  }

  /**
   * Asks to be woken while something is left to do, and sets it going. Nothing has begun when it
   * throws: a room whose opening failed must leave no work behind, or its log would get two writers.
   */
  async alarm(): Promise<void> {
    const { clock } = this.services;
    // The last write of a run may have happened although it failed.
    await this.log.settled();
    if (this.#slot.isWorking || (await this.#slot.hasWork())) {
      await this.storage.setAlarm(clock.now() + HEARTBEAT_MS);
    } else if (await this.#outbox.isBehind()) {
      await this.storage.setAlarm(clock.now() + this.#outbox.patienceMs + HEARTBEAT_MS);
    }
    this.#slot.kick();
    this.#outbox.kick();
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

/** What a person wrote, as the thread keeps it. `now`: Unix ms. */
function questionOf(
  { id, text }: { id: string; text: string },
  author: Person,
  now: number,
): Omit<Message, "parentId"> {
  return {
    id,
    role: "user",
    author,
    runId: null,
    text: [text],
    writer: null,
    ending: "complete",
    at: new Date(now).toISOString(),
  };
}
