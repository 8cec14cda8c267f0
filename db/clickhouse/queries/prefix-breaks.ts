import { z } from "zod";
import { formatUsd } from "../../prices";
import type { CallOptions, ClickHouse } from "../client";
import { count } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";
import { prefixRuns, tokensServed } from "./prefix-replay";
import { numberedPrefixes, prefixSource } from "./prefix-reuse";

const row = z
  .object({
    provider_name: z.string(),
    model_name: z.string(),
    block: z.string(),
    place: count,
    calls: count,
    continuations: count,
    shared_tokens: count,
    lost_tokens: count,
    priced_calls: count,
    lost: z.string().regex(/^-?\d+$/),
    feature_name: z.string(),
  })
  .transform((found) => ({
    provider: found.provider_name,
    model: found.model_name,
    feature: found.feature_name,
    block: found.block,
    place: found.place,
    calls: found.calls,
    continuations: found.continuations,
    sharedTokens: found.shared_tokens,
    lostTokens: found.lost_tokens,
    lostUsd: found.priced_calls === 0 ? null : formatUsd(BigInt(found.lost)),
  }));

/**
 * Where prompts that began alike part: the last block that a call shares with an earlier call of its
 * dataset, provider and model (place 0: not even the first), with the calls that part behind it, the different
 * blocks with which they go on, and their tokens behind it. `lost`: what those tokens cost above cached
 * reads, the most that moving the difference to the prompt's end could save. The dearest first.
 */
export function prefixBreaks(
  clickhouse: ClickHouse,
  scope: Scope,
  { leastCalls, limit }: { leastCalls: number; limit: number },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const lostUsd =
    "sum(toInt128(input_tokens - shared) * (toInt128(ifNull(price_input, 0)) - toInt128(coalesce(price_cache_read, price_input, 0))))";
  const sql = `SELECT toString(provider) AS provider_name, toString(model) AS model_name,
  if(run = 0, '', toString(prefix_blocks[run])) AS block, run AS place,
  min(toString(feature)) AS feature_name,
  count() AS calls,
  uniqExact(prefix_blocks[run + 1]) AS continuations,
  sum(shared) AS shared_tokens,
  sum(input_tokens - shared) AS lost_tokens,
  countIf(price_input IS NOT NULL AND price_cache_read IS NOT NULL) AS priced_calls,
  toString(${lostUsd}) AS lost
FROM (
  SELECT *, runs[1] AS run, ${tokensServed("run")} AS shared
  FROM (${numberedPrefixes(calls)}) AS calls
  LEFT JOIN (
  ${prefixRuns(prefixSource(calls), [{ keptBit: null, lifetimeMs: null }])}
  ) AS replayed USING (number)
)
WHERE run < length(prefix_blocks)
GROUP BY provider_name, model_name, dataset_id, block, place
HAVING calls >= {least_calls:UInt64} AND continuations > 1
ORDER BY ${lostUsd} DESC, lost_tokens DESC, provider_name, model_name, block, place, dataset_id
LIMIT {most:UInt64}`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    {
      name: "prefix-breaks",
      sql,
      parameters: { ...calls.parameters, least_calls: leastCalls, most: limit },
    },
    row,
    options,
  );
}
