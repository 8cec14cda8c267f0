import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, measure, speedColumns, speedOf, speedShape } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

const row = z
  .object({
    feature_name: z.string(),
    provider_name: z.string(),
    model_name: z.string(),
    calls: count,
    labelled_calls: count,
    mean_quality: measure,
    quality_error: measure,
    ...speedShape,
  })
  .transform((found) => ({
    feature: found.feature_name,
    provider: found.provider_name,
    model: found.model_name,
    calls: found.calls,
    ...speedOf(found),
    labelledCalls: found.labelled_calls,
    meanQuality: found.labelled_calls === 0 ? null : found.mean_quality,
    qualityError: found.labelled_calls < 2 ? null : found.quality_error,
  }));

/** Measured speed and judged quality of each model on each feature, over all calls of the scope. */
export function modelProfiles(clickhouse: ClickHouse, scope: Scope, options: CallOptions = {}) {
  const calls = callsIn(scope);
  const sql = `SELECT toString(feature) AS feature_name,
  toString(provider) AS provider_name,
  toString(model) AS model_name,
  count() AS calls,
  ${speedColumns},
  countIf(status = 'ok' AND quality IS NOT NULL) AS labelled_calls,
  avgIf(quality, status = 'ok') AS mean_quality,
  stddevSampIf(quality, status = 'ok') / sqrt(labelled_calls) AS quality_error
FROM ${calls.sql}
GROUP BY feature_name, provider_name, model_name
ORDER BY feature_name, provider_name, model_name`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "model-profiles", sql, parameters: calls.parameters },
    row,
    options,
  );
}
