import { emptyThreadView, foldEvents } from "../../app/chat/thread-state";
import { readingOrder } from "../../app/chat/timeline";
import type { Turn } from "../../party/agents/core/crew";
import { type NumberedEvent, plainText, type ThreadEventOf } from "../../party/protocol";
import { TURNS_MAX } from "../../party/room/history";
import { ATTEMPTS_MAX } from "../../party/room/run-slot";
import { stopReasons } from "../../party/room/stop";
import { answerTo, planOf } from "./crew";
import { type History, HistoryBroken } from "./history";
import type { Person } from "./person";
import type { RecordedThread, SlowRecord } from "./record";

interface Aftermath {
  history: History;
  people: readonly Person[];
  /** What the record holds of the thread. */
  row: RecordedThread;
  /** What runs were told of the turns before their message. */
  told: readonly { messageId: string; turns: readonly Turn[] }[];
  record: Pick<SlowRecord, "refuses">;
  /** Numbers of the events that the room set aside because the record refused them. */
  setAside: ReadonlySet<number>;
}

/** Judges a room when everything is over. @throws HistoryBroken */
export function judge(place: Aftermath): void {
  const { history, people, row, told } = place;
  const events = history.events;
  check(
    events.every(({ seq }, index) => seq === index + 1),
    "the numbers have a gap",
  );
  judgeMessages(events, people);
  judgeRuns(events);
  judgeTurns(events, people);
  judgeBranches(events, people);
  judgeTold(events, told);
  judgeRecord(events, place);
  judgeOwnCalls(events, row);
  judgeTitles(events, row);
  const { view } = foldEvents(emptyThreadView, events);
  check(
    view.title === row.title || (view.title === null && row.title === "A thread"),
    `the thread is called ${view.title}, and ${row.title} in the record`,
  );
  const whole = JSON.stringify(view);
  for (const person of people) {
    check(JSON.stringify(person.view) === whole, `${person.name} sees another thread`);
  }
}

function judgeMessages(events: readonly NumberedEvent[], people: readonly Person[]): void {
  const stored = new Map<string, string>();
  for (const { event } of events) {
    if (event.type !== "message-added") continue;
    const { id, text } = event.message;
    check(!stored.has(id), `message ${id} stands twice`);
    stored.set(id, plainText(text));
  }
  for (const { said, acknowledged, name } of people) {
    for (const { id, text } of said) {
      check(acknowledged.has(id), `${name} never heard of message ${id}`);
      check(stored.get(id) === text, `message ${id} was changed`);
    }
  }
}

