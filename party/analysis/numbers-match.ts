import type { Evidence, EvidenceValue, Figure, Unit } from "../protocol";
import type { FigureKind, FoundFigure } from "./numbers-extract";
import { isKindOf, labelToldOf, type NamedLabel, namesValue } from "./numbers-labels";

/** What a figure may be checked against: any evidence, also one that is kept in a shortened form. */
export type CitableEvidence = Pick<Evidence, "label" | "values">;

/** A value of an evidence, turned to the base units in which figures are compared. */
interface Candidate {
  evidence: string;
  value: EvidenceValue;
  size: number;
}

/** Rounding more than this away from the truth is no rounding but another number. */
const LARGEST_RELATIVE_ERROR = 0.05;

/** Which kinds of written figures may stand for a value of this unit, and its size in their base unit. */
const MEANINGS: Record<Unit, { kinds: readonly FigureKind[]; factor: number }> = {
  USD: { kinds: ["usd"], factor: 1 },
  percent: { kinds: ["percent"], factor: 1 },
  ms: { kinds: ["duration"], factor: 1 },
  seconds: { kinds: ["duration"], factor: 1_000 },
  ratio: { kinds: ["ratio", "plain"], factor: 1 },
  tokens: { kinds: ["tokens", "plain"], factor: 1 },
  calls: { kinds: ["calls", "plain"], factor: 1 },
  count: { kinds: ["plain", "days", "calls", "ratio"], factor: 1 },
  date: { kinds: [], factor: 1 },
};

const FALLING =
  /\b(?:fell|falls?|fallen|drop(?:s|ped)?|decreas\w+|declin\w+|down|lower\w*|less|fewer|cheaper|sav\w+|cut(?:s|ting)?|reduc\w+|shrank|shrinks?|faster|negative)\b/i;
const RISING =
  /\b(?:rose|rises?|risen|grew|grows?|grown|increas\w+|up|higher|more|climb\w*|jump\w*|slower|dearer)\b/i;

/** Where in the text a figure stands, which decides between values that look alike. */
export interface MatchContext {
  sentence: string;
  /** The passage so far, this sentence included: a segment named earlier in it counts as named. */
  passage: string;
  /** Labels cited right after the figure. */
  cited: readonly string[];
  /** Names of values that the sentence spells. */
  named: readonly NamedLabel[];
}

/** The value that the written figure shows, or null when no evidence holds such a value. */
export function matchFigure(
  found: FoundFigure,
  evidence: readonly CitableEvidence[],
  context: MatchContext,
): Figure | null {
  const compounds = compoundsIn(context.passage, evidence);
  const told = labelToldOf(found, context.sentence, context.named);
  const fitting = candidates(evidence, found.kind).filter(
    (candidate) =>
      fits(found, candidate.size) &&
      directionHolds(found, candidate, context.sentence) &&
      (told === null || isKindOf(told, candidate.value)) &&
      valueNamed(found, candidate, context) &&
      segmentNamed(candidate, context.passage, compounds),
  );
  const best = fitting
    .map((candidate) => ({ candidate, score: score(candidate, found, context) }))
    .sort((a, b) => b.score - a.score)[0]?.candidate;
  if (!best || isOfTheWhole(best, evidence, context)) return null;
  return {
    evidence: best.evidence,
    segment: best.value.segment,
    key: best.value.key,
    text: found.text.slice(0, 80),
  };
}

/**
 * Whether a figure over everything is told of a part: the text names a segment and cites its evidence, which
 * holds no such figure, so that another evidence's total only happens to look like it.
 */
function isOfTheWhole(
  { evidence: label, value }: Candidate,
  evidence: readonly CitableEvidence[],
  { sentence, cited }: MatchContext,
): boolean {
  if (value.segment !== null) return false;
  // Totals of nothing are many: where a part is named and cited, none of them stands for it.
  if (cited.includes(label) && Number(value.value) !== 0) return false;
  const text = sentence.replace(/\s+/g, " ");
  return evidence.some(
    (one) =>
      cited.includes(one.label) &&
      one.values.some(
        ({ segment }) => segment !== null && text.includes(segment.replace(/\s+/g, " ")),
      ),
  );
}

/**
 * A bare number, and nothing in whatever unit, looks like some value of any log: in a sentence that names
 * values, it is none of those that the sentence does not name.
 */
function valueNamed(
  found: FoundFigure,
  { value }: Candidate,
  { sentence, named, cited }: MatchContext,
): boolean {
  const isBare = /^[\d.,]+$/.test(found.text);
  const isAnyones = found.value === 0 || (isBare && cited.length === 0);
  return !isAnyones || named.length === 0 || namesValue(sentence, named, value);
}

function* allValues(evidence: readonly CitableEvidence[]): Generator<Candidate> {
  for (const one of evidence) {
    for (const value of one.values) {
      if (value.value === null) continue;
      const size = Number(value.value) * MEANINGS[value.unit].factor;
      if (Number.isFinite(size)) yield { evidence: one.label, value, size };
    }
  }
}

