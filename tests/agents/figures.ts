import { expect } from "vitest";
import { extractFigures } from "../../party/analysis/numbers-extract";
import { evidenceSchema, type Figure, reportSchema, threadEventSchema } from "../../party/protocol";
import { formatValue } from "../../party/protocol/format";
import { allTexts, type Told } from "./scene";

/** Names that occur in the data, and names of values: whatever digits they hold, they are no figures. */
function namesOf(told: Told): string[] {
  const names = new Set<string>();
  for (const { values, datasets } of told.evidence) {
    for (const { name } of datasets) names.add(name);
    for (const { segment, label } of values) {
      names.add(label);
      if (segment === null) continue;
      names.add(segment);
      for (const part of segment.split(/\s*(?:·|→|\/)\s*/)) names.add(part);
    }
  }
  return [...names];
}

/**
 * Every figure that a reader sees stands in a figure part whose receipt holds that value, and no
 * figure stands in plain text. `written` says how a figure may be written when a model wrote it.
 */
export function expectReceipts(
  told: Told,
  { written = "formatted" }: { written?: "formatted" | "checked" } = {},
): number {
  const names = namesOf(told);
  let figures = 0;
  for (const text of allTexts(told)) {
    for (const part of text) {
      if (typeof part === "string") {
        const loose = extractFigures(part, names).filter((found) => /\d/.test(found.text));
        expect(
          loose.map((found) => found.text),
          part,
        ).toEqual([]);
        continue;
      }
      figures += 1;
      expectReceipt(part, told, written);
    }
  }
  return figures;
}

function expectReceipt(figure: Figure, told: Told, written: "formatted" | "checked"): void {
  const evidence = told.evidence.find(({ label }) => label === figure.evidence);
  expect(evidence, `${figure.text} cites ${figure.evidence}`).toBeDefined();
  const value = evidence?.values.find(
    ({ key, segment }) => key === figure.key && segment === figure.segment,
  );
  if (!value) throw new Error(`${figure.evidence} has no ${figure.key} of ${figure.segment}`);
  const possible = (["auto", "fine", "exact"] as const).flatMap((style) => {
    const text = formatValue(value, style);
    return [text, text.replace(/^[−-]/, "")];
  });
  if (written === "checked" && !possible.includes(figure.text)) {
    // Read here by other means than the checker's own: the first number of the text, in plain units.
    const digits = Number(/[\d,]+(?:\.\d+)?/.exec(figure.text)?.[0].replaceAll(",", ""));
    const scale = value.unit === "ms" && /\ds$|\d s$/.test(figure.text) ? 1_000 : 1;
    const truth = Math.abs(Number(value.value));
    expect(Math.abs(digits * scale - truth)).toBeLessThanOrEqual(0.05 * truth);
    return;
  }
  expect(possible).toContain(figure.text);
}

/** Everything a run says fits the protocol, and its evidence is numbered without gaps. */
export function expectProtocol(told: Told, from = 1): void {
  for (const event of told.events) threadEventSchema.parse(event);
  if (told.report) reportSchema.parse(told.report);
  told.evidence.forEach((evidence, index) => {
    expect(evidenceSchema.parse(evidence).label).toBe(`E${from + index}`);
  });
}
