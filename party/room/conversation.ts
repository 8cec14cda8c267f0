import type { RunCrew } from "../agents/core/crew";
import type { Clock } from "../ports/clock";
import type { OwnCalls } from "../ports/own-calls";
import type { Log, RoomStorage } from "../ports/room";
import type { StateCache } from "../ports/state-cache";
import type { Standing, ThreadKey, ThreadStore } from "../ports/thread-store";
import type {
  Message,
  NumberedEvent,
  Person,
  ServerMessage,
  TicketClaims,
  Writing,
} from "../protocol";
import { closeCodes, PROTOCOL_VERSION } from "../protocol";
import { giveApproval } from "./approvals";
import { OwnCallsDelivery, RecordDelivery } from "./deliveries";
import { EventLog } from "./event-log";
import { refusal } from "./frames";
import { historyOf } from "./history";
import { HotState } from "./hot-state";
import { Membership, type Verdict, verdictOf, visitorOf } from "./membership";
import { Outbox } from "./outbox";
import type { Pace } from "./pace";
import { Presence } from "./presence";
import { Questions } from "./questions";
import { refusalOf } from "./refusal-of";
import { retryRun } from "./retries";
import { RunSlot } from "./run-slot";
import { HELLO_WITHIN_MS, type Session, Sessions } from "./sessions";
import { HEARTBEAT_MS, shutKey, titleKey } from "./storage-layout";
import { WaitingLine } from "./waiting-line";

/** What a room needs from outside. */
export interface RoomServices {
  runCrew: RunCrew;
  store: ThreadStore;
  ownCalls: OwnCalls;
  stateCache: StateCache;
  clock: Clock;
  /** One for all rooms of a process. */
  pace: Pace;
  /** A fresh UUID. */
  newId: () => string;
  /** 0 ≤ n < 1. */
  random: () => number;
  report: Log;
}

/** How often a connection's membership is asked for again, ms. */
export const MEMBER_CHECK_MS = 60_000;

/** One thread at work: its log, who watches it, what waits, the run, and the way to the record. */
export class Conversation {
  readonly sessions: Sessions;
  readonly #questions: Questions;
  readonly membership: Membership;
  #isShut = false;
  /** Storage surely says so too. */
  #shutIsStored = false;
  #watching = false;
  #lastLook: Promise<unknown> = Promise.resolve();
  /** A look that waits for the one before it. */
  #nextLook: Promise<boolean> | null = null;
  readonly #line: WaitingLine;
  readonly #slot: RunSlot;
  readonly #record: RecordDelivery;
  /** One to the record, one to the dataset of the crew's own calls: neither waits for the other. */
  readonly #outboxes: readonly Outbox[];

