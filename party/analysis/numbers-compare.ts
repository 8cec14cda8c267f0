import type { EvidenceValue, Figure } from "../protocol";
import type { FoundFigure } from "./numbers-extract";
import type { NamedLabel } from "./numbers-labels";
import type { CitableEvidence } from "./numbers-match";

/** A figure of the text that evidence holds, with the place where it is written. */
export interface PlacedFigure {
  start: number;
  end: number;
  figure: Figure;
}

interface Sized extends PlacedFigure {
  value: EvidenceValue;
  size: number;
}

const RISING =
  "rose|rises?|risen|grew|grows?|grown|increas\\w+|climb\\w*|jump\\w*|went up|goes up|got slower|got dearer|doubled|tripled|quadrupled";
const FALLING =
  "fell|falls?|fallen|drop(?:s|ped)?|decreas\\w+|declin\\w+|went down|goes down|shrank|shrinks?|got faster|got cheaper|halved";
const MULTIPLE =
  /^(?:half|halve[sd]|twice|double[sd]|triple[sd]|quadruple[sd]|threefold|tenfold|(?:a|one)[- ](?:third|quarter|fifth|tenth)|two[- ]thirds|three[- ]quarters)$/i;
const DIRECTION = new RegExp(`\\b(?:(?<up>${RISING})|(?<down>${FALLING}))\\b`, "gi");
const MORE =
  /\b(?:more|higher|larger|greater|bigger|dearer|slower|longer|costlier|(?:more )?expensive)\b[^.;,]*\bthan\b|\b(?:exceeds?|above|outweighs?)\b/i;
const LESS =
  /\b(?:less|lower|fewer|smaller|cheaper|faster|shorter|quicker)\b[^.;,]*\bthan\b|\bbelow\b/i;
const MOST =
  /(?<!\bat )(?<!\bal)\b(?:the )?(?:most(?! recent)|largest|highest|biggest|slowest|dearest|costliest|longest|maximum)\b/gi;
const LEAST =
  /(?<!\bat )\b(?:the )?(?:least|lowest|smallest|cheapest|fastest|fewest|shortest|minimum)\b/gi;

/**
 * What the text says of figures that evidence does not bear out: a rise between figures that fall, "more than"
 * a larger one, "the most" of a segment that is not the largest. Only where figures are named, and each of
 * them is one of the evidence. Pure.
 */
export function brokenComparisons(
  text: string,
  placed: readonly PlacedFigure[],
  evidence: readonly CitableEvidence[],
  named: readonly NamedLabel[] = [],
): string[] {
  const figures = placed.flatMap((one) => sized(one, evidence) ?? []);
  return [
    ...wrongDirections(text, figures, evidence),
    ...wrongComparatives(text, figures),
    ...wrongSuperlatives(text, figures, evidence, named),
  ];
}

/** "twice", "half", "tripled": whether the two figures of the text that it stands between or before bear it out. */
export function multipleHolds(
  word: FoundFigure,
  text: string,
  placed: readonly PlacedFigure[],
  evidence: readonly CitableEvidence[],
): boolean {
  if (!MULTIPLE.test(word.text)) return false;
  const figures = placed.flatMap((one) => sized(one, evidence) ?? []);
  const [first, second, ...others] = figures;
  if (!first || !second || others.length > 0 || first.value.unit !== second.value.unit)
    return false;
  if (first.size <= 0 || second.size <= 0) return false;
  const factor = word.kind === "percent" ? word.value / 100 : word.value;
  const isFromTo = /\bfrom\s*$/i.test(text.slice(0, first.start));
  const ratio = isFromTo ? second.size / first.size : first.size / second.size;
  return Math.abs(ratio - factor) <= 0.05 * factor;
}

function sized(one: PlacedFigure, evidence: readonly CitableEvidence[]): Sized | null {
  const value = evidence
    .find(({ label }) => label === one.figure.evidence)
    ?.values.find(({ key, segment }) => key === one.figure.key && segment === one.figure.segment);
  return value && value.value !== null ? { ...one, value, size: Number(value.value) } : null;
}

