import { type Message, plainText, type Report } from "../../party/protocol";
import type { RunView, ThreadView } from "./thread-state";

/** A message of a person with everything the crew made of it. */
export interface Exchange {
  message: Message;
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
      const run = view.runs.find((candidate) => candidate.messageId === message.id) ?? null;
      const report = run ? (view.reports[run.id] ?? null) : null;
      return {
        message,
        run,
        queued: run === null && active !== null && message.ending !== "withdrawn",
        answers: run
          ? view.messages.filter(
              (answer) =>
                answer.role === "assistant" &&
                answer.runId === run.id &&
                !repeatsSummary(answer, report),
            )
          : [],
        report,
      };
    });
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
