import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, money, noneIsZero } from "../rows";
import { type Condition, callsIn, type Scope } from "../scope";
import { ask } from "./ask";

/**
 * The calls of a scope with `is_repeat` and `gap_ms`: whether a successful call with the same
 * provider, model and prompt hash came before it in the same dataset, and how long before.
 * Datasets are kept apart: the same log imported twice is no repeat.
 */
export function callsWithRepeats(calls: Condition, columns: string): string {
  return `SELECT ${columns},
    prompt_hash != '' AS hashed,
    status = 'ok' AND hashed AND row_number() OVER same > 1 AS is_repeat,
    toUnixTimestamp64Milli(time) - lagInFrame(toUnixTimestamp64Milli(time)) OVER same AS gap_ms
  FROM ${calls.sql}
  WINDOW same AS (
    PARTITION BY dataset_id, status, provider, model, prompt_hash, if(prompt_hash = '', id, '')
    ORDER BY time, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
}

/** Exact repeats per feature, and those of them within each of the given lifetimes. */
export function duplicates(
  clickhouse: ClickHouse,
  scope: Scope,
  { withinSeconds }: { withinSeconds: readonly number[] },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const parameters = { ...calls.parameters };
  const within = withinSeconds.map((seconds, index) => {
    parameters[`within_${index}`] = seconds * 1000;
    const condition = `is_repeat AND gap_ms <= {within_${index}:Int64}`;
    return `[toString(countIf(${condition})), toString(ifNull(sumIf(cost_usd, ${condition}), 0)), toString(countIf(${condition} AND cost_usd IS NOT NULL))]`;
  });
  const sql = `SELECT toString(feature) AS feature_name,
  countIf(status = 'ok') AS calls,
  countIf(status = 'ok' AND hashed) AS hashed_calls,
  toString(sum(cost_usd)) AS cost,
  countIf(is_repeat) AS repeats,
  toString(sumIf(cost_usd, is_repeat)) AS repeat_cost,
  countIf(is_repeat AND cost_usd IS NULL) AS unpriced_repeats,
  CAST([${within.join(", ")}], 'Array(Array(String))') AS within
FROM (
  ${callsWithRepeats(calls, "feature, status, cost_usd")}
)
GROUP BY feature_name
ORDER BY sumIf(cost_usd, is_repeat) DESC NULLS LAST, repeats DESC, feature_name`;

  const row = z
    .object({
      feature_name: z.string(),
      calls: count,
      hashed_calls: count,
      cost: money,
      repeats: count,
      repeat_cost: money,
      unpriced_repeats: count,
      within: z.array(z.tuple([count, money, count])),
    })
    .transform((found) => ({
      feature: found.feature_name,
      calls: found.calls,
      hashedCalls: found.hashed_calls,
      costUsd: found.cost,
      repeats: found.repeats,
      repeatCostUsd: noneIsZero(found.repeat_cost, found.repeats),
      unpricedRepeats: found.unpriced_repeats,
      within: found.within.map(([repeats, cost, priced], index) => ({
        seconds: withinSeconds[index] ?? 0,
        repeats,
        costUsd: repeats > 0 && priced === 0 ? null : cost,
      })),
    }));
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "duplicates", sql, parameters },
    row,
    options,
  );
}
