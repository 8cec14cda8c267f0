import type { ImportReceipt } from "../../db/ingest";
import { formatValue } from "../analysis/format";
import {
  type Evidence,
  type Figure,
  plainText,
  type Report,
  type ReportAction,
  type ReportBlock,
  type RichText,
} from "../protocol";

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
export function toMarkdown(printed: Printed): string {
  const { report, evidence } = printed;
  const lines: string[] = [];
  if (report) {
    lines.push(`# ${plain(report.title)}`, "", writtenBy(printed), "", "## Summary", "");
    lines.push(...report.summary.map((point) => `- ${text(point)}`));
    for (const section of report.sections) {
      if (section.id === "method" && report.actions.length > 0) {
        lines.push("", ...actions(report.actions));
      }
      lines.push("", `## ${section.title}`);
      for (const block of section.blocks) lines.push("", ...blockLines(block, evidence));
    }
  } else lines.push(text(printed.answer), "", writtenBy(printed));
  lines.push("", ...receiptLines(printed.receipt));
  if (evidence.length > 0) lines.push("", "## Evidence", ...evidence.flatMap(evidenceLines));
  return `${lines.join("\n")}\n`;
}

function writtenBy({ model, report }: Printed): string {
  if (model === null) return "_No language model configured: rule-based analysis._";
  if (!report || report.writer === "rules")
    return `_Language model: ${model}; the words are the rules'._`;
  const { checked, repaired, replaced } = report.figures;
  return `_Language model: ${model}. Figures in its text: ${checked} checked, ${repaired} repaired, ${replaced} replaced._`;
}

/** Names come from logs: what Markdown would read as markup, links or tables is escaped. */
function plain(value: string): string {
  return value.replace(/[\\`*_{}[\]<>|#]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}

function text(rich: RichText): string {
  return rich
    .map((part) => (typeof part === "string" ? plain(part) : `${part.text} [${part.evidence}]`))
    .join("");
}

function blockLines(block: ReportBlock, evidence: readonly Evidence[]): string[] {
  switch (block.kind) {
    case "paragraph":
      return [text(block.text)];
    case "list":
      return block.items.map((item) => `- ${text(item)}`);
    case "table":
      return table(block.title, find(evidence, block.evidence), block.keys, block.limit);
    case "bars":
      return table(block.title, find(evidence, block.evidence), [block.key], block.limit);
  }
}

function find(evidence: readonly Evidence[], label: string): Evidence | null {
  return evidence.find((one) => one.label === label) ?? null;
}

function table(
  title: string,
  evidence: Evidence | null,
  keys: readonly string[],
  limit: number,
): string[] {
  if (!evidence) return [];
  const segments = new Map<string | null, Map<string, string>>();
  const labels = new Map<string, string>();
  const hasSegments = evidence.values.some(
    ({ segment, key }) => segment !== null && keys.includes(key),
  );
  for (const value of evidence.values) {
    if (!keys.includes(value.key) || (value.segment === null) === hasSegments) continue;
    labels.set(value.key, labels.get(value.key) ?? value.label);
    const row = segments.get(value.segment) ?? new Map<string, string>();
    row.set(value.key, formatValue(value, value.unit === "USD" ? "exact" : "auto"));
    segments.set(value.segment, row);
  }
  if (segments.size === 0) return [];
  const shown = [...segments].slice(0, limit);
  const left = segments.size - shown.length;
  return [
    `**${plain(title)}** [${evidence.label}]`,
    "",
    `| ${[evidence.segmentLabel ?? "", ...keys.map((key) => labels.get(key) ?? key)].map(plain).join(" | ")} |`,
    `| --- | ${keys.map(() => "---:").join(" | ")} |`,
    ...shown.map(
      ([segment, row]) =>
        `| ${plain(segment ?? "all")} | ${keys.map((key) => row.get(key) ?? "").join(" | ")} |`,
    ),
    ...(left > 0 ? ["", `_and ${left} more in ${evidence.label}_`] : []),
  ];
}

function actions(all: readonly ReportAction[]): string[] {
  const lines = ["## Actions"];
  for (const [index, action] of all.entries()) {
    lines.push(
      "",
      `### ${index + 1}. ${plain(action.title)}`,
      "",
      `- Saving: ${saving(action)} (${action.ground})`,
      `- Change: ${text(action.change)}`,
      `- Owner: ${action.owner} · effort ${action.effort} · risk ${action.risk}`,
      `- Risk: ${text(action.riskReason)}`,
      `- Latency: ${text(action.latency)}`,
      `- Quality: ${text(action.quality)}`,
      `- Check: ${plain(action.verification)}`,
      `- Undo: ${plain(action.rollback)}`,
    );
  }
  return lines;
}

