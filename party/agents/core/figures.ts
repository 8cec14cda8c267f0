import type { EvidenceValue, Figure, RichText } from "../../protocol";
import type { FigureStyle } from "../../protocol/format";
import { formatValue } from "../../protocol/format";
import type { KeptEvidence } from "./state";

/** Rule text asked for a figure that its evidence does not hold: a mistake in the rules, never shown. */
export class NoSuchFigure extends Error {
  override readonly name = "NoSuchFigure";
  readonly retry = false;
  constructor(
    readonly evidence: string,
    readonly key: string,
    readonly segment: string | null,
  ) {
    super(`${evidence} holds no value "${key}" of ${segment === null ? "everything" : segment}`);
  }
}

export function findValue(
  evidence: KeptEvidence,
  key: string,
  segment: string | null = null,
): EvidenceValue | null {
  return evidence.values.find((value) => value.key === key && value.segment === segment) ?? null;
}

/** The value as a number, for comparing and sorting only; what is shown is always the cited text. */
export function sizeOf(
  evidence: KeptEvidence | null,
  key: string,
  segment: string | null = null,
): number | null {
  const value = evidence === null ? null : findValue(evidence, key, segment);
  return value === null || value.value === null ? null : Number(value.value);
}

/** The only way a figure gets into rule-written text: by naming the value that it shows. */
export function cite(
  evidence: KeptEvidence,
  key: string,
  segment: string | null = null,
  style: FigureStyle = "auto",
): Figure {
  const value = findValue(evidence, key, segment);
  if (value === null) throw new NoSuchFigure(evidence.label, key, segment);
  return { evidence: evidence.label, segment, key, text: formatValue(value, style) };
}

/** Rich text from a template: `` rich`Spend is ${cite(totals, "cost")}.` ``; strings may be names, never figures. */
export function rich(
  strings: TemplateStringsArray,
  ...parts: ReadonlyArray<string | Figure | RichText>
): RichText {
  const joined: RichText = [];
  const add = (part: string | Figure) => {
    const last = joined.at(-1);
    if (part === "") return;
    if (typeof part === "string" && typeof last === "string") {
      joined[joined.length - 1] = last + part;
    } else joined.push(part);
  };
  strings.forEach((text, index) => {
    add(text);
    const part = parts[index];
    if (part === undefined) return;
    if (Array.isArray(part)) part.forEach(add);
    else add(part as string | Figure);
  });
  return joined;
}

/** "19,366 calls", "1 call": a cited count with its noun, and a verb where one follows. */
export function counted(
  evidence: KeptEvidence,
  key: string,
  [one, many]: readonly [string, string],
  segment: string | null = null,
): RichText {
  return rich`${cite(evidence, key, segment)} ${sizeOf(evidence, key, segment) === 1 ? one : many}`;
}

export const CALLS = ["call", "calls"] as const;

export function join(texts: readonly RichText[], between = " "): RichText {
  return texts.reduce<RichText>(
    (all, text) => (all.length === 0 ? [...text] : rich`${all}${between}${text}`),
    [],
  );
}
