import type { Figure, RichText } from "../protocol";
import { brokenComparisons, multipleHolds, type PlacedFigure } from "./numbers-compare";
import { extractFigures, type FoundFigure } from "./numbers-extract";
import { isWithin, namedLabels } from "./numbers-labels";
import { type CitableEvidence, matchFigure } from "./numbers-match";

/**
 * The number checker: model-written text in, text with receipts out. A figure that no evidence holds,
 * with rounding and units understood, makes the text unfit to be shown.
 */

export interface CheckedText {
  text: RichText;
  /** Figures found, whether they matched or not. */
  found: number;
  /** Figures that matched, but under another label than the text cited. */
  recited: number;
  /** As written: figures that no evidence holds, and what is said of figures against the evidence. */
  unmatched: string[];
}

export interface CheckOptions {
  /** Names of models, features, datasets: no figures, whatever digits they hold. */
  names?: readonly string[];
  /** Text of the same passage that stands before, so that a segment named there counts as named. */
  before?: string;
}

const CITATIONS = /^\s?(?:\[E[1-9]\d{0,5}(?:\s*,\s*E[1-9]\d{0,5})*\]|\(E[1-9]\d{0,5}\))/;

/** Checks one sentence or passage. Citations such as `[E3]` after a figure become its receipt. */
export function checkNumbers(
  text: string,
  evidence: readonly CitableEvidence[],
  { names = [], before = "" }: CheckOptions = {},
): CheckedText {
  const parts: RichText = [];
  const unmatched: string[] = [];
  const placed: PlacedFigure[] = [];
  const words: FoundFigure[] = [];
  let recited = 0;
  let at = 0;
  const named = namedLabels(text, evidence);
  const figures = extractFigures(text, names).filter((found) => !isWithin(named, found));
  for (const found of figures) {
    if (found.start < at) continue;
    const citation = CITATIONS.exec(text.slice(found.end))?.[0] ?? "";
    const figure = matchFigure(found, evidence, {
      sentence: text,
      passage: `${before} ${text}`,
      cited: citation.match(/E[1-9]\d*/g) ?? labelsAfter(text, found),
      named,
    });
    parts.push(text.slice(at, found.start));
    if (figure) {
      parts.push(figure);
      placed.push({ start: found.start, end: found.end + citation.length, figure });
      if (citation !== "" && !citation.includes(figure.evidence)) recited += 1;
    } else {
      parts.push(found.text);
      if (/\d/.test(found.text)) unmatched.push(found.text);
      else words.push(found);
    }
    at = found.end + citation.length;
  }
  parts.push(text.slice(at));
  // "twice" needs no evidence of its own where the two figures that it compares have theirs.
  const loose = words.filter((word) => !multipleHolds(word, text, placed, evidence));
  unmatched.push(...loose.map((word) => word.text));
  unmatched.push(...brokenComparisons(text, placed, evidence, named));
  return { text: tidy(parts), found: figures.length, recited, unmatched };
}

/** A citation at the end of the sentence serves all its figures: "It cost $5 for 3 calls [E2]." */
function labelsAfter(text: string, found: FoundFigure): string[] {
  return text.slice(found.end).match(/\bE[1-9]\d{0,5}\b/g) ?? [];
}

const LOOSE_CITATION = /\s?\[E[1-9]\d{0,5}(?:\s*,\s*E[1-9]\d{0,5})*\]/g;

/** Drops citations that follow no figure (the figures carry them) and joins neighbouring strings. */
function tidy(parts: ReadonlyArray<string | Figure>): RichText {
  const joined: RichText = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part !== "string") {
      joined.push(part);
      continue;
    }
    const text = part.replace(LOOSE_CITATION, "");
    if (text === "") continue;
    if (typeof last === "string") joined[joined.length - 1] = last + text;
    else joined.push(text);
  }
  return joined;
}
