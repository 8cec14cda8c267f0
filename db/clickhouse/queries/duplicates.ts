import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, money, noneIsZero } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";
import { type CacheLifetime, type LivesFrom, repeatedCalls } from "./repeats";

/** Exact repeats per feature, and those of them that a cache with each of the given lifetimes would have served. */
export function duplicates(
  clickhouse: ClickHouse,
  scope: Scope,
  question: { livesFrom: LivesFrom; lifetimes: readonly CacheLifetime[] },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const repeats = repeatedCalls(calls, "(ifNull(cost_usd, 0), cost_usd IS NOT NULL)", question);
  /** Number, cost and number of the priced among all calls but those in `paid`. */
  const allBut = (paid: string) => {
    const without = (of: (calls: string) => string) => `sum(${of("uses")} - ${of(paid)})`;
    return {
      calls: without((uses) => `length(${uses})`),
      cost: without((uses) => `arraySum(use -> use.2.1, ${uses})`),
      priced: without((uses) => `arraySum(use -> use.2.2, ${uses})`),
    };
  };
  const repeated = allBut("[uses[1]]");
  const served = question.lifetimes.map((_, index) => {
    const { calls, cost, priced } = allBut(`paid_${index}`);
    return `[toString(${calls}), toString(${cost}), toString(${priced})]`;
  });
  const sql = `SELECT feature_name, calls, hashed_calls, cost, repeats, toString(repeats_cost) AS repeat_cost, unpriced_repeats,
  if(empty(served), arrayWithConstant(${question.lifetimes.length}, ['0', '0', '0']), served) AS served
FROM (
  SELECT toString(feature) AS feature_name,
    countIf(status = 'ok') AS calls,
    countIf(status = 'ok' AND prompt_hash != '') AS hashed_calls,
    toString(sum(cost_usd)) AS cost
  FROM ${calls.sql}
  GROUP BY feature_name
) AS everything
LEFT JOIN (
  SELECT own_feature AS feature_name,
    ${repeated.calls} AS repeats,
    if(${repeated.priced} = 0, NULL, ${repeated.cost}) AS repeats_cost,
    repeats - ${repeated.priced} AS unpriced_repeats,
    CAST([${served.join(", ")}], 'Array(Array(String))') AS served
  FROM (
    ${repeats.sql}
  )
  GROUP BY feature_name
) AS repeated USING (feature_name)
ORDER BY repeats_cost DESC NULLS LAST, repeats DESC, feature_name`;

  const row = z
    .object({
      feature_name: z.string(),
      calls: count,
      hashed_calls: count,
      cost: money,
      repeats: count,
      repeat_cost: money,
      unpriced_repeats: count,
      served: z.array(z.tuple([count, money, count])),
    })
    .transform((found) => ({
      feature: found.feature_name,
      calls: found.calls,
      hashedCalls: found.hashed_calls,
      costUsd: found.cost,
      repeats: found.repeats,
      repeatCostUsd: noneIsZero(found.repeat_cost, found.repeats),
      unpricedRepeats: found.unpriced_repeats,
      served: found.served.map(([repeats, cost, priced]) => ({
        repeats,
        costUsd: repeats > 0 && priced === 0 ? null : cost,
      })),
    }));
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "duplicates", sql, parameters: repeats.parameters },
    row,
    options,
  );
}
