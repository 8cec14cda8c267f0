import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { measureColumns, measureShape, measuresOf } from "../rows";
import { callsIn, type Dimension, type Scope } from "../scope";
import { ask } from "./ask";
import { segmentExpressions } from "./breakdown";

/** Unix ms, `from` inclusive, `to` exclusive. */
interface Period {
  from: number;
  to: number;
}

const row = z
  .object({ period: z.enum(["current", "previous"]), segment: z.string(), ...measureShape })
  .transform(({ period, segment, ...measures }) => ({ period, segment, ...measuresOf(measures) }));

/** The same measures over two periods side by side, by a dimension or as a whole. */
export function periods(
  clickhouse: ClickHouse,
  scope: Scope,
  question: { current: Period; previous: Period; by: Dimension | null },
  options: CallOptions = {},
) {
  const { current, previous, by } = question;
  // The scope's own bounds hold besides, so that a period cannot reach out of it.
  const calls = callsIn(scope);
  const within = (name: string) =>
    `(time >= fromUnixTimestamp64Milli({${name}_from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({${name}_to:Int64}, 'UTC'))`;
  const sql = `SELECT if(${within("current")}, 'current', 'previous') AS period,
  ${by ? segmentExpressions[by] : "''"} AS segment,
  ${measureColumns}
FROM ${calls.sql} AND (${within("current")} OR ${within("previous")})
GROUP BY period, segment
ORDER BY period, sum(cost_usd) DESC NULLS LAST, calls DESC, segment`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    {
      name: `periods by ${by ?? "nothing"}`,
      sql,
      parameters: {
        ...calls.parameters,
        current_from: current.from,
        current_to: current.to,
        previous_from: previous.from,
        previous_to: previous.to,
      },
    },
    row,
    options,
  );
}
