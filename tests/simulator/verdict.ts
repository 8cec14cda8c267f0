import { emptyThreadView, foldEvents } from "../../app/chat/thread-state";
import { type NumberedEvent, plainText } from "../../party/protocol";
import { ATTEMPTS_MAX } from "../../party/room/run-slot";
import { answerTo, planOf } from "./crew";
import { type History, HistoryBroken } from "./history";
import type { Person } from "./person";

interface Aftermath {
  history: History;
  people: readonly Person[];
  /** JSON of the record's events by number. */
  record: ReadonlyMap<number, string>;
}

/** Judges a room when everything is over. @throws HistoryBroken */
export function judge({ history, people, record }: Aftermath): void {
  const events = history.events;
  check(
    events.every(({ seq }, index) => seq === index + 1),
    "the numbers have a gap",
  );
  judgeMessages(events, people);
  judgeRuns(events);
  judgeRecord(events, history, record);
  const whole = JSON.stringify(foldEvents(emptyThreadView, events).view);
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
  let resumed = 0;
  for (const { seq, event } of events) {
    switch (event.type) {
      case "message-added": {
        const { role, id, runId, text, ending } = event.message;
        if (role === "user") questions.set(id, plainText(text));
        else if (ending === "complete") answers.set(runId ?? "", plainText(text));
        break;
      }
      case "run-started":
        check(
          ![...started.values()].includes(event.messageId),
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
  for (const [id] of questions) {
    check([...started.values()].includes(id), `message ${id} has no run`);
  }
  for (const [runId, messageId] of started) {
    const state = finished.get(runId);
    check(state !== undefined, `run ${runId} never ended`);
    if (state === "completed") {
      check(answers.get(runId) === answerTo(questions.get(messageId) ?? ""), "an answer changed");
    }
  }
}

function judgeRecord(
  events: readonly NumberedEvent[],
  history: History,
  record: ReadonlyMap<number, string>,
): void {
  const milestones = events.filter(({ event }) => event.type !== "text-delta");
  for (const { seq } of milestones) {
    check(record.get(seq) === history.json(seq), `the record differs at event ${seq}`);
  }
  check(record.size === milestones.length, "the record holds more than the room");
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new HistoryBroken(otherwise);
}