function wrongDirections(
  text: string,
  figures: readonly Sized[],
  evidence: readonly CitableEvidence[],
): string[] {
  return [...text.matchAll(DIRECTION)].flatMap((match) => {
    const rises = match.groups?.up !== undefined;
    const pair = movedBetween(text, match.index + match[0].length, figures, evidence);
    if (!pair) return [];
    const { from, to } = pair;
    return (rises ? to > from : to < from) ? [] : [match[0]];
  });
}

/** The values between which something moved: "from $4 to $5", or "to $5" where the evidence says what it was. */
function movedBetween(
  text: string,
  at: number,
  figures: readonly Sized[],
  evidence: readonly CitableEvidence[],
): { from: number; to: number } | null {
  const after = figures.filter(({ start }) => start >= at);
  const leads = (word: string, { start }: Sized) =>
    new RegExp(`\\b${word}\\s*$`, "i").test(text.slice(at, start));
  const clauseEnd = text.slice(at).search(/[;:!?]|\.\s/);
  const within = after.filter(({ start }) => clauseEnd === -1 || start < at + clauseEnd);
  const to = within.find((one) => leads("to", one));
  if (!to) return null;
  const from = within.find((one) => leads("from", one) && one.value.unit === to.value.unit);
  if (from) return { from: from.size, to: to.size };
  const before = siblingOf(to, evidence);
  return before === null ? null : { from: before, to: to.size };
}

/** The same figure of the period before: `cost_previous` of `cost_current`. */
function siblingOf({ figure }: Sized, evidence: readonly CitableEvidence[]): number | null {
  if (!figure.key.endsWith("_current")) return null;
  const key = figure.key.replace(/_current$/, "_previous");
  const value = evidence
    .find(({ label }) => label === figure.evidence)
    ?.values.find((one) => one.key === key && one.segment === figure.segment)?.value;
  return value === null || value === undefined ? null : Number(value);
}

function wrongComparatives(text: string, figures: readonly Sized[]): string[] {
  return figures.slice(1).flatMap((second, index) => {
    const first = figures[index];
    if (!first || first.value.unit !== second.value.unit) return [];
    const between = text.slice(first.end, second.start);
    const said = [MORE, LESS].find((pattern) => pattern.test(between));
    if (!said || MORE.test(between) === LESS.test(between)) return [];
    const holds = said === MORE ? first.size > second.size : first.size < second.size;
    return holds ? [] : [said.exec(between)?.[0] ?? ""];
  });
}

function wrongSuperlatives(
  text: string,
  figures: readonly Sized[],
  evidence: readonly CitableEvidence[],
  named: readonly NamedLabel[],
): string[] {
  return ([MOST, LEAST] as const).flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const end = match.index + match[0].length;
      // "the longest answer" is the name of a value.
      if (named.some((name) => name.start < end && match.index < name.end)) return [];
      const figure = figureOf(match.index, match[0].length, text, figures);
      if (!figure || figure.value.segment === null) return [];
      const others = (
        evidence.find(({ label }) => label === figure.figure.evidence)?.values ?? []
      ).filter(
        ({ key, segment, value }) =>
          key === figure.value.key &&
          segment !== null &&
          value !== null &&
          !/^all other/i.test(segment),
      );
      const sizes = others.map(({ value }) => Number(value));
      const best = pattern === MOST ? Math.max(...sizes) : Math.min(...sizes);
      return figure.size === best ? [] : [match[0]];
    }),
  );
}

/** The figure that a superlative is about: the next one of its clause, else the one before it there. */
function figureOf(
  at: number,
  length: number,
  text: string,
  figures: readonly Sized[],
): Sized | undefined {
  const clause = (from: number, to: number) =>
    !/[;!?]|\.\s|, (?:and|but|while|then)\b/.test(text.slice(from, to));
  const next = figures.find(({ start }) => start >= at + length);
  if (next && clause(at, next.start)) return next;
  const before = figures.findLast(({ end }) => end <= at);
  return before && clause(before.end, at) ? before : undefined;
}
