import type { Turn } from "../../party/agents/core/crew";
import type { StorageChange } from "../../party/ports/room";
import { closeCodes } from "../../party/protocol";
import { refusedRange, shutKey } from "../../party/room/storage-layout";
import { Disk } from "./disk";
import { History, HistoryBroken } from "./history";
import { Link } from "./link";
import { Person } from "./person";
import type { Random } from "./random";
import type { RecordedThread, SlowRecord } from "./record";
import { RoomProcess } from "./room-process";
import type { Timeline } from "./timeline";

const TICKET_LIFETIME_S = 60;
/** An answer of the record may be that old when the room acts on it, ms. */
const HEEDED_WITHIN_MS = 2_000;
/** What a run that was stopped may still be writing, ms. */
const LAST_WORDS_MS = 4_000;
/** A sign-in is asked after at most every 5 s when somebody writes; the rest is the way there, ms. */
const SIGN_IN_TRUST_MS = 10_000;

/** One room with its people on a troubled disk, network and record. The seed decides everything. */
export class Place {
  readonly history = new History();
  readonly disk = new Disk();
  readonly process: RoomProcess;
  readonly people: Person[];
  readonly threadId: string;
  readonly row: RecordedThread;
  /** What runs were told of the turns before their message. */
  readonly told: { messageId: string; turns: readonly Turn[] }[] = [];
  readonly #slowestMs: number;
  cuts = 0;
  /** How often the room closed a connection: of a deleted thread, of an ended sign-in. */
  closed = { deleted: 0, signedOut: 0 };
  #links = new Map<Link, { person: Person; session: string }>();
  #linkCount = 0;
  #shutAt: number | null = null;
  /** While it is false nobody comes back by themselves. */
  peopleReturn = true;

  constructor(
    private readonly timeline: Timeline,
    private readonly random: Random,
    readonly record: SlowRecord,
    /** The record answers every question of this world. */
    private readonly recordIsThere: boolean,
  ) {
    this.threadId = random.uuid();
    const { threadId, disk } = this;
    this.row = record.thread(threadId);
    disk.onWritten = (change) => this.#watch(() => this.#written(change));
    disk.mood = {
      slowestMs: random.pick([0, 2, 10, 80]),
      failing: random.pick([0, 0, 0.002, 0.02]),
    };
    this.#slowestMs = random.pick([1, 20, 300]);
    const workspaceId = random.uuid();
    const onHistory = (messageId: string, turns: readonly Turn[]) =>
      void this.told.push({ messageId, turns });
    const parts = { threadId, workspaceId, disk, record, timeline, random, onHistory };
    this.process = new RoomProcess(parts);
    this.people = Array.from(
      { length: random.int(1, 4) },
      (_, index) => new Person(`person ${index}`, random.uuid(), random),
    );
    for (const person of this.people) this.signIn(person);
  }

