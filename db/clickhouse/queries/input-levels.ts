import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

const row = z
  .object({
    feature_name: z.string(),
    calls: count,
    levels: z.tuple([z.coerce.number(), z.coerce.number()]),
    longest: count,
  })
  .transform((found) => ({
    feature: found.feature_name,
    calls: found.calls,
    p50: exact(found.levels[0]),
    p90: exact(found.levels[1]),
    longest: found.longest,
  }));

/** Between two whole numbers of tokens, in tenths; the engine's floating point leaves a rest behind. */
function exact(level: number): number {
  return Math.round(level * 1e6) / 1e6;
}

/** How long each feature's prompts are, over successful calls: percentiles of the input tokens. */
export function inputLevels(clickhouse: ClickHouse, scope: Scope, options: CallOptions = {}) {
  const calls = callsIn(scope);
  const sql = `SELECT toString(feature) AS feature_name,
  count() AS calls,
  quantilesExactInclusive(0.5, 0.9)(input_tokens) AS levels,
  max(input_tokens) AS longest
FROM ${calls.sql} AND status = 'ok'
GROUP BY feature_name
ORDER BY calls DESC, feature_name
LIMIT 1000`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "input-levels", sql, parameters: calls.parameters },
    row,
    options,
  );
}
