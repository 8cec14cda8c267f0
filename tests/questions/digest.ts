import { type Figure, plainText, type ReportBlock, type RichText } from "../../party/protocol";
import { formatValue } from "../../party/protocol/format";
import { steps, type Told } from "../agents/scene";

/** Everything of a run that a reader sees, as text that a person can review: each figure with its receipt, exact. */
export function digestOf(question: string, told: Told): string {
  const { report } = told;
  if (!report)
    throw new Error(`no report on "${question}": ${told.finished?.reason ?? "answered directly"}`);
  const used = new Set<Figure>();
  const text = (rich: RichText) => {
    for (const part of rich) if (typeof part !== "string") used.add(part);
    return plainText(rich, { cite: true });
  };
  const lines = [
    `# ${question}`,
    "",
    `Agents: ${steps(told).join(", ")}`,
    `Tools: ${toolsOf(told)}`,
    "",
  ];
  lines.push(`## ${report.title}`, ...report.summary.map((point) => `* ${text(point)}`));
  for (const section of report.sections) {
    lines.push("", `## ${section.title}`);
    for (const block of section.blocks) lines.push(...blockLines(block, told, text));
  }
  lines.push("", "## Actions");
  for (const action of report.actions) {
    const saving = [action.saving, action.savingLow, action.savingHigh].flatMap((one) => {
      if (one) used.add(one);
      return one ? [one.text] : [];
    });
    lines.push(
      `- ${action.title} (${action.lever}, ${action.ground}, risk ${action.risk}): ${saving.join(" / ")} [${action.evidence.join(", ")}]`,
      `  ${text(action.change)}`,
      `  ${text(action.latency)} ${text(action.quality)}`,
    );
  }
  return `${[...lines, "", "## Figures to the last digit", ...exact(used, told)].join("\n")}\n`;
}

function toolsOf(told: Told): string {
  return told.events
    .flatMap((event) =>
      event.type === "evidence-recorded" ? [`${event.evidence.label} ${event.evidence.tool}`] : [],
    )
    .join(", ");
}

function blockLines(block: ReportBlock, told: Told, text: (rich: RichText) => string): string[] {
  switch (block.kind) {
    case "paragraph":
      return [text(block.text)];
    case "list":
      return block.items.map((item) => `- ${text(item)}`);
    case "bars":
      return [`[bars: ${block.title}, ${block.evidence} ${block.key}]`];
    case "table": {
      const evidence = told.evidence.find(({ label }) => label === block.evidence);
      const values = evidence?.values ?? [];
      const rows = [
        ...new Set(
          values
            .filter(({ key, segment }) => key === block.keys[0] && segment !== null)
            .map(({ segment }) => segment),
        ),
      ];
      return [
        `[table: ${block.title}, ${block.evidence}]`,
        `  | ${block.keys.join(" | ")}`,
        ...rows.slice(0, block.limit).map((row) => {
          const cells = block.keys.map((key) => {
            const value = values.find((one) => one.segment === row && one.key === key);
            return value ? formatValue(value) : "";
          });
          return `  ${row} | ${cells.join(" | ")}`;
        }),
      ];
    }
  }
}

/** Every cited value once, as the evidence holds it. */
function exact(used: ReadonlySet<Figure>, told: Told): string[] {
  const lines = new Set<string>();
  for (const { evidence, segment, key } of used) {
    const value = told.evidence
      .find(({ label }) => label === evidence)
      ?.values.find((one) => one.segment === segment && one.key === key);
    lines.add(`${evidence} ${segment ?? "overall"} ${key} = ${value?.value ?? "unknown"}`);
  }
  return [...lines].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
