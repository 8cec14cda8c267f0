import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { measureColumns, measureShape, measuresOf } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

const row = z.object(measureShape).transform(measuresOf);

/** Everything counted over the scope; one row, also when there are no calls. */
export function totals(clickhouse: ClickHouse, scope: Scope, options: CallOptions = {}) {
  const calls = callsIn(scope);
  const sql = `SELECT ${measureColumns}\nFROM ${calls.sql}`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "totals", sql, parameters: calls.parameters },
    row,
    options,
  );
}
