import type { ImportReceipt } from "../../db/ingest";
import { type Evidence, plainText, type Report, type RichText } from "../protocol";
import {
  citedMarkdown,
  evidenceMarkdown,
  markdownOf,
  reportMarkdown,
  writerMarkdown,
} from "../protocol/markdown";

export interface Printed {
  report: Report | null;
  /** The crew's message in the thread. */
  answer: RichText;
  evidence: readonly Evidence[];
  receipt: ImportReceipt;
  /** Name of the language model, or null. */
  model: string | null;
}

/** The report as Markdown: every figure followed by its citation, all evidence at the end. */
export function toMarkdown({ report, answer, evidence, receipt, model }: Printed): string {
  const writer = writerMarkdown(model, report);
  const lines = report
    ? [`# ${markdownOf(report.title)}`, "", writer, "", ...reportMarkdown(report, evidence)]
    : [citedMarkdown(answer), "", writer];
  lines.push("", ...receiptLines(receipt));
  if (evidence.length > 0) lines.push("", "## Evidence", ...evidenceMarkdown(evidence));
  return `${lines.join("\n")}\n`;
}

/** What came in, what was rejected and why: shown with every report, because every figure rests on it. */
export function receiptLines(receipt: ImportReceipt): string[] {
  const lines = [
    "## Import",
    "",
    `- ${markdownOf(receipt.fileName)}: ${receipt.rowsRead} rows read, ${receipt.rowsAccepted} accepted, ${receipt.rowsRejected} rejected`,
  ];
  if (receipt.problem)
    lines.push(`- ${markdownOf(receipt.problem.text)} ${markdownOf(receipt.problem.hint)}`);
  for (const { line, column, value, text: why } of receipt.rejections.slice(0, 10)) {
    const where = column === null ? `line ${line}` : `line ${line}, column ${markdownOf(column)}`;
    lines.push(`- Rejected: ${where}: ${markdownOf(why)} (${markdownOf(value)})`);
  }
  if (receipt.rejections.length > 10)
    lines.push("- Further rejected rows are in the receipt (--json).");
  lines.push(...receipt.assumptions.map((assumption) => `- ${markdownOf(assumption)}`));
  return lines;
}

/** One line of progress for the terminal. */
export function oneLine(rich: RichText): string {
  return plainText(rich).replace(/\s+/g, " ").trim();
}
