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
    hit_tokens: count,
    hit_calls: count,
    cache_read_tokens_sum: count,
    input_cost: pico,
    priced_calls: count,
    write_fee_calls: count,
    saving: pico,
  })
  .transform((found) => ({
    provider: found.provider_name,
    model: found.model_name,
    calls: found.calls,
    inputTokens: found.input_tokens_sum,
    hitTokens: found.hit_tokens,
    hitCalls: found.hit_calls,
    cacheReadTokens: found.cache_read_tokens_sum,
    inputCostUsd: found.priced_calls === 0 ? null : found.input_cost,
    pricedCalls: found.priced_calls,
    writeFeeCalls: found.write_fee_calls,
    savingUsd: found.priced_calls === 0 ? null : found.saving,
  }));

/**
 * Replays the scope's successful calls in order of time against a prefix cache per dataset, provider
 * and model. A block hits when the same block at the same place was used before, at most
 * `lifetimeSeconds` earlier; a call's hits are the blocks from its start to the first miss, at most
 * its input tokens (its last block may be partly filled).
 *
 * Saving of a call, in pico-dollars:
 *   logged    = (in − read − write)·p_in + read·p_read + write·(p_write or p_in)
 *   simulated = max(hit, read)·p_read + (in − max(hit, read))·(p_write or p_in)
 * that is, with everything not read being written. Prompts under `minimumTokens` stay as logged.
 */
export function prefixReuse(
  clickhouse: ClickHouse,
  scope: Scope,
  question: { lifetimeSeconds: number | null; minimumTokens: number },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const parameters: Record<string, unknown> = {
    ...calls.parameters,
    minimum: question.minimumTokens,
  };
  let lives = "";
  if (question.lifetimeSeconds !== null) {
    parameters.lifetime_ms = question.lifetimeSeconds * 1000;
    lives = " AND at_ms - lagInFrame(at_ms) OVER same <= {lifetime_ms:Int64}";
  }
  const sql = `WITH replayed AS (
  SELECT provider, model, input_tokens, cache_read_tokens, cache_write_tokens,
    price_input, price_cache_read, price_cache_write,
    least(input_tokens, block_tokens * if(countIf(NOT is_hit) = 0, count(), minIf(position, NOT is_hit) - 1)) AS run_tokens,
    if(run_tokens >= {minimum:UInt64}, run_tokens, 0) AS hit
  FROM (
    SELECT dataset_id, id, at_ms, provider, model, input_tokens, cache_read_tokens, cache_write_tokens,
      price_input, price_cache_read, price_cache_write, block_tokens, position,
      row_number() OVER same > 1${lives} AS is_hit
    FROM (
      SELECT dataset_id, id, toUnixTimestamp64Milli(time) AS at_ms, provider, model,
        input_tokens, cache_read_tokens, cache_write_tokens,
        price_input, price_cache_read, price_cache_write, block_tokens, prefix_blocks
      FROM ${calls.sql} AND status = 'ok' AND notEmpty(prefix_blocks)
    )
    ARRAY JOIN prefix_blocks AS block, arrayEnumerate(prefix_blocks) AS position
    WINDOW same AS (
      PARTITION BY dataset_id, provider, model, block, position
      ORDER BY at_ms, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  )
  GROUP BY dataset_id, at_ms, id, provider, model, input_tokens, cache_read_tokens, cache_write_tokens,
    price_input, price_cache_read, price_cache_write, block_tokens
)
SELECT toString(provider) AS provider_name,
  toString(model) AS model_name,
  count() AS calls,
  sum(input_tokens) AS input_tokens_sum,
  sum(hit) AS hit_tokens,
  countIf(hit > 0) AS hit_calls,
  sum(cache_read_tokens) AS cache_read_tokens_sum,
  countIf(is_priced) AS priced_calls,
  countIf(is_priced AND price_cache_write IS NOT NULL) AS write_fee_calls,
  toString(sumIf(logged, is_priced)) AS input_cost,
  toString(sumIf(logged - simulated, is_priced)) AS saving
FROM (
  SELECT *,
    price_input IS NOT NULL AND price_cache_read IS NOT NULL AS is_priced,
    toInt128(ifNull(price_input, 0)) AS p_in,
    toInt128(ifNull(price_cache_read, 0)) AS p_read,
    toInt128(coalesce(price_cache_write, price_input, 0)) AS p_write,
    toInt128(greatest(hit, cache_read_tokens)) AS reads,
    (toInt128(input_tokens) - cache_read_tokens - cache_write_tokens) * p_in
      + cache_read_tokens * p_read + cache_write_tokens * p_write AS logged,
    if(input_tokens < {minimum:UInt64}, logged, reads * p_read + (input_tokens - reads) * p_write) AS simulated
  FROM replayed
)
GROUP BY provider_name, model_name
ORDER BY hit_tokens DESC, provider_name, model_name`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "prefix-reuse", sql, parameters },
    row,
    options,
  );
}
