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

/**
 * The identical calls of a scope, gathered per key so that calls are read and sorted once whatever is asked of
 * them. SQL with one row per key whose prompt comes twice (in most logs few of the calls): `own_feature`, `uses`
 * (its successful calls in order of time, then id: `[Unix ms, carried]`) and for each lifetime `paid_N`, those of
 * `uses` that a cache whose entries live so long leaves to be paid. The first is always among them;
 * failed calls are neither stored nor served. Binds the lifetimes.
 * @param carried SQL over a call, of what is to be known of it
 */
export function repeatedCalls(
  calls: Condition,
  carried: string,
  { livesFrom, lifetimes }: { livesFrom: LivesFrom; lifetimes: readonly CacheLifetime[] },
): Condition {
  const parameters = { ...calls.parameters };
  const lives = lifetimes.map((lifetime, index) => {
    parameters[`life_${index}`] = lifetime.seconds * 1000;
    if (lifetime.features.length === 0) return `{life_${index}:Int64}`;
    parameters[`life_features_${index}`] = lifetime.features.map(({ feature }) => feature);
    parameters[`life_own_${index}`] = lifetime.features.map(({ seconds }) => seconds * 1000);
    return `transform(own_feature, {life_features_${index}:Array(String)}, {life_own_${index}:Array(Int64)}, {life_${index}:Int64})`;
  });
  const paid = { "last-use": paidSinceUse, store: paidSinceStore }[livesFrom];
  const stored = `${calls.sql} AND ${isStored}`;
  return {
    sql: `SELECT ${["own_feature", "uses", ...lives.map((life, index) => `${paid(life)} AS paid_${index}`)].join(",\n    ")}
  FROM (
    SELECT toString(any(feature)) AS own_feature,
      arrayMap(use -> (use.1, use.3), arraySort(groupArray((toUnixTimestamp64Milli(time), id, ${carried})))) AS uses
    FROM ${stored} AND ${promptKey} IN (SELECT ${promptKey} AS prompt FROM ${stored} GROUP BY prompt HAVING count() > 1)
    GROUP BY ${answerKey}
  )`,
    parameters,
  };
}

/** Each use beside the one before it; the first beside itself. */
const before = "arrayPushFront(arrayPopBack(uses), uses[1])";

function paidSinceUse(life: string): string {
  return `arrayFilter((use, last, place) -> place = 1 OR use.1 - last.1 > ${life}, uses, ${before}, arrayEnumerate(uses))`;
}

/**
 * Two storings are more than a lifetime apart, so each span of one lifetime holds at most one of them: the uses are
 * cut into such spans, and the walk goes from span to span, not from call to call.
 */
function paidSinceStore(life: string): string {
  const span = (use: string) => `intDiv(${use}.1, greatest(${life}, 1))`;
  const dead = `paid[-1].1 + ${life}`;
  return `arrayFold((paid, span) -> if(span[-1].1 > ${dead},
        arrayPushBack(paid, arrayFirst((use, dead) -> use.1 > dead, span, arrayWithConstant(length(span), ${dead}))), paid),
      arraySplit((use, last) -> ${span("use")} != ${span("last")}, uses, ${before}), [uses[1]])`;
}
