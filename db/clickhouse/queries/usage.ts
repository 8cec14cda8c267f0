import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, money } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";

/** Tokens and cost of some calls: the schema of its columns, the columns of the SELECT, and what is made of them. */
export const usageShape = {
  calls: count,
  input_tokens_sum: count,
  cache_read_tokens_sum: count,
  cache_write_tokens_sum: count,
  output_tokens_sum: count,
  longest_tokens: count,
  cost: money,
};

export const usageColumns = `count() AS calls,
  sum(input_tokens) AS input_tokens_sum,
  sum(cache_read_tokens) AS cache_read_tokens_sum,
  sum(cache_write_tokens) AS cache_write_tokens_sum,
  sum(output_tokens) AS output_tokens_sum,
  max(input_tokens + output_tokens) AS longest_tokens,
  toString(sum(cost_usd)) AS cost`;

const usage = z.object(usageShape);

export function usageOf(found: z.output<typeof usage>) {
  return {
    calls: found.calls,
    inputTokens: found.input_tokens_sum,
    cacheReadTokens: found.cache_read_tokens_sum,
    cacheWriteTokens: found.cache_write_tokens_sum,
    outputTokens: found.output_tokens_sum,
    longestTokens: found.longest_tokens,
    costUsd: found.cost ?? "0",
  };
}

/** How many of the asked input steps a call exceeds. */
export const stepColumn = "arrayCount(start -> input_tokens > start, {steps:Array(UInt64)})";

const row = z
  .object({
    feature_name: z.string(),
    provider_name: z.string(),
    model_name: z.string(),
    step: count,
    ...usageShape,
  })
  .transform((found) => ({
    feature: found.feature_name,
    provider: found.provider_name,
    model: found.model_name,
    step: found.step,
    ...usageOf(found),
  }));

/**
 * Tokens and cost of successful, priced calls per feature and model, parted by how many of the given
 * input steps a call exceeds: enough to price them exactly at any other model's steps.
 */
export function modelUsage(
  clickhouse: ClickHouse,
  scope: Scope,
  { steps }: { steps: readonly number[] },
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const keys = "feature_name, provider_name, model_name, step";
  const sql = `SELECT toString(feature) AS feature_name, toString(provider) AS provider_name,
  toString(model) AS model_name, ${stepColumn} AS step,
  ${usageColumns}
FROM ${calls.sql} AND status = 'ok' AND cost_usd IS NOT NULL
GROUP BY ${keys}
ORDER BY ${keys}`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "model-usage", sql, parameters: { ...calls.parameters, steps: [...steps] } },
    row,
    options,
  );
}
