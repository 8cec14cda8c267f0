import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

const levels = z.tuple([z.coerce.number(), z.coerce.number()]);

const row = z
  .object({
    provider_name: z.string(),
    model_name: z.string(),
    minutes: count,
    active: count,
    calls: count,
    all_tokens: count,
    requests: levels,
    peak_requests: count,
    tokens: levels,
    peak_tokens: count,
    peak_at: z.coerce.number(),
  })
  .transform((found) => ({
    provider: found.provider_name,
    model: found.model_name,
    minutes: found.minutes,
    activeMinutes: found.active,
    calls: found.calls,
    tokens: found.all_tokens,
    requestsPerMinute: {
      p50: found.requests[0],
      p99: found.requests[1],
      peak: found.peak_requests,
    },
    tokensPerMinute: { p50: found.tokens[0], p99: found.tokens[1], peak: found.peak_tokens },
    peakAt: found.peak_at,
  }));

/** The percentile of a sorted array before which `minutes - active` zeros stand, with linear interpolation. */
const percentiles = (sorted: string) => {
  const at = (rank: string) =>
    `if(${rank} < minutes - active, 0, arrayElement(${sorted}, greatest(1, toInt64(${rank}) - toInt64(minutes - active) + 1)))`;
  return `arrayMap(rank -> ${at("floor(rank)")} + (${at("ceil(rank)")} - ${at("floor(rank)")}) * (rank - floor(rank)), [0.5 * (minutes - 1), 0.99 * (minutes - 1)])`;
};

/** Requests and tokens per minute of each model, over all minutes from its first to its last call. */
export function rates(clickhouse: ClickHouse, scope: Scope, options: CallOptions = {}) {
  const calls = callsIn(scope);
  const sql = `WITH by_minute AS (
  SELECT toString(provider) AS provider_name,
    toString(model) AS model_name,
    intDiv(toUnixTimestamp64Milli(time), 60000) AS minute,
    count() AS minute_requests,
    sum(input_tokens + output_tokens) AS minute_tokens
  FROM ${calls.sql}
  GROUP BY provider_name, model_name, minute
)
SELECT provider_name,
  model_name,
  max(minute) - min(minute) + 1 AS minutes,
  count() AS active,
  sum(minute_requests) AS calls,
  sum(minute_tokens) AS all_tokens,
  ${percentiles("arraySort(groupArray(minute_requests))")} AS requests,
  max(minute_requests) AS peak_requests,
  ${percentiles("arraySort(groupArray(minute_tokens))")} AS tokens,
  max(minute_tokens) AS peak_tokens,
  argMin(minute, (-toInt64(minute_tokens), minute)) * 60000 AS peak_at
FROM by_minute
GROUP BY provider_name, model_name
ORDER BY calls DESC, provider_name, model_name
LIMIT 200`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "rates", sql, parameters: calls.parameters },
    row,
    options,
  );
}
