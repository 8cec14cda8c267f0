import type { Condition } from "../scope";

/** How long a cached answer lives: by default, and for the features that say otherwise. */
export interface CacheLifetime {
  seconds: number;
  features: ReadonlyArray<{ feature: string; seconds: number }>;
}

/** From when a cached answer's life is counted: from when it was stored, or from when it was last used. */
export type LivesFrom = "store" | "last-use";

/**
 * What a cache of answers keys on: two successful calls are the same only when dataset, feature, provider,
 * model and prompt hash agree. Datasets are kept apart: the same log imported twice is no repeat. Of
 * 64 bits: the chance that any two different calls of ten million meet is under 1 in 300,000.
 */
const answerKey = "cityHash64(dataset_id, feature, provider, model, prompt_hash)";
const isStored = "status = 'ok' AND prompt_hash != ''";
/** Tells most calls that nothing repeats, by one column: equal keys have equal prompts. */
const promptKey = "cityHash64(prompt_hash)";

/** How repeats are judged: SQL over the calls of a scope, with its bound values. */
export interface Repeats {
  /**
   * The calls whose prompt comes twice, with `is_repeat` (an earlier identical call precedes it) and for each lifetime
   * `served_N`: whether a cache with entries that live so long would have answered it. The first of identical
   * calls is always paid; failed calls are neither stored nor served. In most logs these are few of the calls.
   */
  twice: string;
  /** Condition that holds for all other calls of the scope. */
  others: string;
  parameters: Record<string, unknown>;
}

/** `columns` must hold `feature`. */
export function repeatsIn(
  calls: Condition,
  columns: string,
  { livesFrom, lifetimes }: { livesFrom: LivesFrom; lifetimes: readonly CacheLifetime[] },
): Repeats {
  const parameters = { ...calls.parameters };
  const lives = lifetimes.map((lifetime, index) => {
    parameters[`life_${index}`] = lifetime.seconds * 1000;
    if (lifetime.features.length === 0) return `{life_${index}:Int64}`;
    parameters[`life_features_${index}`] = lifetime.features.map(({ feature }) => feature);
    parameters[`life_own_${index}`] = lifetime.features.map(({ seconds }) => seconds * 1000);
    return `transform(toString(feature), {life_features_${index}:Array(String)}, {life_own_${index}:Array(Int64)}, {life_${index}:Int64})`;
  });
  const twice = `(SELECT ${promptKey} AS prompt FROM ${calls.sql} AND ${isStored} GROUP BY prompt HAVING count() > 1)`;
  const served = lives.map((life, index) =>
    livesFrom === "last-use"
      ? `is_repeat AND gap_ms <= ${life} AS served_${index}`
      : `is_repeat AND (gap_ms = 0 OR (key, at_ms) NOT IN (${storedAt(calls, twice, life)})) AS served_${index}`,
  );
  return {
    twice: `SELECT ${[columns, "is_repeat", ...served].join(", ")}
  FROM (
    SELECT ${columns}, ${answerKey} AS key, toUnixTimestamp64Milli(time) AS at_ms,
      row_number() OVER same > 1 AS is_repeat, at_ms - lagInFrame(at_ms) OVER same AS gap_ms
    FROM ${calls.sql} AND ${isStored} AND ${promptKey} IN ${twice}
    WINDOW same AS (PARTITION BY key ORDER BY time, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  )`,
    others: `NOT (${isStored} AND ${promptKey} IN ${twice})`,
    parameters,
  };
}

/**
 * When answers were stored (key and ms) if an entry lives so long from its storing. Two storings are more
 * than a lifetime apart, so each span of one lifetime holds at most one of them: the times are cut into
 * such spans, and the walk goes from span to span, not from call to call.
 */
function storedAt(calls: Condition, twice: string, life: string): string {
  return `SELECT key, arrayJoin(arrayFold(
        (stored, span) -> if(span[-1] > stored[-1] + life,
          arrayPushBack(stored, arrayFirst((at, dead) -> at > dead, span, arrayWithConstant(length(span), stored[-1] + life))), stored),
        spans, [times[1]])) AS stored_ms
      FROM (
        SELECT ${answerKey} AS key, any(greatest(${life}, 1)) AS life, arraySort(groupArray(toUnixTimestamp64Milli(time))) AS times,
          arraySplit((at, previous) -> intDiv(at, life) != intDiv(previous, life), times, arrayConcat([times[1]], arrayPopBack(times))) AS spans
        FROM ${calls.sql} AND ${isStored} AND ${promptKey} IN ${twice}
        GROUP BY key
      )`;
}
