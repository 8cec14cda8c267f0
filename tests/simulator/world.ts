import { shutKey } from "../../party/room/storage-layout";
import { HistoryBroken } from "./history";
import { Place } from "./place";
import { Random } from "./random";
import { SlowRecord } from "./record";
import { Timeline } from "./timeline";
import { isReplaced, judge, lastTitleOf } from "./verdict";

/** How long the trouble lasts, and how long everything may take to come to rest after it, ms. */
const TROUBLE_MS = 20_000;
const REST_MS = 240_000;
/** Within it a room that was not told looks at the record, ms. */
const NOTICE_MS = 65_000;
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
  /** Model calls, all of which reached the dataset of the crew's own. */
  called: number;
  /** Events that compaction folded away. */
  folded: number;
  /** Titles of people that reached the thread. */
  titled: number;
  /** Connections closed because the thread was deleted, and because a sign-in ended. */
  closedDeleted: number;
  closedSignedOut: number;
  /** Events that the record refused for good, and those that it took after its repair. */
  refused: number;
  repaired: number;
  /** Threads that were deleted when the trouble was over: brought back, or forgotten for good. */
  restored: number;
  purged: number;
}

/** Runs the world of a seed to its end and judges it. @throws HistoryBroken */
export async function runWorld(seed: number): Promise<WorldReport> {
  const random = new Random(seed);
  const timeline = new Timeline();
  const record = new SlowRecord(timeline, random);
  record.mood = { slowestMs: random.pick([5, 50, 800]), failing: random.pick([0, 0.1, 0.5]) };
  const isAwayForAWhile = random.chance(0.3);
  if (random.chance(0.2)) record.refusing = random.pick([2, 3, 7]);
  const recordIsThere = record.mood.failing === 0 && !isAwayForAWhile;
  const places = Array.from(
    { length: random.int(1, 2) },
    () => new Place(timeline, random, record, recordIsThere),
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
  if (isAwayForAWhile) {
    const failing = record.mood.failing;
    timeline.after(random.next() * TROUBLE_MS, () => {
      record.mood.failing = 1;
    });
    timeline.after(TROUBLE_MS, () => {
      record.mood.failing = failing;
    });
  }
  await timeline.run(start + TROUBLE_MS);

  // Disk and record recover. Who may not be in a room is out of it within a minute.
  record.mood.failing = 0;
  for (const { disk } of places) disk.mood.failing = 0;
  if (random.chance(0.3)) {
    await timeline.run(timeline.now + NOTICE_MS);
    for (const place of places) place.judgePresence();
  }

  // Everyone leaves; what runs ends by itself. A deleted thread is brought back or forgotten.
  for (const place of places) {
    place.peopleReturn = false;
    for (const person of place.people) person.link?.cut(0);
    if (random.chance(0.5)) place.process.kill();
  }
  const deleted = places.filter(({ row }) => row.isDeleted);
  const forgotten = new Set(deleted.filter(() => random.chance(0.6)));
  for (const place of deleted) if (!forgotten.has(place)) place.restore();
  for (const place of forgotten) await purge(place, timeline, random);
  const living = places.filter((place) => !forgotten.has(place));
  // A room that nobody told that its thread was restored sees it when somebody comes.
  await timeline.runUntil(timeline.now + REST_MS, () =>
    living.every((place) => isAtRest(place) || isShut(place)),
  );
  for (const place of living) {
    if (!isAtRest(place) && !isShut(place)) {
      throw new HistoryBroken("With nobody watching, something never came to its end");
    }
  }
  for (const place of living) {
    place.peopleReturn = true;
    for (const person of place.people) {
      place.signIn(person);
      place.connect(person);
    }
  }
  // Whoever is asked decides in the end.
  for (let round = 0; round < DECIDING_ROUNDS; round++) {
    await timeline.runUntil(timeline.now + REST_MS, () =>
      living.every((place) => isSettled(place)),
    );
    const asked = living.flatMap(({ people }) => people.filter(({ isAsked }) => isAsked));
    if (asked.length === 0) break;
    for (const person of asked) person.decideSomething();
    await timeline.run(timeline.now + 2_000);
  }
  // A title that no order told of is seen within a minute.
  await timeline.runUntil(timeline.now + NOTICE_MS, () =>
    living.every((place) => isSettled(place) && hasItsTitle(place)),
  );
  for (const place of living) judge(place);
  const refused = living.reduce((sum, { setAside }) => sum + setAside.size, 0);
  const isRepaired = random.chance(0.5);
  if (isRepaired) {
    await repair(record, living, timeline);
    for (const place of living) judge(place);
  }
  for (const { disk } of forgotten) {
    if (disk.keys.length > 0) throw new HistoryBroken(`a purge left ${disk.keys}`);
  }
  return { ...reportOn(places, living), refused, repaired: isRepaired ? refused : 0 };
}

/** The record takes what it refused: a room that opens anew offers that again. */
async function repair(record: SlowRecord, places: readonly Place[], timeline: Timeline) {
  record.refusing = null;
  for (const { process } of places) process.kill();
  await timeline.runUntil(timeline.now + REST_MS, () =>
    places.every((place) => place.setAside.size === 0 && isSettled(place)),
  );
}

function reportOn(
  places: readonly Place[],
  living: readonly Place[],
): Omit<WorldReport, "refused" | "repaired"> {
  const sum = (count: (place: Place) => number, among = places) =>
    among.reduce((total, place) => total + count(place), 0);
  const told = places.flatMap(({ history }) => history.events.map(({ event }) => event));
  const count = (type: string) => told.filter((event) => event.type === type).length;
  return {
    events: told.length,
    kills: sum(({ process }) => process.kills),
    cuts: sum(({ cuts }) => cuts),
    runs: count("run-started"),
    resumed: count("run-resumed"),
    replaced: told.filter((event) => event.type === "run-finished" && isReplaced(event)).length,
    withdrawn: count("message-withdrawn"),
    retried: count("run-retried"),
    decided: count("approval-given"),
    called: count("model-called"),
    folded: sum(({ history, disk }) => history.size - disk.countEvents(), living),
    titled: told.filter((event) => event.type === "thread-titled" && event.source === "human")
      .length,
    closedDeleted: sum(({ closed }) => closed.deleted),
    closedSignedOut: sum(({ closed }) => closed.signedOut),
    restored: living.filter(({ row }) => row.restoredAt !== null).length,
    purged: places.length - living.length,
  };
}

/** As the web server does it long after the deletion: first the room's storage, then the record. */
async function purge(place: Place, timeline: Timeline, random: Random): Promise<void> {
  // What was said to the room before it is over by then.
  await timeline.run(timeline.now + 20_000);
  let isDone = false;
  const attempt = async () => {
    isDone = await place.process.purge();
  };
  for (let attempts = 0; !isDone && attempts < 10; attempts++) {
    timeline.after(0, () => void attempt());
    if (attempts === 0 && random.chance(0.3)) {
      timeline.after(random.next() * 100, () => place.process.kill());
    }
    await timeline.run(timeline.now + 10_000);
  }
  if (!isDone) throw new HistoryBroken("a thread could not be purged");
  place.row.gone = true;
}

/** Every stored question has its ended run, and the record has everything. */
function isAtRest({ disk, isDelivered }: Place): boolean {
  const waits = disk.keys.some((key) => key === "run" || key.startsWith("wait:"));
  if (waits) return false;
  return isDelivered;
}

/** The room holds its thread for deleted. */
function isShut({ disk }: Place): boolean {
  return disk.keys.includes(shutKey);
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

function hasItsTitle({ row, history }: Place): boolean {
  return row.titles.length === 0 || lastTitleOf(history.events) === row.title;
}
