import { Disk } from "./disk";
import { History } from "./history";
import { Link } from "./link";
import { Person } from "./person";
import { Random } from "./random";
import { SlowRecord } from "./record";
import { RoomProcess } from "./room-process";
import { Timeline } from "./timeline";
import { isReplaced, judge } from "./verdict";

/** How long the trouble lasts, and how long everything may take to come to rest after it, ms. */
const TROUBLE_MS = 20_000;
const REST_MS = 240_000;
/** In each of them everyone decides one thing that waits. */
const DECIDING_ROUNDS = 40;

/** What happened in a world, so that a test can see that its trouble was real. */
export interface WorldReport {
  events: number;
  kills: number;
  cuts: number;
  runs: number;
  resumed: number;
  /** Runs that ended because a newer message took their place. */
  replaced: number;
  withdrawn: number;
  retried: number;
  /** Approvals that people gave. */
  decided: number;
  /** Events that compaction folded away. */
  folded: number;
}

/** One room with its people on a troubled disk, network and record. The seed decides everything. */
class Place {
  readonly history = new History();
  readonly disk = new Disk();
  readonly process: RoomProcess;
  readonly people: Person[];
  readonly threadId: string;
  readonly #slowestMs: number;
  cuts = 0;
  #links = 0;
  /** While it is false nobody comes back by themselves. */
  peopleReturn = true;

  constructor(
    private readonly timeline: Timeline,
    private readonly random: Random,
    readonly record: SlowRecord,
  ) {
    this.threadId = random.uuid();
    const { threadId, disk } = this;
    disk.onWritten = (change) => this.#watch(() => this.history.written(change));
    disk.mood = {
      slowestMs: random.pick([0, 2, 10, 80]),
      failing: random.pick([0, 0, 0.002, 0.02]),
    };
    this.#slowestMs = random.pick([1, 20, 300]);
    const workspaceId = random.uuid();
    this.process = new RoomProcess({ threadId, workspaceId, disk, record, timeline, random });
    this.people = Array.from(
      { length: random.int(1, 4) },
      (_, index) => new Person(`person ${index}`, random.uuid(), random),
    );
  }

  /** What breaks a check inside of the room must reach the world, not the room. */
  #watch(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.timeline.failure ??= error;
    }
  }

  connect(person: Person): void {
    if (person.link) return;
    const { process } = this;
    const link: Link = new Link(
      `link ${this.#links++} of ${this.threadId}`,
      this.timeline,
      this.random,
      {
        atRoom: (frame) => process.receive(link, frame),
        atRoomGone: () => process.disconnect(link),
        atClient: (frame) => person.hear(frame),
        atClientGone: () => {
          person.gone();
          this.timeline.after(this.random.next() * 3_000, () => {
            if (this.peopleReturn) this.connect(person);
          });
        },
      },
      this.#slowestMs,
    );
    link.onShown = (frame) => this.#watch(() => this.history.shown(frame));
    process.connect(link, { sub: person.userId, name: person.name });
    person.greet(link);
  }

  /** One piece of trouble or of life. */
  stir(number: number): void {
    const { random } = this;
    const person = random.pick(this.people);
    const dice = random.next();
    if (dice < 0.3) {
      const letters = random.chance(0.3) ? 3 : 1;
      for (let letter = 0; letter < letters; letter++) {
        const whenBusy = random.chance(0.3) ? "replace" : "queue";
        const replaces = random.chance(0.25) ? person.anyQuestion() : null;
        const text = `question ${number}.${letter}`;
        person.say({ id: random.uuid(), text, whenBusy, ...(replaces ? { replaces } : {}) });
      }
    } else if (dice < 0.38) person.repeatSomething();
    else if (dice < 0.44) person.stopTheRun();
    else if (dice < 0.52) person.withdrawSomething();
    else if (dice < 0.58) person.retrySomething();
    else if (dice < 0.64) person.decideSomething();
    else if (dice < 0.8) {
      if (person.link) this.cuts += 1;
      person.link?.cut(random.chance(0.5) ? 0 : random.int(0, 5_000));
    } else if (dice < 0.95) this.process.kill();
    else for (const each of this.people) each.insist();
  }
}

