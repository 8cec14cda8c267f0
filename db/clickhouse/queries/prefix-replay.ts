/** One way to replay a log against a prefix cache. */
export interface PrefixReplay {
  /** Replays only the calls with this bit of `flags`; null replays all. */
  keptBit: number | null;
  /** SQL of how many ms an entry lives since its last use; null lives for ever. */
  lifetimeMs: string | null;
}

const NEVER = "toInt64(-9000000000000000)";

/**
 * SQL that gives, per call, how many blocks from its start a prefix cache would have served: columns
 * `number` and `run_0`, `run_1` … in the order of `replays`. Calls of which no block was served are left out.
 *
 * `source` selects `number` (calls in order of time, from 1, at most 2^29), `at_ms`, `cache` (UInt64: calls share
 * entries only within one), `flags` (UInt8, three bits) and `prefix_blocks`; `used` the last and the cache of the same calls.
 *
 * A block is served when the same block at the same place was used before in the same cache, at most
 * a lifetime earlier; a run ends at the first block that is not. Blocks that come once can serve
 * nobody and are dropped first: that halves the work on most logs. What is left is gathered per
 * block, so that every further replay costs arithmetic on arrays and no sorting. Blocks are told apart
 * by 64 bits of block, place and cache: the chance that two of 24 million meet is under 1 in 60,000.
 */
export function prefixRuns(
  { source, used: uses }: { source: string; used: string },
  replays: readonly PrefixReplay[],
): string {
  const used = "cityHash64(block, position, cache) AS used";
  const exploded = (calls: string) =>
    `FROM (${calls}) ARRAY JOIN prefix_blocks AS block, arrayEnumerate(prefix_blocks) AS position`;
  const hits = replays.map((replay, index) => hitColumns(replay, index));
  const marks = replays.map((_, index) => `h_${index}`);
  const run = (_: PrefixReplay, index: number) =>
    `arrayFirstIndex((mark, place) -> intDiv(mark, 256) != place OR NOT bitTest(mark, ${index}), marks, arrayEnumerate(marks)) AS first_${index},
    toUInt64(if(first_${index} = 0, length(marks), first_${index} - 1)) AS run_${index}`;
  return `SELECT number, ${replays.map(run).join(",\n    ")}
  FROM (
    SELECT toUInt32(intDiv(call, 8)) AS number, arraySort(groupArray(toUInt32(position) * 256 + mark)) AS marks
    FROM (
      SELECT position, calls, arrayMap((${marks.join(", ")}) -> toUInt8(${marks.map((name, index) => `${name} * ${2 ** index}`).join(" + ")}), ${marks.join(", ")}) AS served,
        ${hits.join(",\n        ")}
      FROM (
        SELECT any(position) AS position, arraySort(groupArray(toUInt32(number * 8 + flags))) AS calls, arraySort(groupArray(at_ms)) AS times
        FROM (SELECT ${used}, position, number, flags, at_ms ${exploded(source)})
        WHERE used IN (SELECT used FROM (SELECT ${used} ${exploded(uses)}) GROUP BY used HAVING count() > 1)
        GROUP BY used
      )
    )
    ARRAY JOIN calls AS call, served AS mark
    WHERE mark > 0
    GROUP BY number
  )`;
}

/** `h_N`: for each use of a block, 1 when replay N serves it. */
function hitColumns({ keptBit, lifetimeMs }: PrefixReplay, index: number): string {
  const since = (times: string) =>
    `arrayMap((at, before) -> toUInt8(at - before <= ${lifetimeMs}), ${times}, arraySlice(arrayPushFront(${times}, ${NEVER}), 1, length(${times})))`;
  if (keptBit === null) {
    return lifetimeMs === null
      ? `arrayMap(place -> toUInt8(place > 1), arrayEnumerate(calls)) AS h_${index}`
      : `${since("times")} AS h_${index}`;
  }
  const isKept = `bitTest(call, ${keptBit})`;
  if (lifetimeMs === null) {
    return `arrayMap((call, rank) -> toUInt8(${isKept} AND rank > 1), calls, arrayCumSum(call -> ${isKept}, calls)) AS h_${index}`;
  }
  // What was served among the kept is put back among all by sorting on the call: a lambda that looked it up in
  // an array would be given a copy of that array for every use of the block.
  const kept = `arrayMap((call, hit) -> toUInt64(call) * 2 + hit, arrayFilter(call -> ${isKept}, calls), ${since(`kept_${index}`)})`;
  const others = `arrayMap(call -> toUInt64(call) * 2, arrayFilter(call -> NOT ${isKept}, calls))`;
  return `arrayFilter((at, call) -> ${isKept}, times, calls) AS kept_${index},
        arrayMap(call -> toUInt8(call % 2), arraySort(arrayConcat(${kept}, ${others}))) AS h_${index}`;
}

/** Input tokens (SQL) of a call that `run` served blocks from its start make up; its last block may be partly filled. */
export function tokensServed(run: string): string {
  return `least(input_tokens, block_tokens * ${run})`;
}

/** What of the served tokens a provider bills as read: nothing under its minimum, and whole steps only. */
export function tokensRead(served: string, minimum: string, step: string): string {
  return `if(${served} < ${minimum}, toUInt64(0), toUInt64(${served} - ${served} % ${step}))`;
}