  /** What breaks a check inside of the room must reach the world, not the room. */
  #watch(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.timeline.failure ??= error;
    }
  }

  #written(change: StorageChange): void {
    const { now } = this.timeline;
    const added = this.history.written(change);
    if (change.put && shutKey in change.put) this.#shutAt ??= now;
    if (change.remove?.includes(shutKey)) this.#shutAt = null;
    for (const { event } of added) {
      if (event.type === "step-started" && now - (this.#shutAt ?? now) > LAST_WORDS_MS) {
        throw new HistoryBroken("a step began in a thread that is deleted");
      }
      if (event.type !== "message-added" || !this.recordIsThere) continue;
      const author = this.people.find(({ userId }) => userId === event.message.author?.id);
      if (author?.session === null && now - author.signedOutAt > SIGN_IN_TRUST_MS) {
        throw new HistoryBroken(`${author.name} was signed out and wrote a message`);
      }
    }
  }

  /** Events that the record refused and the room set aside. */
  get setAside(): ReadonlySet<number> {
    const { from } = refusedRange;
    const keys = this.disk.keys.filter((key) => key.startsWith(from));
    return new Set(keys.map((key) => Number(key.slice(from.length))));
  }

  /** Whether what the record is to know of stands there, or is set aside. */
  get isDelivered(): boolean {
    const { setAside, row } = this;
    return this.history.events.every(
      ({ seq, event }) =>
        (event.type === "text-delta" || row.events.has(seq) || setAside.has(seq)) &&
        (event.type !== "model-called" || row.calls.has(event.call.id)),
    );
  }

  /** Comes in with a fresh ticket, as soon as the web server gives one. */
  connect(person: Person): void {
    if (person.link || person.isComing) return;
    const { session } = person;
    if (session === null || this.row.isDeleted) {
      this.#comeLater(person);
      return;
    }
    person.isComing = true;
    const { now } = this.timeline;
    const exp = Math.floor(now / 1_000) + TICKET_LIFETIME_S;
    this.timeline.after(this.random.next() * 1_000, () => {
      person.isComing = false;
      if (this.peopleReturn) this.#enter(person, session, exp);
    });
  }

  #comeLater(person: Person): void {
    if (person.isComing) return;
    person.isComing = true;
    this.timeline.after(this.random.next() * 3_000, () => {
      person.isComing = false;
      if (this.peopleReturn) this.connect(person);
    });
  }

  #enter(person: Person, session: string, exp: number): void {
    const { process } = this;
    const link: Link = new Link(
      `link ${this.#linkCount++} of ${this.threadId}`,
      this.timeline,
      this.random,
      {
        atRoom: (frame) => process.receive(link, frame),
        atRoomGone: () => process.disconnect(link),
        atClient: (frame) => person.hear(frame),
        atClientGone: () => {
          this.#links.delete(link);
          person.gone();
          this.#comeLater(person);
        },
        atClosed: (code) => this.#watch(() => this.#closed(code, session)),
      },
      this.#slowestMs,
    );
    link.onShown = (frame) => this.#watch(() => this.history.shown(frame));
    this.#links.set(link, { person, session });
    process.connect(link, { sub: person.userId, name: person.name, session, exp });
    person.greet(link);
  }

  /** The room closed a connection: the record must have said why, at the time or just before. */
  #closed(code: number, session: string): void {
    const { deletedAt, restoredAt, gone } = this.row;
    const { now } = this.timeline;
    switch (code) {
      case closeCodes.threadDeleted:
        this.closed.deleted += 1;
        if (deletedAt === null && !gone && now - (restoredAt ?? 0) > HEEDED_WITHIN_MS) {
          throw new HistoryBroken("a connection was closed for a deletion that is none");
        }
        return;
      case closeCodes.ticketRefused:
        this.closed.signedOut += 1;
        if (this.record.sessions.has(session)) {
          throw new HistoryBroken("a connection was closed although its sign-in holds");
        }
        return;
      case closeCodes.tryLater:
        // What the room was told may have come late, or its write have failed and happened all the same.
        if (this.recordIsThere || (deletedAt ?? restoredAt) === null) {
          throw new HistoryBroken("a connection was put off without a reason");
        }
        return;
      default:
        throw new HistoryBroken(`a connection was closed with ${code}`);
    }
  }

  /** After a minute with a record that answers, nobody is here who may not be. */
  judgePresence(): void {
    for (const [, { person, session }] of this.#links) {
      if (!this.record.sessions.has(session)) {
        throw new HistoryBroken(`${person.name} is here a minute after the sign-in ended`);
      }
      if (this.row.isDeleted) {
        throw new HistoryBroken(`${person.name} is here a minute after the thread was deleted`);
      }
    }
  }

  signIn(person: Person): void {
    if (person.session !== null) return;
    person.session = this.random.uuid();
    this.record.sessions.add(person.session);
  }

  /** The sign-in ends; whoever it was comes back some time. */
  #signOut(person: Person): void {
    if (person.session === null) return;
    this.record.sessions.delete(person.session);
    person.session = null;
    person.signedOutAt = this.timeline.now;
    this.#mayTellRoom();
    this.timeline.after(this.random.next() * 15_000, () => this.signIn(person));
  }

  delete(): void {
    this.row.deletedAt ??= this.timeline.now;
    this.#mayTellRoom();
  }

  restore(): void {
    this.row.deletedAt = null;
    this.row.restoredAt = this.timeline.now;
    this.#mayTellRoom();
  }

  #rename(number: number): void {
    this.row.rename(`Title ${number}`);
    this.#mayTellRoom();
    if (this.random.chance(0.5)) return;
    // Thinks better of it at once.
    this.timeline.after(this.random.next() * 500, () => {
      this.row.rename(`Title ${number}, rather`);
      this.#mayTellRoom();
    });
  }

  /** The room hears of it after three attempts at most, or not at all. */
  #mayTellRoom(): void {
    if (this.random.chance(0.7)) void this.tellRoom(3);
  }

  async tellRoom(attempts: number): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (await this.process.look()) return;
      await new Promise<void>((resolve) => this.timeline.after(500, resolve));
    }
  }

  /** One piece of trouble or of life. */
  stir(number: number): void {
    const { random } = this;
    const person = random.pick(this.people);
    const dice = random.next();
    if (this.row.isDeleted && random.chance(0.25)) this.restore();
    else if (dice < 0.27) {
      const letters = random.chance(0.3) ? 3 : 1;
      for (let letter = 0; letter < letters; letter++) {
        const whenBusy = random.chance(0.3) ? "replace" : "queue";
        const replaces = random.chance(0.25) ? person.anyQuestion() : null;
        const text = `question ${number}.${letter}`;
        person.say({ id: random.uuid(), text, whenBusy, ...(replaces ? { replaces } : {}) });
      }
    } else if (dice < 0.33) person.repeatSomething();
    else if (dice < 0.38) person.stopTheRun();
    else if (dice < 0.48) person.withdrawSomething();
    else if (dice < 0.55) person.retrySomething();
    else if (dice < 0.61) person.decideSomething();
    else if (dice < 0.67) this.#rename(number);
    else if (dice < 0.72) this.delete();
    else if (dice < 0.77) this.#signOut(person);
    else if (dice < 0.87) {
      if (person.link) this.cuts += 1;
      person.link?.cut(random.chance(0.5) ? 0 : random.int(0, 5_000));
    } else if (dice < 0.96) this.process.kill();
    else for (const each of this.people) each.insist();
  }
}