  private constructor(
    readonly thread: ThreadKey,
    private readonly storage: RoomStorage,
    private readonly log: EventLog,
    private readonly services: RoomServices,
  ) {
    const parts = { ...services, thread, storage, log };
    this.sessions = new Sessions(log);
    new Presence(this.sessions, services.clock);
    this.#questions = new Questions(storage, log);
    this.#line = new WaitingLine(storage, log, services.clock, this.#questions);
    this.membership = new Membership(parts);
    this.#record = new RecordDelivery(parts);
    const onGone = () => {
      for (const outbox of this.#outboxes) outbox.end();
      void this.look().catch((error: unknown) => this.#reportLook(error));
    };
    this.#outboxes = [this.#record, new OwnCallsDelivery(parts)].map(
      (delivery) => new Outbox({ ...parts, delivery, onGone }),
    );
    const hot = new HotState(services);
    this.#slot = new RunSlot({
      ...parts,
      line: this.#line,
      historyOf: (messageId) => historyOf(messageId, { storage, log, questions: this.#questions }),
      onProgress: (record, checkpoint, state) => {
        const { runId, attempt } = record;
        hot.save({ ...thread, runId, state, seq: log.seq, attempt, checkpoint });
        if (state === "finished") this.#compact();
      },
    });
    for (const outbox of this.#outboxes) log.onWritten((events) => outbox.onWritten(events));
  }

  /** Reads where the thread stands and goes on: the interrupted run, waiting messages, deliveries. */
  static async open(
    thread: ThreadKey,
    storage: RoomStorage,
    services: RoomServices,
  ): Promise<Conversation> {
    const log = await EventLog.open(storage, services.clock);
    const conversation = new Conversation(thread, storage, log, services);
    conversation.#isShut = (await storage.get(shutKey)) !== undefined;
    conversation.#shutIsStored = conversation.#isShut;
    if (conversation.#isShut) await conversation.#slot.hold();
    await conversation.alarm();
    conversation.#compact();
    return conversation;
  }

  /** Where the thread stands. */
  get standing(): { seq: number; activeRunId: string | null } {
    return { seq: this.log.seq, activeRunId: this.#slot.activeRunId };
  }

  /** Events that the record refused for good; a person has to look at them. */
  countRefused(): Promise<number> {
    return this.#record.countRefused();
  }

  async greet(session: Session, lastSeq: number): Promise<void> {
    this.sessions.send(session, { type: "welcome", v: PROTOCOL_VERSION, ...this.standing });
    await this.sessions.catchUp(session, lastSeq);
  }

  /** Whether the person may still be here, known for at most `trustMs`; who may not is put out. */
  async isStillMember(session: Session, trustMs: number): Promise<boolean> {
    const verdict = await this.membership.verdictOn(session.claims, trustMs);
    return verdict === null || this.#heed(session, verdict);
  }

  /** Sees that a connection says hello in time; and that those here may be here, while anybody is. */
  async watch(session: Session): Promise<void> {
    if (!this.#watching) void this.#watchPeople();
    await this.services.clock.sleep(HELLO_WITHIN_MS);
    const isHere = this.sessions.get(session.socket.id) === session;
    if (isHere && session.state === "awaiting-hello") {
      this.sessions.expel(session, closeCodes.tooSlow, "no-hello");
    }
  }

  async #watchPeople(): Promise<void> {
    this.#watching = true;
    while (this.sessions.count > 0) {
      await this.services.clock.sleep(MEMBER_CHECK_MS);
      await this.look().catch((error: unknown) => this.#reportLook(error));
    }
    this.#watching = false;
  }

  /**
   * Takes notice of what the record says now of the thread and of those who are here. False when the
   * record could not be asked. However late and often it is done, the room ends up as the record is: one look
   * at a time, since the answer to an older one may come last, and one that has not begun serves all who ask.
   * @throws RoomWriteError
   */
  look(): Promise<boolean> {
    this.#nextLook ??= this.#lastLook.then(() => {
      this.#nextLook = null;
      return this.#lookNow();
    });
    this.#lastLook = this.#nextLook.catch(() => {});
    return this.#nextLook;
  }

  async #lookNow(): Promise<boolean> {
    const present = [...this.sessions];
    const standing = await this.membership.ask(present.map(({ claims }) => visitorOf(claims)));
    if (standing === null) return false;
    await this.#heedThread(standing.thread);
    for (const session of present)
      this.#heed(session, verdictOf(standing, visitorOf(session.claims)));
    return true;
  }

  #heed(session: Session, verdict: Verdict): boolean {
    if (verdict.stays) session.claims = { ...session.claims, role: verdict.role };
    else if (verdict.because === "signed-out") {
      this.sessions.expel(session, closeCodes.ticketRefused, verdict.because);
    } else this.sessions.expel(session, closeCodes.forbidden, verdict.because);
    return verdict.stays;
  }

  async #heedThread(thread: Standing["thread"]): Promise<void> {
    if (thread === null || thread.deleted) return this.#shut();
    if (this.#isShut) await this.#reopen();
    if (thread.titleSource !== "human") return;
    const { title } = thread;
    await this.log.appendDecided(async () => {
      if ((await this.storage.get(titleKey)) === title) return null;
      const titled = { type: "thread-titled", title, source: "human" } as const;
      // Nothing else may be left to do: the record must hear of it although the process dies now.
      const alarm = this.services.clock.now() + HEARTBEAT_MS;
      return { events: [titled], change: { put: { [titleKey]: title }, alarm } };
    });
  }

  /** The thread is deleted: its run stops, everybody leaves, and nobody comes in. */
  get isShut(): boolean {
    return this.#isShut;
  }

  async #shut(): Promise<void> {
    // At once, whatever becomes of the write; the next look tries one again that failed.
    this.#isShut = true;
    this.sessions.expelAll(closeCodes.threadDeleted, "thread-deleted");
    await Promise.all([this.#storeShut(), this.#slot.hold()]);
  }

  async #storeShut(): Promise<void> {
    if (this.#shutIsStored) return;
    await this.storage.write({ put: { [shutKey]: true } });
    this.#shutIsStored = true;
  }

  async #reopen(): Promise<void> {
    await this.storage.write({ remove: [shutKey] });
    this.#isShut = false;
    this.#shutIsStored = false;
    this.#slot.release();
  }

  /** The thread is gone for good: nothing of it goes on. Its storage is the caller's to clear. */
  discard(): void {
    this.#isShut = true;
    for (const outbox of this.#outboxes) outbox.end();
    this.sessions.expelAll(closeCodes.threadDeleted, "thread-deleted");
    // What it still wants to write fails, and shall.
    this.#slot.hold().catch(() => {});
  }

  #reportLook(error: unknown): void {
    const name = error instanceof Error ? error.name : "unknown";
    this.services.report("warn", "notice-delayed", { ...this.thread, error: name });
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
      const refused = refusalOf(error, id);
      if (refused) return refused;
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
      case "approval.give":
        return giveApproval(writing, claims, { line: this.#line, storage: this.storage });
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
    } else {
      const late = await this.#outboxesBehind();
      const patienceMs = Math.min(...late.map((outbox) => outbox.patienceMs));
      if (late.length > 0) await this.storage.setAlarm(clock.now() + patienceMs + HEARTBEAT_MS);
    }
    this.#slot.kick();
    for (const outbox of this.#outboxes) outbox.kick();
  }

  async #outboxesBehind(): Promise<Outbox[]> {
    const late = await Promise.all(this.#outboxes.map((outbox) => outbox.isBehind()));
    return this.#outboxes.filter((_, place) => late[place]);
  }

  /** In the background; what fails now is done after the next run, or when the room opens again. */
  #compact(): void {
    this.log.compact().catch((error: unknown) => {
      const name = error instanceof Error ? error.name : "unknown";
      this.services.report("warn", "compaction-delayed", { ...this.thread, error: name });
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
