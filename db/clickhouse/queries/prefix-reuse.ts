import { z } from "zod";
import { formatUsd } from "../../prices";
import type { CallOptions, ClickHouse } from "../client";
import { count } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

/** Whole pico-dollars as text; null when no call could be priced. */
const pico = z
  .string()
  .regex(/^-?\d+$/)
  .transform((text) => formatUsd(BigInt(text)))
  .nullable();

const row = z
  .object({
    provider_name: z.string(),
    model_name: z.string(),
    calls: count,
    input_tokens_sum: count,
    limited_tokens: count,
    unlimited_tokens: count,
    cache_read_tokens_sum: count,
    input_cost: pico,
    priced_calls: count,
    write_fee_calls: count,
    saving: pico,
    saving_low: pico,
    saving_high: pico,
  })
  .transform((found) => {
    const isPriced = found.priced_calls > 0;
    return {
      provider: found.provider_name,
      model: found.model_name,
      calls: found.calls,
      inputTokens: found.input_tokens_sum,
      hitTokens: found.limited_tokens,
      unlimitedHitTokens: found.unlimited_tokens,
      cacheReadTokens: found.cache_read_tokens_sum,
      inputCostUsd: isPriced ? found.input_cost : null,
      pricedCalls: found.priced_calls,
      writeFeeCalls: found.write_fee_calls,
      savingUsd: isPriced ? found.saving : null,
      savingLowUsd: isPriced ? found.saving_low : null,
      savingHighUsd: isPriced ? found.saving_high : null,
    };
  });

/**
 * Replays the scope's successful calls in order of time against a prefix cache per dataset, provider
 * and model. A block hits when the same block at the same place was used before, at most
 * `lifetimeSeconds` earlier (or ever, for the unlimited figures); a call's hits are the blocks from
 * its start to the first miss, at most its input tokens (its last block may be partly filled).
 *
 * Saving of a call, in pico-dollars:
 *   logged    = (in − read − write)·p_in + read·p_read + write·(p_write or p_in)
 *   simulated = max(hit, read)·p_read + (in − max(hit, read))·(p_write or p_in)
 * that is, with everything not read being written. The low figure counts only prompts and hits of at
 * least `minimumTokens`; the high one lets entries live for ever.
 */
export function prefixReuse(
  clickhouse: ClickHouse,
  scope: Scope,
  question: { lifetimeSeconds: number; minimumTokens: number },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  // Calls are numbered first, so that the row per block that is sorted below is five small integers.
  const sql = `WITH numbered AS (
  SELECT row_number() OVER (ORDER BY time, id, dataset_id) AS number,
    dense_rank() OVER (ORDER BY dataset_id, provider, model) AS cache,
    toUnixTimestamp64Milli(time) AS at_ms, provider, model,
    input_tokens, cache_read_tokens, cache_write_tokens,
    price_input, price_cache_read, price_cache_write, block_tokens, prefix_blocks
  FROM ${calls.sql} AND status = 'ok' AND notEmpty(prefix_blocks)
),
misses AS (
  SELECT number,
    min(if(previous_ms >= at_ms - {lifetime_ms:Int64}, 4294967295, position)) AS limited_miss,
    min(if(previous_ms > -9000000000000000, 4294967295, position)) AS unlimited_miss
  FROM (
    SELECT number, at_ms, position,
      lagInFrame(at_ms, 1, toInt64(-9000000000000000)) OVER (
        PARTITION BY block, position, cache ORDER BY number
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS previous_ms
    FROM (SELECT number, cache, at_ms, prefix_blocks FROM numbered)
    ARRAY JOIN prefix_blocks AS block, arrayEnumerate(prefix_blocks) AS position
  )
  GROUP BY number
),
replayed AS (
  SELECT *,
    least(input_tokens, block_tokens * least(length(prefix_blocks), toUInt64(limited_miss - 1))) AS limited,
    least(input_tokens, block_tokens * least(length(prefix_blocks), toUInt64(unlimited_miss - 1))) AS unlimited,
    price_input IS NOT NULL AND price_cache_read IS NOT NULL AS is_priced,
    toInt128(ifNull(price_input, 0)) AS p_in,
    toInt128(ifNull(price_cache_read, 0)) AS p_read,
    toInt128(coalesce(price_cache_write, price_input, 0)) AS p_write,
    (toInt128(input_tokens) - cache_read_tokens - cache_write_tokens) * p_in
      + cache_read_tokens * p_read + cache_write_tokens * p_write AS logged,
    ${simulated("limited")} AS simulated,
    if(input_tokens < {minimum:UInt64}, logged, ${simulated("if(limited >= {minimum:UInt64}, limited, toUInt64(0))")}) AS simulated_low,
    ${simulated("unlimited")} AS simulated_high
  FROM numbered INNER JOIN misses USING (number)
)
SELECT toString(provider) AS provider_name,
  toString(model) AS model_name,
  count() AS calls,
  sum(input_tokens) AS input_tokens_sum,
  sum(limited) AS limited_tokens,
  sum(unlimited) AS unlimited_tokens,
  sum(cache_read_tokens) AS cache_read_tokens_sum,
  countIf(is_priced) AS priced_calls,
  countIf(is_priced AND price_cache_write IS NOT NULL) AS write_fee_calls,
  toString(sumIf(logged, is_priced)) AS input_cost,
  toString(sumIf(logged - simulated, is_priced)) AS saving,
  toString(sumIf(logged - simulated_low, is_priced)) AS saving_low,
  toString(sumIf(logged - simulated_high, is_priced)) AS saving_high
FROM replayed
GROUP BY provider_name, model_name
ORDER BY limited_tokens DESC, provider_name, model_name`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    {
      name: "prefix-reuse",
      sql,
      parameters: {
        ...calls.parameters,
        lifetime_ms: question.lifetimeSeconds * 1000,
        minimum: question.minimumTokens,
      },
    },
    row,
    options,
  );
}

/** Input cost of a call with this many tokens (an SQL expression) served from the cache. */
function simulated(hits: string): string {
  const reads = `greatest(${hits}, cache_read_tokens)`;
  return `toInt128(${reads}) * p_read + (toInt128(input_tokens) - ${reads}) * p_write`;
}
