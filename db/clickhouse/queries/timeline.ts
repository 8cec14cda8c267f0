import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { measureColumns, measureShape, measuresOf } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

const HOUR_MS = 3_600_000;
const grainMs = { day: 24 * HOUR_MS, hour: HOUR_MS };

const row = z
  .object({ at: z.coerce.number(), ...measureShape })
  .transform(({ at, ...measures }) => ({ at, ...measuresOf(measures) }));

/** Measures per UTC day or hour that has calls, in order of time. */
export function timeline(
  clickhouse: ClickHouse,
  scope: Scope,
  { grain }: { grain: "day" | "hour" },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const sql = `SELECT intDiv(toUnixTimestamp64Milli(time), {grain:Int64}) * {grain:Int64} AS at,
  ${measureColumns}
FROM ${calls.sql}
GROUP BY at
ORDER BY at`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    {
      name: `timeline by ${grain}`,
      sql,
      parameters: { ...calls.parameters, grain: grainMs[grain] },
    },
    row,
    options,
  );
}