function saving({ saving: central, savingLow, savingHigh }: ReportAction): string {
  if (!central) return "unknown";
  const cited = (figure: Figure) => `${figure.text} [${figure.evidence}]`;
  const bounds = [
    savingLow ? `at least ${savingLow.text}` : "",
    savingHigh ? `at most ${savingHigh.text}` : "",
  ].filter((bound) => bound !== "");
  return bounds.length > 0 ? `${cited(central)}, ${bounds.join(", ")}` : cited(central);
}

/** What came in, what was rejected and why: shown with every report, because every figure rests on it. */
export function receiptLines(receipt: ImportReceipt): string[] {
  const lines = [
    "## Import",
    "",
    `- ${plain(receipt.fileName)}: ${receipt.rowsRead} rows read, ${receipt.rowsAccepted} accepted, ${receipt.rowsRejected} rejected`,
  ];
  if (receipt.problem)
    lines.push(`- ${plain(receipt.problem.text)} ${plain(receipt.problem.hint)}`);
  for (const { line, column, value, text: why } of receipt.rejections.slice(0, 10)) {
    const where = column === null ? `line ${line}` : `line ${line}, column ${plain(column)}`;
    lines.push(`- Rejected: ${where}: ${plain(why)} (${plain(value)})`);
  }
  if (receipt.rejections.length > 10)
    lines.push("- Further rejected rows are in the receipt (--json).");
  lines.push(...receipt.assumptions.map((assumption) => `- ${plain(assumption)}`));
  return lines;
}

function evidenceLines(evidence: Evidence): string[] {
  const lines = ["", `### ${evidence.label}: ${plain(evidence.what)}`, ""];
  const read =
    evidence.rowsRead === null
      ? ""
      : ` · ${evidence.rowsRead} rows read in ${evidence.elapsedMs} ms`;
  lines.push(
    `${evidence.ground} · ${evidence.tool}${read} · prices ${evidence.catalogueVersion || "not used"}`,
  );
  if (evidence.formula) lines.push("", `Formula: ${plain(evidence.formula)}`);
  if (evidence.assumptions.length > 0) {
    lines.push("", ...evidence.assumptions.map((assumption) => `- Assumes: ${plain(assumption)}`));
  }
  const whole = evidence.values.filter(({ segment }) => segment === null);
  if (whole.length > 0) {
    lines.push(
      "",
      ...whole.map(
        (value) => `- ${plain(value.label)}: ${formatValue(value, "exact")}${note(value.note)}`,
      ),
    );
  }
  if (evidence.sql) {
    lines.push("", "```sql", evidence.sql.replaceAll("```", "'''"), "```");
    lines.push("", `Parameters: \`${JSON.stringify(evidence.parameters).replaceAll("`", "'")}\``);
  }
  return lines;
}

function note(value: string | undefined): string {
  return value === undefined ? "" : ` (${plain(value)})`;
}

/** One line of progress for the terminal. */
export function oneLine(rich: RichText): string {
  return plainText(rich).replace(/\s+/g, " ").trim();
}