function candidates(evidence: readonly CitableEvidence[], kind: FigureKind): Candidate[] {
  return [...allValues(evidence)].filter((candidate) =>
    MEANINGS[candidate.value.unit].kinds.includes(kind),
  );
}

/** Whether the written figure is the value, rounded the way it is written. */
function fits(found: FoundFigure, size: number): boolean {
  const written = Math.abs(found.value);
  const truth = Math.abs(size);
  if (Number.isNaN(written)) return false;
  if (found.value < 0 && size > 0) return false;
  const slack = Math.max(truth, written) * 1e-9;
  const error = truth - written;
  if (Math.abs(error) <= slack) return true;
  // "0 %" for 0.4 % is well rounded and still says something else.
  if (written === 0 || truth === 0) return false;
  if (Math.abs(error) / truth > LARGEST_RELATIVE_ERROR) return isFractionWord(found, truth);
  const resolution = found.hedge === "none" ? found.resolution : coarseResolution(found);
  switch (found.hedge) {
    case "over":
      return error >= -slack && error < resolution + slack;
    case "under":
      return error <= slack && -error < resolution + slack;
    case "about":
    case "none":
      return Math.abs(error) <= resolution / 2 + slack;
  }
}

function isFractionWord(found: FoundFigure, truth: number): boolean {
  if (/\d/.test(found.text) || found.hedge !== "about" || found.kind !== "percent") return false;
  return Math.abs(found.value - truth) <= 2.5;
}

/** `about 22,000,000`: with a hedge, written zeros at the end are not claimed as exact digits. */
function coarseResolution(found: FoundFigure): number {
  const zeros = /\d(?:,?0)+$/.exec(found.text.replace(/[^\d,]/g, ""))?.[0] ?? "";
  if (found.text.includes(".")) return found.resolution;
  return found.resolution * 10 ** (zeros.match(/0/g)?.length ?? 0);
}

/** A change that went down must not be told as one that went up. */
function directionHolds(found: FoundFigure, candidate: Candidate, sentence: string): boolean {
  const isChange = candidate.size < 0 || /change|delta|growth/i.test(candidate.value.key);
  if (!isChange || candidate.size === 0) return true;
  if (found.value < 0) return candidate.size < 0;
  const falling = FALLING.test(sentence);
  const rising = RISING.test(sentence);
  if (candidate.size < 0) return falling;
  return rising || !falling;
}

/** A figure of one segment may only be told where that segment is named. */
function segmentNamed(
  candidate: Candidate,
  passage: string,
  compounds: readonly string[],
): boolean {
  const segment = candidate.value.segment;
  if (segment === null) return true;
  // "chat · gpt-4o → gpt-5" names neither "chat" nor "gpt-4o", unless they stand for themselves as well.
  const rest = compounds.reduce(
    (text, name) => (name.length > segment.length ? text.replaceAll(name, "\u0000") : text),
    passage.replace(/\s+/g, " "),
  );
  return mentions(rest, segment);
}

/** Segments of several parts that a text names in full, the longest first. */
function compoundsIn(passage: string, evidence: readonly CitableEvidence[]): string[] {
  if (!/[·→]/.test(passage)) return [];
  const text = passage.replace(/\s+/g, " ");
  const names = new Set<string>();
  for (const { values } of evidence) {
    for (const { segment } of values) {
      const name = segment?.replace(/\s+/g, " ") ?? "";
      if (/[·→]/.test(name) && text.includes(name)) names.add(name);
    }
  }
  return [...names].sort((a, b) => b.length - a.length);
}

/** Whether a text names a segment, as a word of its own: "gpt-4o-mini" does not name "gpt-4o". */
export function mentions(text: string, name: string): boolean {
  // Segments of two dimensions ("chat · openai/gpt-4o") are named when each part is; the provider may be left out.
  return name
    .split(/\s*(?:·|→|\||\/(?=\s))\s*/)
    .filter((part) => part !== "")
    .every((part) => {
      const model = part.slice(part.lastIndexOf("/") + 1);
      return standsIn(text, part) || (model !== "" && standsIn(text, model));
    });
}

function standsIn(text: string, name: string): boolean {
  const pattern = name
    .toLowerCase()
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/[-_\s]+/g, "[-_\\s]+");
  const alone = new RegExp(
    `(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}]|[-_.]\\p{L}?[\\p{L}\\p{N}])`,
    "u",
  );
  return alone.test(text.toLowerCase());
}

function score(candidate: Candidate, found: FoundFigure, context: MatchContext): number {
  const { value } = candidate;
  let points = 0;
  if (context.cited.includes(candidate.evidence)) points += 100;
  if (value.segment !== null && mentions(context.sentence, value.segment)) points += 20;
  const words = `${value.label} ${value.key}`.toLowerCase().match(/[a-z0-9]{3,}/g) ?? [];
  const sentence = context.sentence.toLowerCase();
  points += Math.min(12, 3 * new Set(words.filter((word) => sentence.includes(word))).size);
  points -= Math.min(
    2,
    Math.abs(candidate.size - found.value) / Math.max(Math.abs(candidate.size), 1e-9),
  );
  return points;
}
