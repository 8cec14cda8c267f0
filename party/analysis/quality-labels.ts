import { type Moments, momentsOf } from "./statistics/means";

/** One item's labels, 0–1; null when that model's answer was not judged. */
export interface JudgedItem {
  current: number | null;
  candidate: number | null;
}

/** Labels of the items that both models answered: everything a paired comparison needs. */
export interface PairedLabels {
  current: Moments;
  candidate: Moments;
  /** Candidate minus current, item by item. */
  difference: Moments;
  /** How often which of them was right, when every label is 0 or 1; else null. */
  outcomes: PairedOutcomes | null;
}

interface PairedOutcomes {
  both: number;
  onlyCurrent: number;
  onlyCandidate: number;
  neither: number;
}

/** Labels of one model on its own; `right` when every label is 0 or 1, else null. */
export interface ModelLabels {
  labels: Moments;
  right: number | null;
}

/** A label outside 0–1 (NaN among them): the comparison would be of something else. */
export class QualityLabelError extends Error {
  override readonly name = "QualityLabelError";
  constructor(readonly label: number) {
    super(`A quality label must lie between 0 and 1, this one is ${label}`);
  }
}

/** Items that only one of the models answered are left out. Throws QualityLabelError. */
export function pairLabels(items: Iterable<JudgedItem>): PairedLabels {
  const current: number[] = [];
  const candidate: number[] = [];
  for (const item of items) {
    if (item.current === null || item.candidate === null) continue;
    current.push(checked(item.current));
    candidate.push(checked(item.candidate));
  }
  const isBinary = [...current, ...candidate].every((label) => label === 0 || label === 1);
  const count = (ofCurrent: number, ofCandidate: number) =>
    current.filter((label, index) => label === ofCurrent && candidate[index] === ofCandidate)
      .length;
  return {
    current: momentsOf(current),
    candidate: momentsOf(candidate),
    difference: momentsOf(candidate.map((label, index) => label - (current[index] ?? 0))),
    outcomes: isBinary
      ? {
          both: count(1, 1),
          onlyCurrent: count(1, 0),
          onlyCandidate: count(0, 1),
          neither: count(0, 0),
        }
      : null,
  };
}

/** Labels of a model's own calls. Throws QualityLabelError. */
export function modelLabels(labels: readonly number[]): ModelLabels {
  const isBinary = labels.map(checked).every((label) => label === 0 || label === 1);
  return {
    labels: momentsOf(labels),
    right: isBinary ? labels.filter((label) => label === 1).length : null,
  };
}

function checked(label: number): number {
  if (!(label >= 0 && label <= 1)) throw new QualityLabelError(label);
  return label;
}