function judgeRuns(events: readonly NumberedEvent[]): void {
  const questions = new Map<string, string>();
  const started = new Map<string, string>();
  const finished = new Map<string, string>();
  const stepsDone = new Set<string>();
  const answers = new Map<string, string>();
  const labels = new Set<string>();
  const textOf = new Map<string, string>();
  const withdrawn = new Set<string>();
  /** Messages that were retried and have not got the new run yet. */
  const awaited = new Set<string>();
  const retries = new Set<string>();
  /** Runs by the approvals they asked for, and which were decided. */
  const asked = new Map<string, string>();
  const given = new Set<string>();
  let resumed = 0;
  for (const { seq, event } of events) {
    switch (event.type) {
      case "message-added": {
        const { role, id, runId, text, ending } = event.message;
        if (role === "user") questions.set(id, plainText(text));
        else if (ending === "complete") answers.set(runId ?? "", plainText(text));
        break;
      }
      case "message-withdrawn":
        check(!withdrawn.has(event.messageId), `message ${event.messageId} was withdrawn twice`);
        withdrawn.add(event.messageId);
        break;
      case "approval-requested":
        check(!asked.has(event.approval.id), `approval ${event.approval.id} was asked for twice`);
        asked.set(event.approval.id, event.runId);
        break;
      case "approval-given":
        check(
          asked.get(event.approvalId) === event.runId,
          "something was decided that nobody asked",
        );
        check(!given.has(event.approvalId), `approval ${event.approvalId} was decided twice`);
        check(!finished.has(event.runId), `run ${event.runId} had ended when it was decided`);
        given.add(event.approvalId);
        break;
      case "run-retried": {
        const { id, runId, messageId } = event;
        const runs = [...started].filter(([, question]) => question === messageId);
        check(!retries.has(id), `retry ${id} was taken twice`);
        check(runs.at(-1)?.[0] === runId, `run ${runId} was retried and is not the last`);
        check(!awaited.has(messageId), `message ${messageId} was retried twice at once`);
        check(
          finished.get(runId) === "failed" || finished.get(runId) === "cancelled",
          `run ${runId} was retried and had not failed`,
        );
        retries.add(id);
        awaited.add(messageId);
        break;
      }
      case "run-started":
        check(
          ![...started.values()].includes(event.messageId) || awaited.delete(event.messageId),
          `message ${event.messageId} has two runs`,
        );
        started.set(event.runId, event.messageId);
        resumed = 0;
        break;
      case "run-resumed":
        resumed = event.attempt;
        break;
      case "run-finished":
        check(!finished.has(event.runId), `run ${event.runId} ended twice`);
        finished.set(event.runId, event.state);
        if (event.state === "failed" && event.reason?.includes("interrupted")) {
          check(resumed === ATTEMPTS_MAX, `a run was given up after ${resumed} attempts`);
        }
        break;
      case "text-delta":
        textOf.set(event.stepId, (textOf.get(event.stepId) ?? "") + plainText(event.text));
        break;
      case "step-finished": {
        const step = Number(plainText(event.summary).replace("step ", ""));
        check(!stepsDone.has(`${event.runId}/${step}`), `step ${step} of a run ended twice`);
        stepsDone.add(`${event.runId}/${step}`);
        const question = questions.get(started.get(event.runId) ?? "") ?? "";
        check(
          textOf.get(event.stepId) === planOf(question).steps[step]?.join(""),
          `the text of step ${step} at event ${seq} is not what the crew said`,
        );
        break;
      }
      case "evidence-recorded":
        check(!labels.has(event.evidence.label), `${event.evidence.label} was given twice`);
        labels.add(event.evidence.label);
    }
  }
  check(awaited.size === 0, "a retried message got no new run");
  for (const [id] of questions) {
    check(
      [...started.values()].includes(id) !== withdrawn.has(id),
      `message ${id} has no run, or one although it was withdrawn`,
    );
  }
  for (const [runId, messageId] of started) {
    const state = finished.get(runId);
    check(state !== undefined, `run ${runId} never ended`);
    if (state === "completed") {
      check(answers.get(runId) === answerTo(questions.get(messageId) ?? ""), "an answer changed");
    }
  }
}

/** Whether a run ended because a newer message took its place. */
export function isReplaced({ reason }: ThreadEventOf<"run-finished">): boolean {
  return reason === stopReasons.replaced;
}

/**
 * Whose turn it was: a message that takes the place of a run goes before all that wait, the newest of
 * several first. Only a run that had begun and shown nothing yet may show itself between.
 */
function judgeTurns(events: readonly NumberedEvent[], people: readonly Person[]): void {
  const urgent = new Set(
    people.flatMap(({ said }) =>
      said.filter(({ whenBusy }) => whenBusy === "replace").map(({ id }) => id),
    ),
  );
  let waiting: string[] = [];
  let goingFirst: { id: string; afterUnseen: boolean }[] = [];
  let running = 0;
  const parked = new Set<string>();
  let asked = false;
  for (const { event } of events) {
    if (event.type === "message-added" && event.message.role === "user") {
      const { id } = event.message;
      if (urgent.has(id)) {
        asked = true;
        goingFirst = [{ id, afterUnseen: running > 0 }, ...goingFirst];
      } else waiting = [...waiting, id];
    }
    if (event.type === "run-retried") waiting = [...waiting, event.messageId];
    if (event.type === "message-withdrawn") {
      waiting = waiting.filter((id) => id !== event.messageId);
      goingFirst = goingFirst.filter(({ id }) => id !== event.messageId);
    }
    if (event.type === "run-started") {
      running += 1;
      const { messageId } = event;
      const line = [...goingFirst, ...waiting.map((id) => ({ id, afterUnseen: true }))];
      const place = line.findIndex(({ id }) => id === messageId);
      const overtaken = line.slice(0, place).find(({ afterUnseen }) => afterUnseen);
      check(!overtaken, `it was the turn of message ${overtaken?.id}, not ${messageId}`);
      goingFirst = goingFirst
        .filter(({ id }) => id !== messageId)
        .map((one) => ({ ...one, afterUnseen: true }));
      waiting = waiting.filter((id) => id !== messageId);
    }
    // A run that waits for people is in nobody's way; that it goes on shows late.
    if (event.type === "approval-requested") {
      running -= 1;
      parked.add(event.runId);
    }
    if (event.type === "run-finished") {
      if (!parked.delete(event.runId)) running -= 1;
      check(!isReplaced(event) || asked, "a run was replaced by nothing");
    }
  }
}

