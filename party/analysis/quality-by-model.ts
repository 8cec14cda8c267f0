import { draftOf } from "./draft";
import { Figures } from "./figures";
import { featureName, modelName, SegmentNames } from "./names";
import type { Analysis, QualityResult } from "./results";

const MOST_SEGMENTS = 150;

/**
 * Judged quality (0–1) of each model on each feature, where the log has labels; else unknown.
 * Keys (segment null): `labelled_calls`. Keys per segment (`feature · provider/model`): `quality`, `labelled_calls`, `calls`.
 */
export const qualityByModel: Analysis<Record<string, never>, QualityResult> = async (
  source,
  scope,
  _params,
  signal,
) => {
  const answer = await source.modelProfiles(scope, signal);
  const names = new SegmentNames();
  const models = [...answer.rows]
    .sort((a, b) => b.labelledCalls - a.labelledCalls || b.calls - a.calls)
    .map((row) => ({
      name: names.name(`${featureName(row.feature)} · ${modelName(row.provider, row.model)}`, ""),
      feature: row.feature,
      provider: row.provider,
      model: row.model,
      calls: row.calls,
      labelledCalls: row.labelledCalls,
      quality: row.meanQuality === null ? null : qualityText(row.meanQuality),
    }));
  const labelledCalls = models.reduce((sum, model) => sum + model.labelledCalls, 0);
  const figures = new Figures();
  figures.add(null, "labelled_calls", "calls with a quality label", "calls", labelledCalls);
  for (const model of models.slice(0, MOST_SEGMENTS)) {
    figures.add(
      model.name,
      "quality",
      "mean quality label (0–1)",
      "ratio",
      model.quality,
      model.quality === null ? "no quality labels: unknown" : undefined,
    );
    figures.add(
      model.name,
      "labelled_calls",
      "calls with a quality label",
      "calls",
      model.labelledCalls,
    );
    figures.add(model.name, "calls", "calls", "calls", model.calls);
  }
  return {
    result: { labelledCalls, models },
    draft: draftOf(scope, {
      tool: "quality-by-model",
      what: "Mean quality label of each model on each feature",
      ground: "measured",
      formula: "mean of the labels of successful calls",
      answers: [answer],
      segmentLabel: "feature and model",
      figures,
    }),
  };
};

/** Four decimals: a mean of judged labels carries no more. */
export function qualityText(mean: number): string {
  return mean.toFixed(4).replace(/\.?0+$/, "");
}
