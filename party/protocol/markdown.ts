import type { Evidence, Figure, RichText } from "./evidence";
import { formatValue } from "./format";
import type { Report, ReportAction, ReportBlock } from "./report";

/**
 * Names come from logs, and texts from models: what Markdown would read as markup, links or tables is escaped, bare
 * addresses too, which many readers make links of.
 */
export function markdownOf(value: string): string {
  return value
    .replace(/[\\`*_{}[\]<>|#]/g, "\\$&")
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, "\\$&")
    .replace(/\s*\n\s*/g, " ");
}

/** A text whose figures are followed by their citations: `$96.79 [E1]`. */
export function citedMarkdown(rich: RichText): string {
  return rich
    .map((part) =>
      typeof part === "string" ? markdownOf(part) : `${part.text} [${part.evidence}]`,
    )
    .join("");
}

/** The report below its title: summary, sections and, before the method, the actions. Headings are of level 2. */
export function reportMarkdown(report: Report, evidence: readonly Evidence[]): string[] {
  const lines = ["## Summary", "", ...report.summary.map((point) => `- ${citedMarkdown(point)}`)];
  for (const section of report.sections) {
    if (section.id === "method" && report.actions.length > 0) {
      lines.push("", ...actions(report.actions));
    }
    lines.push("", `## ${section.title}`);
    for (const block of section.blocks) lines.push("", ...blockLines(block, evidence));
  }
  return lines;
}

/** Who wrote a run's answer: the rules, or a model whose figures were checked. */
export function writerMarkdown(model: string | null, report: Report | null): string {
  if (model === null) return "_No language model configured: rule-based analysis._";
  const name = markdownOf(model);
  if (!report || report.writer === "rules")
    return `_Language model: ${name}; the words are the rules'._`;
  const { checked, repaired, replaced } = report.figures;
  return `_Language model: ${name}. Figures in its text: ${checked} checked, ${repaired} repaired, ${replaced} replaced._`;
}

function blockLines(block: ReportBlock, evidence: readonly Evidence[]): string[] {
  switch (block.kind) {
    case "paragraph":
      return [citedMarkdown(block.text)];
    case "list":
      return block.items.map((item) => `- ${citedMarkdown(item)}`);
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
    `**${markdownOf(title)}** [${evidence.label}]`,
    "",
    `| ${[evidence.segmentLabel ?? "", ...keys.map((key) => labels.get(key) ?? key)].map(markdownOf).join(" | ")} |`,
    `| --- | ${keys.map(() => "---:").join(" | ")} |`,
    ...shown.map(
      ([segment, row]) =>
        `| ${markdownOf(segment ?? "all")} | ${keys.map((key) => row.get(key) ?? "").join(" | ")} |`,
    ),
    ...(left > 0 ? ["", `_and ${left} more in ${evidence.label}_`] : []),
  ];
}

function actions(all: readonly ReportAction[]): string[] {
  const lines = ["## Actions"];
  for (const [index, action] of all.entries()) {
    lines.push(
      "",
      `### ${index + 1}. ${markdownOf(action.title)}`,
      "",
      `- Saving: ${saving(action)} (${action.ground})`,
      `- Change: ${citedMarkdown(action.change)}`,
      `- Owner: ${action.owner} · effort ${action.effort} · risk ${action.risk}`,
      `- Risk: ${citedMarkdown(action.riskReason)}`,
      `- Latency: ${citedMarkdown(action.latency)}`,
      `- Quality: ${citedMarkdown(action.quality)}`,
      `- Check: ${markdownOf(action.verification)}`,
      `- Undo: ${markdownOf(action.rollback)}`,
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

/** All evidence in full: what the citations lead to. Headings are of level 3. */
export function evidenceMarkdown(all: readonly Evidence[]): string[] {
  return all.flatMap(evidenceLines);
}

function evidenceLines(evidence: Evidence): string[] {
  const lines = ["", `### ${evidence.label}: ${markdownOf(evidence.what)}`, ""];
  const read =
    evidence.rowsRead === null
      ? ""
      : ` · ${evidence.rowsRead} rows read in ${evidence.elapsedMs} ms`;
  lines.push(
    `${evidence.ground} · ${evidence.tool}${read} · prices ${evidence.catalogueVersion || "not used"}`,
  );
  if (evidence.formula) lines.push("", `Formula: ${markdownOf(evidence.formula)}`);
  if (evidence.assumptions.length > 0) {
    lines.push(
      "",
      ...evidence.assumptions.map((assumption) => `- Assumes: ${markdownOf(assumption)}`),
    );
  }
  const whole = evidence.values.filter(({ segment }) => segment === null);
  if (whole.length > 0) {
    lines.push(
      "",
      ...whole.map(
        (value) =>
          `- ${markdownOf(value.label)}: ${formatValue(value, "exact")}${note(value.note)}`,
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
  return value === undefined ? "" : ` (${markdownOf(value)})`;
}