/** Every question follows the newest that was not withdrawn, an edit what the edited one followed. */
function judgeBranches(events: readonly NumberedEvent[], people: readonly Person[]): void {
  const replaced = new Map(
    people.flatMap(({ said }) => said.map(({ id, replaces }) => [id, replaces] as const)),
  );
  const parents = new Map<string, string | null | undefined>();
  let newest: string[] = [];
  for (const { event } of events) {
    if (event.type === "message-withdrawn") {
      newest = newest.filter((id) => id !== event.messageId);
    }
    if (event.type !== "message-added" || event.message.role !== "user") continue;
    const { id, parentId } = event.message;
    const original = replaced.get(id);
    const due = original === undefined ? (newest.at(-1) ?? null) : parents.get(original);
    check(parentId === due, `message ${id} follows ${parentId} and not ${due}`);
    parents.set(id, parentId);
    newest = [...newest, id];
  }
  const { view } = foldEvents(emptyThreadView, events);
  const shown = readingOrder(view).findLast(({ message }) => message.ending !== "withdrawn")
    ?.message.id;
  const due = newest.at(-1);
  check(due === undefined || shown === due, `the page ends with ${shown} and not ${due}`);
}

/** What a run was told of its branch: at most ten questions that lead to its own, in order; what is missing was withdrawn. */
function judgeTold(events: readonly NumberedEvent[], told: Aftermath["told"]): void {
  const parents = new Map<string, string | null>();
  const withdrawn = new Set<string>();
  for (const { event } of events) {
    if (event.type === "message-withdrawn") withdrawn.add(event.messageId);
    if (event.type !== "message-added" || event.message.role !== "user") continue;
    parents.set(event.message.id, event.message.parentId ?? null);
  }
  for (const { messageId, turns } of told) {
    const way: string[] = [];
    for (let id = parents.get(messageId); id && way.length < TURNS_MAX; id = parents.get(id)) {
      way.unshift(id);
    }
    const known = turns.map((turn) => turn.messageId);
    check(
      way.filter((id) => known.includes(id)).join() === known.join() &&
        way.every((id) => known.includes(id) || withdrawn.has(id)),
      `the run of ${messageId} was told of ${known} and comes after ${way}`,
    );
    for (const { question, state, answer } of turns) {
      const whole = state !== "completed" || plainText(answer) === answerTo(question);
      check(whole, `the run of ${messageId} was told another answer`);
    }
  }
}

/** The title of a person that a thread was given last. */
export function lastTitleOf(events: readonly NumberedEvent[]): string | null {
  return titlesOf(events).at(-1) ?? null;
}

function titlesOf(events: readonly NumberedEvent[]): string[] {
  return events.flatMap(({ event }) =>
    event.type === "thread-titled" && event.source === "human" ? [event.title] : [],
  );
}

/** Titles of people come into the thread in the order in which they were given, each once, the last one surely. */
function judgeTitles(events: readonly NumberedEvent[], { titles }: RecordedThread): void {
  const shown = titlesOf(events);
  const places = shown.map((title) => titles.indexOf(title));
  check(
    places.every((place, index) => place > (places[index - 1] ?? -1)),
    `the titles ${titles} came as ${shown}`,
  );
  check(shown.at(-1) === titles.at(-1), `the thread was called ${titles.at(-1)} and says ${shown}`);
}

/** The record holds what the room holds, but for the events that it refuses: those are set aside by name. */
function judgeRecord(
  events: readonly NumberedEvent[],
  { history, row, record, setAside }: Aftermath,
): void {
  const milestones = events.filter(({ event }) => event.type !== "text-delta");
  for (const event of milestones) {
    const { seq } = event;
    check(setAside.has(seq) === record.refuses(event), `event ${seq} is wrongly set aside, or not`);
    const due = setAside.has(seq) ? undefined : history.json(seq);
    check(row.events.get(seq) === due, `the record differs at event ${seq}`);
  }
  check(
    row.events.size === milestones.length - setAside.size,
    "the record holds more than the room",
  );
}

/** The crew's own dataset holds each call of the room, as the room has it, and no other. */
function judgeOwnCalls(events: readonly NumberedEvent[], { calls }: RecordedThread): void {
  const called = events.flatMap(({ event }) => (event.type === "model-called" ? event.call : []));
  for (const call of called) {
    check(calls.get(call.id) === JSON.stringify(call), `model call ${call.id} is not delivered`);
  }
  check(calls.size === called.length, "more model calls are delivered than were made");
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new HistoryBroken(otherwise);
}
