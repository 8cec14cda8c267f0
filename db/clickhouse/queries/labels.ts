import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, flag } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

const mean = z.coerce.number();
/** The sample variance of one value is no number in ClickHouse; here it is 0, as in the domain. */
const variance = z.coerce
  .number()
  .nullable()
  .transform((value) => value ?? 0);

const modelLabelRow = z
  .object({
    feature_name: z.string(),
    provider_name: z.string(),
    model_name: z.string(),
    labelled: count,
    mean_label: mean,
    variance_label: variance,
    right: count,
    binary: flag,
    priced: count,
    mean_cost: mean.nullable(),
    variance_cost: variance,
    mean_priced_label: mean.nullable(),
    variance_priced_label: variance,
    covariance: variance,
  })
  .transform((row) => ({
    feature: row.feature_name,
    provider: row.provider_name,
    model: row.model_name,
    labels: { n: row.labelled, mean: row.mean_label, variance: row.variance_label },
    right: row.right,
    binary: row.binary,
    cost: {
      n: row.priced,
      mean: row.mean_cost ?? 0,
      variance: row.variance_cost,
      meanLabel: row.mean_priced_label ?? 0,
      varianceLabel: row.variance_priced_label,
      covariance: row.covariance,
    },
  }));

/** Quality labels and the cost of the labelled calls, per feature and model. */
export function modelLabels(clickhouse: ClickHouse, scope: Scope, options: CallOptions = {}) {
  const calls = callsIn(scope);
  const sql = `SELECT toString(feature) AS feature_name,
  toString(provider) AS provider_name,
  toString(model) AS model_name,
  count() AS labelled,
  avg(label) AS mean_label,
  if(labelled < 2, NULL, varSampStable(label)) AS variance_label,
  countIf(label = 1) AS right,
  countIf(label NOT IN (0, 1)) = 0 AS binary,
  countIf(cost IS NOT NULL) AS priced,
  if(priced = 0, NULL, avgIf(assumeNotNull(cost), cost IS NOT NULL)) AS mean_cost,
  if(priced < 2, NULL, varSampStableIf(assumeNotNull(cost), cost IS NOT NULL)) AS variance_cost,
  if(priced = 0, NULL, avgIf(label, cost IS NOT NULL)) AS mean_priced_label,
  if(priced < 2, NULL, varSampStableIf(label, cost IS NOT NULL)) AS variance_priced_label,
  if(priced < 2, NULL, covarSampStableIf(assumeNotNull(cost), label, cost IS NOT NULL)) AS covariance
FROM (
  SELECT *, assumeNotNull(quality) AS label, toFloat64(cost_usd) AS cost
  FROM ${calls.sql} AND status = 'ok' AND quality IS NOT NULL
)
GROUP BY feature_name, provider_name, model_name
ORDER BY feature_name, provider_name, model_name`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "model-labels", sql, parameters: calls.parameters },
    modelLabelRow,
    options,
  );
}

const labelPairRow = z
  .object({
    feature_name: z.string(),
    first_provider: z.string(),
    first_model: z.string(),
    second_provider: z.string(),
    second_model: z.string(),
    pairs: count,
    first_mean: mean,
    first_variance: variance,
    second_mean: mean,
    second_variance: variance,
    difference_mean: mean,
    difference_variance: variance,
    binary: flag,
    both_right: count,
    only_first: count,
    only_second: count,
    neither: count,
  })
  .transform((row) => ({
    feature: row.feature_name,
    first: {
      provider: row.first_provider,
      model: row.first_model,
      labels: { n: row.pairs, mean: row.first_mean, variance: row.first_variance },
    },
    second: {
      provider: row.second_provider,
      model: row.second_model,
      labels: { n: row.pairs, mean: row.second_mean, variance: row.second_variance },
    },
    difference: { n: row.pairs, mean: row.difference_mean, variance: row.difference_variance },
    binary: row.binary,
    bothRight: row.both_right,
    onlyFirst: row.only_first,
    onlySecond: row.only_second,
    neither: row.neither,
  }));

/** Labels of each two models on the prompts of a feature that both answered. */
export function labelPairs(clickhouse: ClickHouse, scope: Scope, options: CallOptions = {}) {
  const calls = callsIn(scope);
  const sql = `WITH judged AS (
  SELECT toString(feature) AS feature_name,
    prompt_hash,
    toString(provider) AS provider_name,
    toString(model) AS model_name,
    avg(assumeNotNull(quality)) AS label
  FROM ${calls.sql} AND status = 'ok' AND quality IS NOT NULL AND prompt_hash != ''
  GROUP BY feature_name, prompt_hash, provider_name, model_name
)
SELECT a.feature_name AS feature_name,
  a.provider_name AS first_provider,
  a.model_name AS first_model,
  b.provider_name AS second_provider,
  b.model_name AS second_model,
  count() AS pairs,
  avg(a.label) AS first_mean,
  if(pairs < 2, NULL, varSampStable(a.label)) AS first_variance,
  avg(b.label) AS second_mean,
  if(pairs < 2, NULL, varSampStable(b.label)) AS second_variance,
  avg(b.label - a.label) AS difference_mean,
  if(pairs < 2, NULL, varSampStable(b.label - a.label)) AS difference_variance,
  countIf(a.label NOT IN (0, 1) OR b.label NOT IN (0, 1)) = 0 AS binary,
  countIf(a.label = 1 AND b.label = 1) AS both_right,
  countIf(a.label = 1 AND b.label < 1) AS only_first,
  countIf(a.label < 1 AND b.label = 1) AS only_second,
  countIf(a.label < 1 AND b.label < 1) AS neither
FROM judged AS a
INNER JOIN judged AS b ON a.feature_name = b.feature_name AND a.prompt_hash = b.prompt_hash
WHERE (a.provider_name, a.model_name) < (b.provider_name, b.model_name)
GROUP BY feature_name, first_provider, first_model, second_provider, second_model
ORDER BY feature_name, first_provider, first_model, second_provider, second_model`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "label-pairs", sql, parameters: calls.parameters },
    labelPairRow,
    options,
  );
}
