import {
  type BranchPoint,
  branchOf,
  type ChosenVersions,
  type Message,
  plainText,
  type Report,
} from "../../party/protocol";
import type { RunView, ThreadView } from "./thread-state";

/** A run that failed or was stopped, before its message was retried, with what it had said. */
export interface EarlierAttempt {
  run: RunView;
  answers: Message[];
}

/** A message of a person with everything the crew made of it: the last run, and those before a retry. */
export interface Exchange {
  message: Message;
  /** Id of the question before it in this branch; null for the first. */
  parent: string | null;
  /** Ids of the versions of this question, itself among them. */
  versions: readonly string[];
  earlier: EarlierAttempt[];
  run: RunView | null;
  /** Another run is active: the message waits for its turn. */
  queued: boolean;
  answers: Message[];
  report: Report | null;
}

/**
 * The thread in reading order: each question with its run, answer and report. A second question asked
 * during a run stands below that run's answer, whenever it was sent. Of questions with several versions
 * it is the branch with the chosen ones, else the newest.
 */
export function readingOrder(view: ThreadView, chosen?: ChosenVersions): Exchange[] {
  const active = activeRun(view);
  return branchOf(questionsOf(view), chosen).map(({ question: message, parent, versions }) => {
    const runs = view.runs.filter((candidate) => candidate.messageId === message.id);
    const run = runs.at(-1) ?? null;
    const report = run ? (view.reports[run.id] ?? null) : null;
    return {
      message,
      parent,
      versions,
      earlier: runs.slice(0, -1).map((one) => ({ run: one, answers: answersOf(view, one) })),
      run,
      queued: (run === null || run.retried) && active !== null && message.ending !== "withdrawn",
      answers: run ? answersOf(view, run).filter((answer) => !repeatsSummary(answer, report)) : [],
      report,
    };
  });
}

/** The questions of a thread in the order in which they were asked. */
export function questionsOf({ messages }: ThreadView): Message[] {
  return messages.filter(({ role }) => role === "user");
}

/** What a copy of the newest branch says of the others. */
export function otherVersions(count: number): string {
  return count === 1
    ? "One more question of this thread stands in another version of it; this is the newest."
    : `${count} more questions of this thread stand in other versions of it; this is the newest.`;
}

/** How many questions stand in other branches than the one shown; withdrawn ones do not count. */
export function elsewhere(view: ThreadView, shown: readonly BranchPoint<Message>[]): number {
  const ids = new Set(shown.map(({ question }) => question.id));
  return questionsOf(view).filter(({ id, ending }) => ending !== "withdrawn" && !ids.has(id))
    .length;
}

function answersOf(view: ThreadView, run: RunView): Message[] {
  return view.messages.filter(({ role, runId }) => role === "assistant" && runId === run.id);
}

/** Whether an answer says nothing beyond the summary of the report that stands right below it. */
function repeatsSummary(answer: Message, report: Report | null): boolean {
  if (!report || report.summary.length === 0 || answer.ending !== "complete") return false;
  const text = plainText(answer.text);
  return report.summary.every((point) => text.includes(plainText(point)));
}

export function activeRun(view: ThreadView): RunView | null {
  return view.runs.findLast((run) => run.state === "running") ?? null;
}
