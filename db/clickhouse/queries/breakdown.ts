import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, flag, measureColumns, measureShape, measuresOf } from "../rows";
import { callsIn, type Dimension, type Scope } from "../scope";
import { ask } from "./ask";

/** How a dimension reads off a call; the only place where a dimension becomes SQL. */
export const segmentExpressions: Record<Dimension, string> = {
  model: "if(provider = '' OR model = '', model, concat(provider, '/', model))",
  provider: "toString(provider)",
  feature: "toString(feature)",
  user: "user",
  status: "toString(status)",
  day: "formatDateTime(time, '%Y-%m-%d', 'UTC')",
  hour: "formatDateTime(time, '%Y-%m-%d %H:00', 'UTC')",
};

const row = z
  .object({ segment: z.string(), others: flag, segments: count, ...measureShape })
  .transform(({ segment, others, segments, ...measures }) => ({
    segment,
    others,
    segments,
    ...measuresOf(measures),
  }));

/** By what segments lead; equal ones by cost, then calls, then name. */
const rankExpressions = {
  cost: "sum(cost_usd) DESC NULLS LAST",
  calls: "count() DESC",
  input_tokens: "sum(input_tokens) DESC",
  errors: "countIf(status = 'error') DESC",
  p95_latency:
    "quantileExactInclusiveIf(0.95)(assumeNotNull(latency_ms), status = 'ok' AND latency_ms IS NOT NULL) DESC NULLS LAST",
};

/** The leading segments of a dimension, by cost unless told otherwise, and one row for all others. */
export function breakdown(
  clickhouse: ClickHouse,
  scope: Scope,
  {
    by,
    limit,
    rank = "cost",
  }: { by: Dimension; limit: number; rank?: keyof typeof rankExpressions },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const segment = segmentExpressions[by];
  const leading = `${rankExpressions[rank]}, sum(cost_usd) DESC NULLS LAST, count() DESC`;
  const order = by === "day" || by === "hour" ? "others, segment" : `others, ${leading}, segment`;
  const sql = `WITH leading AS (
  SELECT ${segment} AS name
  FROM ${calls.sql}
  GROUP BY name
  ORDER BY ${leading}, name
  LIMIT {limit:UInt32}
)
SELECT name NOT IN (SELECT name FROM leading) AS others,
  if(others, '', name) AS segment,
  uniqExact(name) AS segments,
  ${measureColumns}
FROM (SELECT *, ${segment} AS name FROM ${calls.sql})
GROUP BY others, segment
ORDER BY ${order}`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: `breakdown by ${by}`, sql, parameters: { ...calls.parameters, limit } },
    row,
    options,
  );
}
