import { type Message, plainText, type Report } from "../../party/protocol";
import type { RunView, ThreadView } from "./thread-state";

/** A run that failed or was stopped, before its message was retried, with what it had said. */
export interface EarlierAttempt {
  run: RunView;
  answers: Message[];
}

/** A message of a person with everything the crew made of it: the last run, and those before a retry. */
export interface Exchange {
  message: Message;
  earlier: EarlierAttempt[];
  run: RunView | null;
  /** Another run is active: the message waits for its turn. */
  queued: boolean;
  answers: Message[];
  report: Report | null;
}

/**
 * The thread in reading order: each question with its run, answer and report. A second question asked
 * during a run stands below that run's answer, whenever it was sent.
 */
export function readingOrder(view: ThreadView): Exchange[] {
  const active = activeRun(view);
  return view.messages
    .filter((message) => message.role === "user")
    .map((message) => {
      const runs = view.runs.filter((candidate) => candidate.messageId === message.id);
      const run = runs.at(-1) ?? null;
      const report = run ? (view.reports[run.id] ?? null) : null;
      return {
        message,
        earlier: runs.slice(0, -1).map((one) => ({ run: one, answers: answersOf(view, one) })),
        run,
        queued: (run === null || run.retried) && active !== null && message.ending !== "withdrawn",
        answers: run
          ? answersOf(view, run).filter((answer) => !repeatsSummary(answer, report))
          : [],
        report,
      };
    });
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
