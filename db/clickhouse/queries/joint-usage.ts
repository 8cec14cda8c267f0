import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, flag } from "../rows";
import { type Condition, callsIn, type Scope } from "../scope";
import { ask } from "./ask";
import { type PrefixReplay, prefixRuns, tokensRead, tokensServed } from "./prefix-replay";
import { type PrefixRule, ruleColumns, SEPARATOR } from "./prefix-reuse";
import { type CacheLifetime, type LivesFrom, repeatedCalls } from "./repeats";
import { usageColumns, usageOf, usageShape } from "./usage";

export interface JointQuestion {
  /** Input sizes at which one of the models in question changes its price. */
  steps: readonly number[];
  /** Lifetimes of cached answers in the low and the central case; the high one never forgets. */
  answers: { livesFrom: LivesFrom; low: CacheLifetime; central: CacheLifetime } | null;
  /** Longest answer of a feature, tokens. */
  caps: ReadonlyArray<{ feature: string; tokens: number }>;
  /** Longest prompt of a feature, tokens. */
  trims: ReadonlyArray<{ feature: string; tokens: number }>;
  prompt: {
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
  } | null;
}

/** Which calls the prefix cache sees, and how long its entries live, in the order of `reads_*`. */
const replayNames = ["all", "kept_low", "kept_central", "all_ever", "kept_ever"] as const;

const pico = z.string().regex(/^\d+$/).nullable();

const row = z
  .object({
    attempt: count,
    served_low: flag,
    served_central: flag,
    served_ever: flag,
    cacheable: flag,
    cacheable_moved: flag,
    price_input: pico,
    price_cache_read: pico,
    price_cache_write: pico,
    price_output: pico,
    capped_output_sum: count,
    truncated_calls: count,
    trimmed_input_sum: count,
    trimmed_calls: count,
    reads: z.array(count).length(replayNames.length),
    moved_reads: z.array(count).length(replayNames.length),
    ...usageShape,
  })
  .transform((found) => ({
    ...usageOf(found),
    attempt: found.attempt,
    served: { low: found.served_low, central: found.served_central, high: found.served_ever },
    cacheable: found.cacheable,
    cacheableMoved: found.cacheable_moved,
    prices: {
      input: found.price_input,
      cacheRead: found.price_cache_read,
      cacheWrite: found.price_cache_write,
      output: found.price_output,
    },
    cappedOutputTokens: found.capped_output_sum,
    truncatedCalls: found.truncated_calls,
    trimmedInputTokens: found.trimmed_input_sum,
    trimmedCalls: found.trimmed_calls,
    reads: readsOf(found.reads),
    movedReads: readsOf(found.moved_reads),
  }));

function readsOf(reads: readonly number[]) {
  const [all = 0, keptLow = 0, keptCentral = 0, allEver = 0, keptEver = 0] = reads;
  return { all, keptLow, keptCentral, allEver, keptEver };
}

/**
 * All priced calls of the scope in classes: which attempt failed (0: succeeded), whether a cache of
 * answers would have served it in each case, whether its prompt can be cached (on its own model,
 * and on the one it would move to), segment, input step and prices. Every call is in one class, and what a plan of levers
 * makes of a call follows from its class and these sums: one pass prices every subset of the levers exactly.
 *
 * `reads`: input tokens billed as cached reads, at least those that the log has, when prompts are cached,
 * for all calls and for those that a cache of answers leaves, with the asked lifetime and for ever.
 */
export function jointUsage(
  clickhouse: ClickHouse,
  scope: Scope,
  question: JointQuestion,
  options: CallOptions = {},
) {
  const { prompt, caps, trims } = question;
  const scoped = callsIn(scope);
  const calls = callsInCases(scoped, question.answers);
  const { parameters } = calls;
  parameters.steps = [...question.steps];
  const cap = boundColumn("cap", caps, "output_tokens", parameters);
  const trim = trimColumn(boundColumn("trim", trims, "input_tokens", parameters));
  const source = prompt ? replayed(scoped, calls, prompt, question.answers !== null) : plain(calls);
  const keys =
    "attempt, served_low, served_central, served_ever, cacheable, cacheable_moved, price_input, price_cache_read, price_cache_write, price_output, feature_name, provider_name, model_name, step";
  const sql = `SELECT if(status = 'ok', 0, least(retry, 2) + 1) AS attempt,
  served_low, served_central, served_ever, cacheable, cacheable_moved,
  toString(price_input) AS price_input, toString(price_cache_read) AS price_cache_read,
  toString(price_cache_write) AS price_cache_write, toString(price_output) AS price_output,
  ${usageColumns},
  sum(least(output_tokens, ${cap})) AS capped_output_sum,
  countIf(output_tokens > ${cap}) AS truncated_calls,
  sum(${trim}) AS trimmed_input_sum,
  countIf(${trim} > 0) AS trimmed_calls,
  [${replayNames.map((name) => `sum(reads_${name})`).join(", ")}] AS reads,
  [${replayNames.map((name) => `sum(moved_reads_${name})`).join(", ")}] AS moved_reads
FROM (
${source}
)
WHERE cost_usd IS NOT NULL
GROUP BY ${keys}
ORDER BY ${keys}`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "joint-usage", sql, parameters, limits: { resultRows: 50_000 } },
    row,
    options,
  );
}

