import { z } from "zod";
import type { CallOptions, ClickHouse } from "../client";
import { count, flag } from "../rows";
import { callsIn, type Scope } from "../scope";
import { ask } from "./ask";
import { type CachedAnswers, callsInCases } from "./joint-cases";
import { type CachedPrompts, replayedCalls, unreplayedCalls } from "./joint-replay";
import type { PrefixReplay } from "./prefix-replay";
import { stepColumn, usageColumns, usageOf, usageShape } from "./usage";

export interface JointQuestion {
  /** Input sizes at which one of the models in question changes its price. */
  steps: readonly number[];
  answers: CachedAnswers | null;
  /** Longest answer of a feature, tokens. */
  caps: ReadonlyArray<{ feature: string; tokens: number }>;
  /** Longest prompt of a feature, tokens. */
  trims: ReadonlyArray<{ feature: string; tokens: number }>;
  prompt: CachedPrompts | null;
}

const pico = z.string().regex(/^\d+$/).nullable();

/** What the calls of a class have in common: its columns in the SQL, and in the same order their schema. */
const classColumns = `if(status = 'ok', 0, least(retry, 2) + 1), served_low, served_central, served_ever,
    cacheable, cacheable_moved, price_input, price_cache_read, price_cache_write, price_output,
    feature, provider, model, ${stepColumn}`;
const name = z.string();
// biome-ignore format: as the columns stand above
const classShape = z.tuple([
  count, flag, flag, flag,
  flag, flag, pico, pico, pico, pico,
  name, name, name, count,
]);

const row = z
  .object({
    class: classShape,
    capped_output_sum: count,
    truncated_calls: count,
    trimmed_input_sum: count,
    trimmed_calls: count,
    reads: z.array(count).length(5),
    moved_reads: z.array(count).length(5),
    ...usageShape,
  })
  .transform(({ class: of, ...found }) => {
    const [attempt, low, central, high, cacheable, cacheableMoved, ...named] = of;
    const [input, cacheRead, cacheWrite, output, feature, provider, model, step] = named;
    return {
      ...{ feature, provider, model, step },
      ...usageOf(found),
      attempt,
      served: { low, central, high },
      cacheable,
      cacheableMoved,
      prices: { input, cacheRead, cacheWrite, output },
      cappedOutputTokens: found.capped_output_sum,
      truncatedCalls: found.truncated_calls,
      trimmedInputTokens: found.trimmed_input_sum,
      trimmedCalls: found.trimmed_calls,
      reads: readsOf(found.reads),
      movedReads: readsOf(found.moved_reads),
    };
  });

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
  const { replays, places } = replaysBeside(question.answers);
  const source = prompt ? replayedCalls(scoped, calls, prompt, replays) : unreplayedCalls(calls);
  const inPlaces = (sums: string) => `arrayMap(place -> ${sums}[place], [${places.join(", ")}])`;
  // One key and not fourteen: the analyzer goes through everything below once per key that is grouped or ordered by.
  const sql = `SELECT class,
  ${usageColumns},
  sum(least(output_tokens, cap)) AS capped_output_sum,
  countIf(output_tokens > cap) AS truncated_calls,
  sum(trimmed) AS trimmed_input_sum,
  countIf(trimmed > 0) AS trimmed_calls,
  ${inPlaces("sumForEach(reads)")} AS reads,
  ${inPlaces("sumForEach(moved_reads)")} AS moved_reads
FROM (
  SELECT *, (${classColumns}) AS class,
    ${boundColumn("cap", caps, "output_tokens", parameters)} AS cap,
    ${trimmedColumn(boundColumn("trim", trims, "input_tokens", parameters))} AS trimmed
  FROM (
${source}
  )
  WHERE cost_usd IS NOT NULL
)
GROUP BY class
ORDER BY class`;
  return ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    { name: "joint-usage", sql, parameters, limits: { resultRows: 50_000 } },
    row,
    options,
  );
}

/**
 * The replays of the prefix cache that a plan needs, and at which of them (from 1) the reads are found of all calls, of those
 * that answers leave in the low and the central case, and with prefixes that live for ever of all and of those left.
 */
function replaysBeside(answers: CachedAnswers | null): {
  replays: PrefixReplay[];
  places: number[];
} {
  const asked = "{prefix_ms:Int64}";
  const all = { keptBit: null, lifetimeMs: asked };
  const ever = { keptBit: null, lifetimeMs: null };
  // Without cached answers, the calls that they leave are all calls.
  if (!answers) return { replays: [all, ever], places: [1, 1, 1, 2, 2] };
  const kept = (keptBit: number, lifetimeMs: string | null) => ({ keptBit, lifetimeMs });
  return {
    replays: [all, kept(0, asked), kept(1, asked), ever, kept(2, null)],
    places: [1, 2, 3, 4, 5],
  };
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
function trimmedColumn(bound: string): string {
  if (bound === "input_tokens") return "toUInt64(0)";
  const cached =
    "greatest(cache_read_tokens + cache_write_tokens, arrayMax(reads), arrayMax(moved_reads))";
  return `least(input_tokens - least(input_tokens, ${bound}), input_tokens - least(input_tokens, ${cached}))`;
}
