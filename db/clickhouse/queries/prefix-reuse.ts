import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, flag } from "../rows";
import { type Condition, callsIn, type Scope } from "../scope";
import { ask } from "./ask";
import { prefixRuns, tokensRead, tokensServed } from "./prefix-replay";

export interface PrefixRule {
  provider: string;
  model: string;
  minimumTokens: number;
  stepTokens: number;
}

export interface PrefixQuestion {
  /** How long an entry lives since its last use; null: for ever. */
  lifetimes: ReadonlyArray<number | null>;
  /** What providers cache; a model without a rule has no minimum and no steps. */
  rules: readonly PrefixRule[];
  /** A minimum for the cautious figures, for models without a rule. */
  cautiousMinimumTokens: number;
}

const pico = z.string().regex(/^\d+$/).nullable();

const row = z
  .object({
    provider_name: z.string(),
    model_name: z.string(),
    cacheable: flag,
    cautious: flag,
    price_input: pico,
    price_cache_read: pico,
    price_cache_write: pico,
    calls: count,
    input_tokens_sum: count,
    cache_read_tokens_sum: count,
    cache_write_tokens_sum: count,
    served: z.array(count),
    reads: z.array(count),
    cautious_reads: z.array(count),
  })
  .transform((found) => ({
    provider: found.provider_name,
    model: found.model_name,
    cacheable: found.cacheable,
    cautiouslyCacheable: found.cautious,
    prices: {
      input: found.price_input,
      cacheRead: found.price_cache_read,
      cacheWrite: found.price_cache_write,
    },
    calls: found.calls,
    inputTokens: found.input_tokens_sum,
    cacheReadTokens: found.cache_read_tokens_sum,
    cacheWriteTokens: found.cache_write_tokens_sum,
    replays: found.served.map((servedTokens, index) => ({
      servedTokens,
      readTokens: found.reads[index] ?? 0,
      cautiousReadTokens: found.cautious_reads[index] ?? 0,
    })),
  }));

/**
 * Replays the scope's successful calls in order of time against a prefix cache per dataset, provider
 * and model, once per lifetime (`prefixRuns`). Per model and price: the tokens that were served, those that the provider
 * bills as read (at least what the log has), and the same with the cautious minimum. Prices are applied by the caller.
 */
export function prefixReuse(
  clickhouse: ClickHouse,
  scope: Scope,
  question: PrefixQuestion,
  options: CallOptions = {},
) {
  const calls = callsIn(scope);
  const parameters = { ...calls.parameters };
  const replays = question.lifetimes.map((seconds, index) => {
    if (seconds === null) return { keptBit: null, lifetimeMs: null };
    parameters[`lifetime_${index}`] = seconds * 1000;
    return { keptBit: null, lifetimeMs: `{lifetime_${index}:Int64}` };
  });
  const { minimum, step } = ruleColumns(question.rules, parameters);
  parameters.cautious_minimum = question.cautiousMinimumTokens;
  const reads = (least: string) =>
    `arrayMap(tokens -> greatest(cache_read_tokens, ${tokensRead("tokens", least, "step")}), served_tokens)`;
  const keys =
    "provider_name, model_name, cacheable, cautious, price_input, price_cache_read, price_cache_write";
  const sql = `SELECT toString(provider) AS provider_name, toString(model) AS model_name,
  input_tokens >= minimum AS cacheable, input_tokens >= cautious_least AS cautious,
  toString(price_input) AS price_input, toString(price_cache_read) AS price_cache_read,
  toString(price_cache_write) AS price_cache_write,
  count() AS calls,
  sum(input_tokens) AS input_tokens_sum,
  sum(cache_read_tokens) AS cache_read_tokens_sum,
  sum(cache_write_tokens) AS cache_write_tokens_sum,
  sumForEach(served_tokens) AS served,
  sumForEach(${reads("minimum")}) AS reads,
  sumForEach(${reads("cautious_least")}) AS cautious_reads
FROM (
  SELECT *, ${minimum} AS minimum, ${step} AS step,
    if(minimum = 0, {cautious_minimum:UInt64}, minimum) AS cautious_least,
    arrayMap(run -> ${tokensServed("run")}, arrayResize(runs, ${replays.length})) AS served_tokens
  FROM (${numberedPrefixes(calls)}) AS calls
  LEFT JOIN (
  ${prefixRuns(prefixSource(calls), replays)}
  ) AS replayed USING (number)
)
GROUP BY ${keys}
ORDER BY ${keys}`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "prefix-reuse", sql, parameters },
    row,
    options,
  );
}

/** Successful calls with known prefix blocks, numbered in order of time. */
export function numberedPrefixes(calls: Condition): string {
  return `SELECT toUInt32(row_number() OVER (ORDER BY time, id, dataset_id)) AS number,
    toUnixTimestamp64Milli(time) AS at_ms, ${ownCache} AS cache,
    dataset_id, id, feature, provider, model, input_tokens, cache_read_tokens, cache_write_tokens,
    price_input, price_cache_read, price_cache_write, block_tokens, prefix_blocks
  FROM ${calls.sql} AND ${hasPrefix}`;
}

/** The same as a replay reads it: one cache per dataset, provider and model. */
export function prefixSource(calls: Condition): { source: string; used: string } {
  return {
    source: `SELECT number, at_ms, cache, toUInt8(0) AS flags, prefix_blocks FROM (${numberedPrefixes(calls)})`,
    used: `SELECT ${ownCache} AS cache, prefix_blocks FROM ${calls.sql} AND ${hasPrefix}`,
  };
}

/** Stands between names that are compared as one: a character that evidence can keep, unlike U+0000. */
export const SEPARATOR = "\u241F";

const ownCache = "cityHash64(dataset_id, provider, model)";
const hasPrefix = "status = 'ok' AND notEmpty(prefix_blocks)";

/** SQL of the least tokens that a call's model caches, and of the steps in which it does. Binds the rules. */
export function ruleColumns(
  rules: readonly PrefixRule[],
  parameters: Record<string, unknown>,
): { minimum: string; step: string } {
  if (rules.length === 0) return { minimum: "toUInt64(0)", step: "toUInt64(1)" };
  parameters.rules = rules.map(({ provider, model }) => [provider, model].join(SEPARATOR));
  parameters.rule_minimum = rules.map(({ minimumTokens }) => minimumTokens);
  parameters.rule_step = rules.map(({ stepTokens }) => stepTokens);
  const rule = (name: string, otherwise: number) =>
    `transform(concat(provider, '${SEPARATOR}', model), {rules:Array(String)}, {${name}:Array(UInt64)}, toUInt64(${otherwise}))`;
  return { minimum: rule("rule_minimum", 0), step: rule("rule_step", 1) };
}
