import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, money, noneIsZero } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

const row = z
  .object({
    feature_name: z.string(),
    code: z.string(),
    calls: count,
    errors: count,
    retries: count,
    error_cost: money,
    retried_errors: count,
    retried_error_cost: money,
    late_errors: count,
    late_error_cost: money,
    unpriced_errors: count,
    cost: money,
  })
  .transform((found) => ({
    feature: found.feature_name,
    errorCode: found.code,
    calls: found.calls,
    errors: found.errors,
    retries: found.retries,
    errorCostUsd: noneIsZero(found.error_cost, found.errors),
    retriedErrorCostUsd: noneIsZero(found.retried_error_cost, found.retried_errors),
    lateErrorCostUsd: noneIsZero(found.late_error_cost, found.late_errors),
    unpricedErrors: found.unpriced_errors,
    costUsd: found.cost,
  }));

/** Failed calls and repeated attempts per feature and error code; successful calls have an empty code. */
export function errors(clickhouse: ClickHouse, scope: Scope, options: CallOptions = {}) {
  const calls = callsIn(scope);
  const sql = `SELECT toString(feature) AS feature_name,
  if(status = 'error', toString(error_code), '') AS code,
  count() AS calls,
  countIf(status = 'error') AS errors,
  countIf(retry > 0) AS retries,
  toString(sumIf(cost_usd, status = 'error')) AS error_cost,
  countIf(status = 'error' AND retry > 0) AS retried_errors,
  toString(sumIf(cost_usd, status = 'error' AND retry > 0)) AS retried_error_cost,
  countIf(status = 'error' AND retry > 1) AS late_errors,
  toString(sumIf(cost_usd, status = 'error' AND retry > 1)) AS late_error_cost,
  countIf(status = 'error' AND cost_usd IS NULL) AS unpriced_errors,
  toString(sum(cost_usd)) AS cost
FROM ${calls.sql}
GROUP BY feature_name, code, status
ORDER BY errors DESC, feature_name, code`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "errors", sql, parameters: calls.parameters },
    row,
    options,
  );
}
