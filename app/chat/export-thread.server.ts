import type { Thread } from "../../db/postgres";
import type { Evidence, Message, Report } from "../../party/protocol";
import { plainText } from "../../party/protocol";
import {
  citedMarkdown,
  evidenceMarkdown,
  markdownOf,
  reportMarkdown,
  writerMarkdown,
} from "../../party/protocol/markdown";
import { newestBranchOf } from "./thread-record.server";
import type { RunView, StepView, ThreadView } from "./thread-state";
import { type EarlierAttempt, type Exchange, otherVersions, readingOrder } from "./timeline";

/** A thread as a file. Raised when a reader of version 1 could misread it. */
const EXPORT_VERSION = 1;

type ExportedRun = Omit<
  RunView,
  "steps" | "streaming" | "resumptions" | "retried" | "approvals"
> & {
  steps: Array<Omit<StepView, "tools" | "repeated">>;
};

export interface ThreadExport {
  format: "netra-thread";
  version: typeof EXPORT_VERSION;
  thread: { id: string; title: string; createdAt: string; lastActivityAt: string };
  messages: Message[];
  runs: ExportedRun[];
  reports: Report[];
  evidence: Evidence[];
  /** Questions that stand in other branches than this one, the newest. */
  otherVersions: number;
}

/** What the record holds of the thread's newest branch, in the shapes of the protocol. */
export function exportOf(thread: Thread, whole: ThreadView): ThreadExport {
  const { record, elsewhere } = newestBranchOf(whole);
  return {
    format: "netra-thread",
    version: EXPORT_VERSION,
    thread: {
      id: thread.id,
      title: thread.title,
      createdAt: thread.createdAt.toISOString(),
      lastActivityAt: thread.lastActivityAt.toISOString(),
    },
    messages: record.messages,
    runs: record.runs.map(
      ({ steps, streaming: _, resumptions: __, retried: ___, approvals: ____, ...run }) => ({
        ...run,
        steps: steps.map(({ tools: _, repeated: __, ...step }) => step),
      }),
    ),
    reports: record.runs.flatMap((run) => record.reports[run.id] ?? []),
    evidence: Object.values(record.evidence),
    otherVersions: elsewhere,
  };
}

/** The thread as Markdown in reading order: figures with their citations, all evidence at the end. */
export function markdownExport(thread: Thread, whole: ThreadView): string {
  const { record, elsewhere } = newestBranchOf(whole);
  const evidence = Object.values(record.evidence);
  const lines = [
    `# ${markdownOf(thread.title)}`,
    ...(elsewhere > 0 ? ["", `_${otherVersions(elsewhere)}_`] : []),
    ...readingOrder(record).flatMap((exchange) => exchangeLines(exchange, evidence)),
  ];
  if (evidence.length > 0) lines.push("", "## Evidence", ...evidenceMarkdown(evidence));
  return `${lines.join("\n")}\n`;
}

function exchangeLines(
  { message, earlier, run, answers, report }: Exchange,
  evidence: readonly Evidence[],
): string[] {
  const lines = [
    "",
    "---",
    "",
    `**${markdownOf(message.author?.name ?? "Someone")}**, ${message.at}:`,
    "",
    ...plainText(message.text)
      .split("\n")
      .map((line) => `> ${markdownOf(line)}`),
  ];
  if (message.ending === "withdrawn") lines.push("", "_withdrawn_");
  for (const attempt of earlier) lines.push(...saidLines(attempt));
  if (!run) return lines;
  lines.push("", writerMarkdown(run.model, report), ...saidLines({ run, answers }));
  if (report) {
    lines.push("", `## ${markdownOf(report.title)}`, "");
    lines.push(...reportMarkdown(report, evidence).map(oneLevelDown));
  }
  return lines;
}

function saidLines({ run, answers }: EarlierAttempt): string[] {
  const lines = run.skipped.flatMap(({ agent, reason }) => [
    "",
    `_${agent} skipped: ${markdownOf(reason)}_`,
  ]);
  for (const answer of answers) {
    lines.push("", citedMarkdown(answer.text));
    if (answer.ending !== "complete") lines.push("", `_${answer.ending}_`);
  }
  if (run.reason !== null && run.state !== "completed") {
    lines.push("", `_${run.state}: ${markdownOf(run.reason)}_`);
  }
  return lines;
}

/** Only headings begin with `#`: it is escaped in everything else of a report. */
function oneLevelDown(line: string): string {
  return line.startsWith("#") ? `#${line}` : line;
}

/** Headers that have a browser save the file under the thread's title. */
export function downloadHeaders(
  thread: Thread,
  { ending, type }: { ending: "md" | "json"; type: string },
): Record<string, string> {
  const name = thread.title
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60)
    .toLowerCase();
  return {
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Disposition": `attachment; filename="netra-${name === "" ? "thread" : name}.${ending}"`,
    "Cache-Control": "private, no-store",
  };
}
