import { draftOf } from "./draft";
import { Figures } from "./figures";
import { compareModels, labelsOf, type ModelKey } from "./judged-log";
import { featureName, modelName, SegmentNames } from "./names";
import type { QualityComparison } from "./quality-comparison";
import { type CostPerRight, costPerRight } from "./quality-cost";
import { type QualityRule, sampleNote, USUAL_RULE } from "./quality-sample";
import type { Analysis } from "./results";
import type { ModelLabelRow, ModelProfileRow } from "./source";

const MOST_COMPARISONS = 40;
const MOST_MODELS = 60;

interface Model {
  feature: string;
  provider: string;
  model: string;
  calls: number;
  labels: ModelLabelRow | null;
}

export interface CompareQualityResult {
  rule: QualityRule;
  labelledCalls: number;
  /** Each two models of a feature, the one that costs more per judged call as the current one. */
  comparisons: Array<{
    name: string;
    feature: string;
    current: { provider: string; model: string };
    candidate: { provider: string; model: string };
    outcome: QualityComparison;
  }>;
  costs: Array<{
    name: string;
    feature: string;
    provider: string;
    model: string;
    cost: CostPerRight;
  }>;
}

/**
 * Whether one model is as good as another on a feature, by the log's labels: over the prompts that both
 * answered where there are at least 30 and their interval is the narrower one, else over each model's own calls;
 * else unknown, with the smallest sample that would settle it. Features with most calls first.
 *
 * Keys (segment null): `labelled_calls`. Per segment `feature · current → candidate`: `quality_current`,
 * `quality_candidate`, `difference`, `difference_low`, `difference_high`, `judged_current`,
 * `judged_candidate`, `p_value`, `no_worse` (1 or 0; null when unknown or undecided), `sample_needed`.
 * Per segment `feature · model`: `cost_per_right`, `cost_per_right_low`, `cost_per_right_high`.
 */
export const compareQuality: Analysis<
  { rule?: Partial<QualityRule> },
  CompareQualityResult
> = async (source, scope, params, signal) => {
  const rule = { ...USUAL_RULE, ...params.rule };
  const [profiles, labels, pairs] = await Promise.all([
    source.modelProfiles(scope, signal),
    source.modelLabels(scope, signal),
    source.labelPairs(scope, signal),
  ]);
  const models = modelsOf(profiles.rows, labels.rows);
  const names = new SegmentNames();
  const comparisons = models
    .flatMap((one, index) =>
      models
        .slice(index + 1)
        .filter((other) => other.feature === one.feature)
        .map((other) => inOrder(one, other)),
    )
    .slice(0, MOST_COMPARISONS)
    .map(([current, candidate]) => ({
      name: names.name(
        `${featureName(current.feature)} · ${nameOf(current)} → ${nameOf(candidate)}`,
        "",
      ),
      feature: current.feature,
      current: { provider: current.provider, model: current.model },
      candidate: { provider: candidate.provider, model: candidate.model },
      outcome: compareModels(
        current.feature,
        current,
        candidate,
        { labels: labels.rows, pairs: pairs.rows },
        rule,
      ),
    }));
  const costs = models
    .filter((one) => one.labels !== null)
    .slice(0, MOST_MODELS)
    .map((one) => ({
      name: names.name(`${featureName(one.feature)} · ${nameOf(one)}`, ""),
      feature: one.feature,
      provider: one.provider,
      model: one.model,
      cost: costPerRight(costMoments(one.labels), rule.level),
    }));
  const labelledCalls = labels.rows.reduce((sum, row) => sum + row.labels.n, 0);
  const result: CompareQualityResult = { rule, labelledCalls, comparisons, costs };
  return {
    result,
    draft: draftOf(scope, {
      tool: "compare-quality",
      what: "Whether each two models of a feature are equally good by the log's quality labels, and what a right answer costs",
      ground: "measured",
      formula:
        "candidate − current over common prompts (right or wrong: Tango's score interval and McNemar's mid-p; graded: Student's interval) or, where that is narrower or there are fewer than 30, over each model's own calls (Newcombe's, Welch's); cost per right answer = Σ cost ÷ Σ label with Fieller's interval",
      answers: [profiles, labels, pairs],
      chosen: { margin: rule.margin, level: rule.level, power: rule.power },
      assumptions: [
        `No worse means that the ${rule.level * 100} % interval stays above −${rule.margin}.`,
        "Calls that were judged stand for those that were not.",
        "Models that answered different prompts are compared as if the prompts were equally hard.",
      ],
      segmentLabel: "feature and models",
      figures: figuresOf(result),
    }),
  };
};

