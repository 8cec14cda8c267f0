import type { EvidenceValue } from "../protocol";
import type { CitableEvidence } from "./numbers-match";

/** A place in a text where it spells the label of a value: "the longest answer", "cost of the last 7 days". */
export interface NamedLabel {
  start: number;
  end: number;
  /** In lower case. */
  label: string;
}

/**
 * Where a text spells labels of the evidence's values, word for word. Of labels that overlap the longest is
 * meant: "cost per call" does not name "cost". Pure.
 */
export function namedLabels(text: string, evidence: readonly CitableEvidence[]): NamedLabel[] {
  const labels = new Set(
    evidence.flatMap(({ values }) => values.map(({ label }) => label.toLowerCase())),
  );
  let rest = text.toLowerCase();
  const found: NamedLabel[] = [];
  for (const label of [...labels].sort((a, b) => b.length - a.length)) {
    if (label === "") continue;
    for (let at = rest.indexOf(label); at !== -1; at = rest.indexOf(label, at + 1)) {
      if (/[\p{L}\p{N}]/u.test(rest[at - 1] ?? "")) continue;
      const end = at + label.length;
      found.push({ start: at, end, label });
      rest = rest.slice(0, at) + "\u0000".repeat(label.length) + rest.slice(end);
    }
  }
  return found;
}

/** Whether a part of the text belongs to such a name: "7" in "cost of the last 7 days" is no figure. */
export function isWithin(
  named: readonly NamedLabel[],
  part: { start: number; end: number },
): boolean {
  return named.some(({ start, end }) => start <= part.start && part.end <= end);
}

const IS =
  /^(?:\s+(?:of|for|in|at|by|with)\s(?:[^.;:!?]|[.:](?=\S))*?)?(?:\s+(?:is|was|are|were|stands at|stood at|comes to|came to|amounts to|amounted to|reaches|reached)|\s*[:=])\s+(?:(?:about|around|roughly|some|over|under|only|just|nearly|almost|at most|at least|up to)\s+)?$/i;
const AS = /^\s*(?:\[[^\]]*\]\s*)?as (?:its |their |the |a )?$/i;

/** The value that a text says a figure is, in so many words: "the p50 latency of chat is …", "… as p50 latency". */
export function labelToldOf(
  { start, end }: { start: number; end: number },
  text: string,
  named: readonly NamedLabel[],
): string | null {
  const told = named.find((one) =>
    one.end <= start ? IS.test(text.slice(one.end, start)) : AS.test(text.slice(end, one.start)),
  );
  return told?.label ?? null;
}

/** Whether a value is the named one or a kind of it: "change of cost" for "cost". */
export function isKindOf(label: string, value: Pick<EvidenceValue, "label">): boolean {
  const words = new Set(value.label.toLowerCase().match(WORD));
  return (label.match(WORD) ?? []).every((word) => words.has(word));
}

const WORD = /[\p{L}\p{N}]+/gu;

/** Whether a text names a value: by its label, or by a word of it outside the other labels that it spells. */
export function namesValue(
  text: string,
  named: readonly NamedLabel[],
  { label, key }: Pick<EvidenceValue, "label" | "key">,
): boolean {
  if (named.some((one) => one.label === label.toLowerCase())) return true;
  const rest = named.reduce(
    (left, { start, end }) => left.slice(0, start) + " ".repeat(end - start) + left.slice(end),
    text,
  );
  const words = stemsOf(rest);
  return [...stemsOf(`${label} ${key}`)].some((word) => words.has(word));
}

const STOP_WORDS = new Set([
  "the",
  "and",
  "for",
  "per",
  "that",
  "with",
  "are",
  "its",
  "all",
  "was",
]);

/** Words without their endings, so that "would have saved" names "saving". */
function stemsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[a-z][a-z0-9]{2,}/g) ?? [];
  return new Set(
    words
      .filter((word) => !STOP_WORDS.has(word))
      .map((word) => word.replace(/(?<=^.{3,})(?:ings?|ed|es|s|e)$/, "")),
  );
}
