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

/** The segments of a dimension with the highest cost (then most calls), and one row for all others. */
export function breakdown(
  clickhouse: ClickHouse,
  scope: Scope,
  { by, limit }: { by: Dimension; limit: number },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const segment = segmentExpressions[by];
  const order =
    by === "day" || by === "hour"
      ? "others, segment"
      : "others, sum(cost_usd) DESC NULLS LAST, calls DESC, segment";
  const sql = `WITH leading AS (
  SELECT ${segment} AS name
  FROM ${calls.sql}
  GROUP BY name
  ORDER BY sum(cost_usd) DESC NULLS LAST, count() DESC, name
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