function modelsOf(profiles: readonly ModelProfileRow[], labels: readonly ModelLabelRow[]): Model[] {
  const callsOf = new Map<string, number>();
  for (const row of profiles) {
    callsOf.set(row.feature, (callsOf.get(row.feature) ?? 0) + row.calls);
  }
  return profiles
    .map(({ feature, provider, model, calls }) => ({
      feature,
      provider,
      model,
      calls,
      labels: labelsOf(feature, { provider, model }, labels),
    }))
    .sort(
      (a, b) =>
        (callsOf.get(b.feature) ?? 0) - (callsOf.get(a.feature) ?? 0) ||
        (a.feature < b.feature ? -1 : a.feature > b.feature ? 1 : b.calls - a.calls),
    );
}

/** The dearer one first: a swap goes from it to the other. */
function inOrder(one: Model, other: Model): [Model, Model] {
  const cost = (model: Model) => model.labels?.cost.mean ?? 0;
  return cost(other) > cost(one) ? [other, one] : [one, other];
}

function costMoments(row: ModelLabelRow | null) {
  const cost = row?.cost;
  return {
    n: cost?.n ?? 0,
    meanAbove: cost?.mean ?? 0,
    meanBelow: cost?.meanLabel ?? 0,
    varianceAbove: cost?.variance ?? 0,
    varianceBelow: cost?.varianceLabel ?? 0,
    covariance: cost?.covariance ?? 0,
  };
}

function nameOf({ provider, model }: ModelKey): string {
  return modelName(provider, model);
}

function figuresOf(result: CompareQualityResult): Figures {
  const figures = new Figures();
  figures.add(null, "labelled_calls", "calls with a quality label", "calls", result.labelledCalls);
  for (const { name, outcome } of result.comparisons) addComparison(figures, name, outcome);
  for (const { name, cost } of result.costs) addCost(figures, name, cost);
  return figures;
}

function addComparison(figures: Figures, name: string, outcome: QualityComparison): void {
  const known = outcome.state === "measured" ? outcome : null;
  const note = outcome.state === "unknown" ? `unknown: ${outcome.reason}` : undefined;
  const ratio = (key: string, label: string, value: number | null | undefined) =>
    figures.add(name, key, label, "ratio", value ?? null, note);
  ratio("quality_current", "mean quality of the current model (0–1)", known?.current);
  ratio("quality_candidate", "mean quality of the candidate (0–1)", known?.candidate);
  ratio("difference", "candidate minus current", known?.difference);
  ratio("difference_low", "difference, low", known?.interval.low);
  ratio("difference_high", "difference, high", known?.interval.high);
  const judged = known?.judged;
  figures.add(
    name,
    "judged_current",
    "labels of the current model",
    "calls",
    judged?.current ?? null,
    note,
  );
  figures.add(
    name,
    "judged_candidate",
    "labels of the candidate",
    "calls",
    judged?.candidate ?? null,
    note,
  );
  const p = known?.mcnemar?.mid ?? null;
  figures.add(
    name,
    "p_value",
    "McNemar's mid-p",
    "ratio",
    p,
    p === null ? (note ?? "no test: not right-or-wrong labels on common prompts") : undefined,
  );
  const isSettled = known !== null && known.verdict !== "undecided";
  figures.add(
    name,
    "no_worse",
    "shown to be no worse",
    "count",
    isSettled ? Number(known.verdict === "no-worse") : null,
    isSettled ? undefined : (note ?? "undecided: the interval holds both"),
  );
  const needed = outcome.needed;
  figures.add(
    name,
    "sample_needed",
    "labels that would settle it",
    "calls",
    needed?.size ?? null,
    needed ? sampleNote(needed) : "settled",
  );
}

function addCost(figures: Figures, name: string, cost: CostPerRight): void {
  const known = cost.state === "measured" ? cost : null;
  const note = cost.state === "unknown" ? `unknown: ${cost.reason}` : undefined;
  const unbounded = "no bound: too few right answers";
  const usd = (key: string, label: string, value: number | null, without: string | undefined) =>
    figures.usd(
      name,
      key,
      label,
      value === null ? null : value.toFixed(12),
      value === null ? without : undefined,
    );
  usd("cost_per_right", "cost per right answer", known?.usd ?? null, note);
  usd(
    "cost_per_right_low",
    "cost per right answer, low",
    known?.interval?.low ?? null,
    note ?? unbounded,
  );
  usd(
    "cost_per_right_high",
    "cost per right answer, high",
    known?.interval?.high ?? null,
    note ?? unbounded,
  );
}