/** The bound of each call's feature; where it has none, the column itself, which nothing exceeds. */
function boundColumn(
  name: "cap" | "trim",
  bounds: JointQuestion["caps"],
  column: string,
  parameters: Record<string, unknown>,
): string {
  if (bounds.length === 0) return column;
  parameters[`${name}_features`] = bounds.map(({ feature }) => feature);
  parameters[`${name}_tokens`] = bounds.map(({ tokens }) => tokens);
  return `transform(toString(feature), {${name}_features:Array(String)}, {${name}_tokens:Array(UInt64)}, toUInt64(18446744073709551615))`;
}

/** Input behind the bound, as far as it is plain input in the log and in every replay of the caches. */
function trimColumn(bound: string): string {
  if (bound === "input_tokens") return "toUInt64(0)";
  const served = replayNames.flatMap((name) => [`reads_${name}`, `moved_reads_${name}`]);
  const cached = `greatest(cache_read_tokens + cache_write_tokens, ${served.join(", ")})`;
  return `least(input_tokens - least(input_tokens, ${bound}), input_tokens - least(input_tokens, ${cached}))`;
}

interface Cases {
  /** The calls with `served_low`, `served_central` and `served_ever`, and these columns. */
  select(columns: string): string;
  parameters: Record<string, unknown>;
}

/** Tells a call from all others. Of 64 bits: see the keys of cached answers. */
const callKey = "cityHash64(dataset_id, time, id)";

function callsInCases(calls: Condition, answers: JointQuestion["answers"]): Cases {
  if (!answers) {
    return {
      select: (columns) =>
        `SELECT ${columns}, false AS served_low, false AS served_central, false AS served_ever FROM ${calls.sql}`,
      parameters: { ...calls.parameters },
    };
  }
  const { livesFrom, low, central } = answers;
  const repeats = repeatedCalls(calls, callKey, { livesFrom, lifetimes: [low, central] });
  // All but the first of identical calls are served for ever (7, every bit), less the cases in which they are paid.
  const bits = [
    "arrayMap(use -> (use.2, 7), arrayPopFront(uses))",
    "arrayMap(use -> (use.2, -1), arrayPopFront(paid_0))",
    "arrayMap(use -> (use.2, -2), arrayPopFront(paid_1))",
  ];
  const served = `SELECT bit.1 AS call, toUInt8(sum(bit.2)) AS served
    FROM (SELECT arrayJoin(arrayConcat(${bits.join(", ")})) AS bit FROM (${repeats.sql}))
    GROUP BY call`;
  return {
    select: (columns) =>
      `SELECT *, bitTest(served, 0) AS served_low, bitTest(served, 1) AS served_central, bitTest(served, 2) AS served_ever
  FROM (SELECT ${columns}, ${callKey} AS call FROM ${calls.sql}) AS all_calls
  LEFT JOIN (${served}) AS served_calls USING (call)`,
    parameters: repeats.parameters,
  };
}

const usedColumns = `feature, provider, model, status, retry, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
    cost_usd, price_input, price_cache_read, price_cache_write, price_output`;

function plain(calls: Cases): string {
  const none = replayNames.flatMap((name) => [
    `toUInt64(0) AS reads_${name}`,
    `toUInt64(0) AS moved_reads_${name}`,
  ]);
  return `SELECT *, false AS cacheable, false AS cacheable_moved, ${none.join(", ")} FROM (${calls.select(usedColumns)})`;
}

/** The calls, with the tokens that each replay of the prefix cache reads. `scoped` are the same without what answers serve. */
function replayed(
  scoped: Condition,
  calls: Cases,
  prompt: NonNullable<JointQuestion["prompt"]>,
  hasAnswers: boolean,
): string {
  const { parameters } = calls;
  const { moves, rules } = prompt;
  parameters.prefix_ms = prompt.lifetimeSeconds * 1000;
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
  const asked = "{prefix_ms:Int64}";
  const replays: PrefixReplay[] = [
    { keptBit: null, lifetimeMs: asked },
    ...(hasAnswers
      ? [
          { keptBit: 0, lifetimeMs: asked },
          { keptBit: 1, lifetimeMs: asked },
        ]
      : []),
    { keptBit: null, lifetimeMs: null },
    ...(hasAnswers ? [{ keptBit: 2, lifetimeMs: null }] : []),
  ];
  // Without cached answers, the calls that they leave are all calls.
  const runOf = hasAnswers ? [0, 1, 2, 3, 4] : [0, 0, 0, 1, 1];
  const reads = replayNames.flatMap((name, index) => {
    const served = tokensServed(`run_${runOf[index]}`);
    const logged = `if(${ofMove("move_keeps", "UInt8")} = 1, cache_read_tokens, toUInt64(0))`;
    return [
      `greatest(cache_read_tokens, ${tokensRead(served, "own_minimum", "own_step")}) AS reads_${name}`,
      `greatest(${logged}, ${tokensRead(served, ofMove("move_minimum", "UInt64"), ofMove("move_step", "UInt64"))}) AS moved_reads_${name}`,
    ];
  });
  return `SELECT *, ${minimum} AS own_minimum, ${step} AS own_step,
  has_prefix AND input_tokens >= own_minimum AS cacheable,
  has_prefix AND move > 0 AND input_tokens >= ${ofMove("move_minimum", "UInt64")} AS cacheable_moved,
  ${reads.join(",\n  ")}
FROM (${numbered(`${usedColumns}, block_tokens`)}) AS calls
LEFT JOIN (
  ${prefixRuns({ source, used }, replays)}
) AS runs USING (number)`;
}