/** Runs the world of a seed to its end and judges it. @throws HistoryBroken */
export async function runWorld(seed: number): Promise<WorldReport> {
  const random = new Random(seed);
  const timeline = new Timeline();
  const record = new SlowRecord(timeline, random);
  record.mood = { slowestMs: random.pick([5, 50, 800]), failing: random.pick([0, 0.1, 0.5]) };
  const places = Array.from(
    { length: random.int(1, 2) },
    () => new Place(timeline, random, record),
  );
  const start = timeline.now;
  for (const place of places) {
    for (const person of place.people) place.connect(person);
    const stirs = random.int(3, 24);
    for (let number = 0; number < stirs; number++) {
      timeline.after(random.next() * TROUBLE_MS, () => place.stir(number));
    }
  }
  // The record goes away for good a while, now and then.
  if (random.chance(0.3)) {
    const failing = record.mood.failing;
    timeline.after(random.next() * TROUBLE_MS, () => {
      record.mood.failing = 1;
    });
    timeline.after(TROUBLE_MS, () => {
      record.mood.failing = failing;
    });
  }
  await timeline.run(start + TROUBLE_MS);

  // Everyone leaves; disk and record recover. What runs ends by itself.
  record.mood.failing = 0;
  for (const place of places) {
    place.disk.mood.failing = 0;
    place.peopleReturn = false;
    for (const person of place.people) person.link?.cut(0);
    if (random.chance(0.5)) place.process.kill();
  }
  await timeline.runUntil(timeline.now + REST_MS, () => places.every((place) => isAtRest(place)));
  for (const place of places) {
    if (!isAtRest(place)) throw new Error("With nobody watching, something never came to its end");
  }
  for (const place of places) {
    place.peopleReturn = true;
    for (const person of place.people) place.connect(person);
  }
  // Whoever is asked decides in the end.
  for (let round = 0; round < DECIDING_ROUNDS; round++) {
    await timeline.runUntil(timeline.now + REST_MS, () =>
      places.every((place) => isSettled(place)),
    );
    const asked = places.flatMap(({ people }) => people.filter(({ isAsked }) => isAsked));
    if (asked.length === 0) break;
    for (const person of asked) person.decideSomething();
    await timeline.run(timeline.now + 2_000);
  }
  for (const { history, people, threadId } of places) {
    judge({ history, people, record: record.threads.get(threadId) ?? new Map() });
  }
  const told = places.flatMap(({ history }) => history.events.map(({ event }) => event));
  const events = told.map(({ type }) => type);
  return {
    events: events.length,
    kills: places.reduce((sum, { process }) => sum + process.kills, 0),
    cuts: places.reduce((sum, { cuts }) => sum + cuts, 0),
    runs: events.filter((type) => type === "run-started").length,
    resumed: events.filter((type) => type === "run-resumed").length,
    replaced: told.filter((event) => event.type === "run-finished" && isReplaced(event)).length,
    withdrawn: events.filter((type) => type === "message-withdrawn").length,
    retried: events.filter((type) => type === "run-retried").length,
    decided: events.filter((type) => type === "approval-given").length,
    folded: places.reduce((sum, place) => sum + place.history.size - place.disk.countEvents(), 0),
  };
}

/** Every stored question has its ended run, and the record has everything. */
function isAtRest({ history, record, threadId, disk }: Place): boolean {
  const waits = disk.keys.some((key) => key === "run" || key.startsWith("wait:"));
  if (waits) return false;
  const delivered = record.threads.get(threadId);
  return history.events.every(
    ({ seq, event }) => event.type === "text-delta" || delivered?.has(seq),
  );
}

/** Also what people said last has been answered, and everyone has seen it. */
function isSettled(place: Place): boolean {
  const last = place.history.size;
  return (
    isAtRest(place) &&
    place.people.every(
      ({ view, said, acknowledged }) =>
        view.lastSeq === last && said.every(({ id }) => acknowledged.has(id)),
    )
  );
}
