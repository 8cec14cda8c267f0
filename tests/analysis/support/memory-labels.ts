import type { Call } from "../../../db/clickhouse/call";
import { modelLabels, pairLabels } from "../../../party/analysis/quality-labels";
import type { LabelPairRow, ModelLabelRow } from "../../../party/analysis/source";
import { pairMomentsOf } from "../../../party/analysis/statistics/ratio";
import { groupBy } from "./group-by";

interface Priced extends Call {
  cost: bigint | null;
}

type Judged = Priced & { quality: number };

function judgedCalls(calls: readonly Priced[]): Judged[] {
  return calls.filter((call): call is Judged => call.status === "ok" && call.quality !== null);
}

/** The plain reading of `modelLabels`. */
export function labelsByModel(calls: readonly Priced[]): ModelLabelRow[] {
  const groups = groupBy(judgedCalls(calls), ({ feature, provider, model }) =>
    JSON.stringify([feature, provider, model]),
  );
  return [...groups].map(([key, own]) => {
    const [feature, provider, model] = JSON.parse(key);
    const { labels, right } = modelLabels(own.map(({ quality }) => quality));
    const cost = pairMomentsOf(
      own.flatMap(({ cost, quality }) =>
        cost === null ? [] : [{ above: Number(cost) / 1e12, below: quality }],
      ),
    );
    return {
      feature,
      provider,
      model,
      labels,
      right: right ?? own.filter(({ quality }) => quality === 1).length,
      binary: right !== null,
      cost: {
        n: cost.n,
        mean: cost.meanAbove,
        variance: cost.varianceAbove,
        meanLabel: cost.meanBelow,
        varianceLabel: cost.varianceBelow,
        covariance: cost.covariance,
      },
    };
  });
}

/** The plain reading of `labelPairs`. */
export function pairsOfModels(calls: readonly Priced[]): LabelPairRow[] {
  const prompts = groupBy(
    judgedCalls(calls).filter(({ promptHash }) => promptHash !== ""),
    ({ feature, promptHash }) => JSON.stringify([feature, promptHash]),
  );
  const pairs = new Map<string, Array<{ current: number; candidate: number }>>();
  for (const [prompt, own] of prompts) {
    const [feature] = JSON.parse(prompt);
    const models = [
      ...groupBy(own, ({ provider, model }) => JSON.stringify([provider, model])),
    ].map(([model, answers]) => ({
      model: JSON.parse(model) as [string, string],
      label: answers.reduce((sum, { quality }) => sum + quality, 0) / answers.length,
    }));
    for (const first of models) {
      for (const second of models) {
        const order = first.model[0] === second.model[0] ? 1 : 0;
        if ((first.model[order] ?? "") >= (second.model[order] ?? "")) continue;
        const key = JSON.stringify([feature, first.model, second.model]);
        pairs.set(key, [
          ...(pairs.get(key) ?? []),
          { current: first.label, candidate: second.label },
        ]);
      }
    }
  }
  return [...pairs].map(([key, items]) => {
    const [feature, [firstProvider, firstModel], [secondProvider, secondModel]] = JSON.parse(key);
    const { current, candidate, difference, outcomes } = pairLabels(items);
    const count = (holds: (first: number, second: number) => boolean) =>
      items.filter((item) => holds(item.current, item.candidate)).length;
    return {
      feature,
      first: { provider: firstProvider, model: firstModel, labels: current },
      second: { provider: secondProvider, model: secondModel, labels: candidate },
      difference,
      binary: outcomes !== null,
      bothRight: count((first, second) => first === 1 && second === 1),
      onlyFirst: count((first, second) => first === 1 && second < 1),
      onlySecond: count((first, second) => first < 1 && second === 1),
      neither: count((first, second) => first < 1 && second < 1),
    };
  });
}
