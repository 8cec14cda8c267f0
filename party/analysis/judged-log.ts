import { compareIndependent, comparePaired, type QualityComparison } from "./quality-comparison";
import type { ModelLabels, PairedLabels } from "./quality-labels";
import type { QualityRule } from "./quality-sample";
import type {
  Answer,
  CallSource,
  LabelPairRow,
  ModelLabelRow,
  ModelProfileRow,
  Scope,
} from "./source";

/** Fewer common prompts than this say less than the labels of each model's own calls. */
const ENOUGH_PAIRS = 30;

export interface ModelKey {
  provider: string;
  model: string;
}

/** A log's quality labels: of each model by itself, and of each two on the prompts that both answered. */
export interface JudgedLog {
  labels: readonly ModelLabelRow[];
  pairs: readonly LabelPairRow[];
}

/** Reads the labels, and asks nothing where the profiles show that there are none. */
export async function askJudgedLog(
  source: CallSource,
  scope: Scope,
  profiles: readonly ModelProfileRow[],
  signal?: AbortSignal,
): Promise<{ judged: JudgedLog; answers: Array<Answer<unknown>> }> {
  if (profiles.every(({ labelledCalls }) => labelledCalls === 0)) {
    return { judged: { labels: [], pairs: [] }, answers: [] };
  }
  const [labels, pairs] = await Promise.all([
    source.modelLabels(scope, signal),
    source.labelPairs(scope, signal),
  ]);
  return { judged: { labels: labels.rows, pairs: pairs.rows }, answers: [labels, pairs] };
}

/**
 * Whether a model is as good as another on a feature: over the prompts that both answered where there are at
 * least 30 and they tell more, else over each model's own calls. More is told by the narrower interval, whatever
 * lies in it: few common prompts beside many labels of each model leave open what those settle. Own calls are
 * compared as if their prompts were equally hard. Models as the log names them.
 */
export function compareModels(
  feature: string,
  current: ModelKey,
  candidate: ModelKey,
  { labels, pairs }: JudgedLog,
  rule: QualityRule,
): QualityComparison {
  const common = pairs.find(
    (row) =>
      row.feature === feature &&
      ((isSame(row.first, current) && isSame(row.second, candidate)) ||
        (isSame(row.first, candidate) && isSame(row.second, current))),
  );
  const own = (model: ModelKey) => ownLabels(labelsOf(feature, model, labels));
  const independent = compareIndependent(own(current), own(candidate), rule);
  if (!common || common.difference.n < ENOUGH_PAIRS) return independent;
  const paired = comparePaired(pairedLabels(common, isSame(common.first, current)), rule);
  return widthOf(paired) <= widthOf(independent) ? paired : independent;
}

function widthOf(comparison: QualityComparison): number {
  if (comparison.state === "unknown") return Number.POSITIVE_INFINITY;
  return comparison.interval.high - comparison.interval.low;
}

export function labelsOf(
  feature: string,
  model: ModelKey,
  labels: readonly ModelLabelRow[],
): ModelLabelRow | null {
  return labels.find((row) => row.feature === feature && isSame(row, model)) ?? null;
}

function pairedLabels(row: LabelPairRow, firstIsCurrent: boolean): PairedLabels {
  const [current, candidate] = firstIsCurrent ? [row.first, row.second] : [row.second, row.first];
  return {
    current: current.labels,
    candidate: candidate.labels,
    difference: firstIsCurrent
      ? row.difference
      : { ...row.difference, mean: 0 - row.difference.mean },
    outcomes: row.binary
      ? {
          both: row.bothRight,
          onlyCurrent: firstIsCurrent ? row.onlyFirst : row.onlySecond,
          onlyCandidate: firstIsCurrent ? row.onlySecond : row.onlyFirst,
          neither: row.neither,
        }
      : null,
  };
}

function ownLabels(row: ModelLabelRow | null): ModelLabels {
  if (!row) return { labels: { n: 0, mean: 0, variance: 0 }, right: 0 };
  return { labels: row.labels, right: row.binary ? row.right : null };
}

function isSame(a: ModelKey, b: ModelKey): boolean {
  return a.provider === b.provider && a.model === b.model;
}
