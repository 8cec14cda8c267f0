import type { Condition } from "../scope";
import type { Cases } from "./joint-cases";
import { type PrefixReplay, prefixRuns, tokensRead, tokensServed } from "./prefix-replay";
import { type PrefixRule, ruleColumns, SEPARATOR } from "./prefix-reuse";

/** How prompts are cached in a plan. */
export interface CachedPrompts {
  lifetimeSeconds: number;
  /** What providers cache; a model without a rule has no minimum and no steps. */
  rules: readonly PrefixRule[];
  /** Segments that change their model: each has caches of its own. `provider` and `model` are those of the log. */
  moves: ReadonlyArray<
    PrefixRule & {
      feature: string;
      /** Reads that the log has already carry over to the new model. */
      keepsReads: boolean;
      /** The segment takes no part in prompt caching. */
      excluded: boolean;
    }
  >;
}

/** What a joint question reads of a call besides its cases. */
const usedColumns = `feature, provider, model, status, retry, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
    cost_usd, price_input, price_cache_read, price_cache_write, price_output`;

/** The calls of a plan that caches no prompts: with the columns of `replayedCalls`, and no reads. */
export function unreplayedCalls(calls: Cases): string {
  return `SELECT *, false AS cacheable, false AS cacheable_moved, emptyArrayUInt64() AS reads, emptyArrayUInt64() AS moved_reads
FROM (${calls.select(usedColumns)})`;
}

/**
 * The calls, with whether their prompt can be cached, on their own model and on the one they would move to, and the
 * tokens that each replay of the prefix cache reads there: `reads` and `moved_reads`, in the order of `replays`, whose
 * bits of `flags` say that cached answers leave a call: 0 in the low, 1 in the central, 2 in the high case.
 * Binds `prefix_ms`. `scoped` are the calls without what answers serve.
 */
export function replayedCalls(
  scoped: Condition,
  calls: Cases,
  { moves, rules, lifetimeSeconds }: CachedPrompts,
  replays: readonly PrefixReplay[],
): string {
  const { parameters } = calls;
  parameters.prefix_ms = lifetimeSeconds * 1000;
  const between = `'${SEPARATOR}'`;
  let move = "toUInt32(0)";
  if (moves.length > 0) {
    move = `toUInt32(transform(concat(feature, ${between}, provider, ${between}, model), {moves:Array(String)}, arrayEnumerate({moves:Array(String)}), 0))`;
    parameters.moves = moves.map(({ feature, provider, model }) =>
      [feature, provider, model].join(SEPARATOR),
    );
  }
  // Place 1 stands for the calls that do not move.
  parameters.move_minimum = [0, ...moves.map(({ minimumTokens }) => minimumTokens)];
  parameters.move_step = [1, ...moves.map(({ stepTokens }) => stepTokens)];
  parameters.move_keeps = [0, ...moves.map(({ keepsReads }) => Number(keepsReads))];
  parameters.move_excluded = [0, ...moves.map(({ excluded }) => Number(excluded))];
  const ofMove = (name: string, type: string) => `{${name}:Array(${type})}[move + 1]`;
  const { minimum, step } = ruleColumns(rules, parameters);
  const hasPrefix = (hasBlocks: string) =>
    `status = 'ok' AND ${hasBlocks} AND ${ofMove("move_excluded", "UInt8")} = 0`;
  // Numbering sorts the calls with all their columns: blocks are among them only where they are replayed.
  const numbered = (columns: string) =>
    `SELECT *, toUInt32(row_number() OVER (ORDER BY time, id, dataset_id)) AS number,
    ${move} AS move, ${hasPrefix("has_blocks")} AS has_prefix
  FROM (${calls.select(`time, id, dataset_id, notEmpty(prefix_blocks) AS has_blocks, ${columns}`)})`;
  const cache = "cityHash64(dataset_id, provider, model, move) AS cache";
  const source = `SELECT number, toUnixTimestamp64Milli(time) AS at_ms, ${cache},
    toUInt8((NOT served_low) + 2 * (NOT served_central) + 4 * (NOT served_ever)) AS flags, prefix_blocks
  FROM (${numbered("feature, provider, model, status, prefix_blocks")}) WHERE has_prefix`;
  const used = `SELECT ${cache}, prefix_blocks FROM (SELECT *, ${move} AS move FROM ${scoped.sql}) WHERE ${hasPrefix("notEmpty(prefix_blocks)")}`;
  const read = (logged: string, least: string, steps: string) =>
    `arrayMap(tokens -> greatest(${logged}, ${tokensRead("tokens", least, steps)}), served_tokens)`;
  return `SELECT *,
  has_prefix AND input_tokens >= own_minimum AS cacheable,
  has_prefix AND move > 0 AND input_tokens >= moved_minimum AS cacheable_moved,
  ${read("cache_read_tokens", "own_minimum", "own_step")} AS reads,
  ${read("moved_logged", "moved_minimum", "moved_step")} AS moved_reads
FROM (
  SELECT *, ${minimum} AS own_minimum, ${step} AS own_step,
    ${ofMove("move_minimum", "UInt64")} AS moved_minimum, ${ofMove("move_step", "UInt64")} AS moved_step,
    if(${ofMove("move_keeps", "UInt8")} = 1, cache_read_tokens, toUInt64(0)) AS moved_logged,
    arrayMap(run -> ${tokensServed("run")}, arrayResize(runs, ${replays.length})) AS served_tokens
  FROM (${numbered(`${usedColumns}, block_tokens`)}) AS calls
  LEFT JOIN (
  ${prefixRuns({ source, used }, replays)}
  ) AS replayed USING (number)
)`;
}
