/** One way to replay a log against a prefix cache. */
export interface PrefixReplay {
  /** Replays only the calls with this bit of `flags`; null replays all. */
  keptBit: number | null;
  /** SQL of how many ms an entry lives since its last use; null lives for ever. */
  lifetimeMs: string | null;
}

/** A time of last use from before all logs, which no lifetime reaches. */
const NEVER = "toInt64(-9000000000000000)";

/**
 * SQL that gives, per call, how many blocks from its start a prefix cache would have served: columns
 * `number` and `runs` (an array in the order of `replays`). Calls of which no block was served are left out.
 *
 * `source` selects `number` (calls in order of time, from 1, at most 2^29), `at_ms`, `cache` (UInt64: calls share
 * entries only within one), `flags` (UInt8, three bits) and `prefix_blocks`; `used` the last and the cache of the same calls.
 *
 * A block is served when the same block at the same place was used before in the same cache, at most
 * a lifetime earlier; a run ends at the first block that is not. Blocks that come once can serve
 * nobody and are dropped first: that halves the work on most logs. What is left is gathered per
 * block, so that every further replay costs arithmetic on arrays and no sorting. Blocks are told apart
 * by 64 bits of block, place and cache: the chance that two of 24 million meet is under 1 in 60,000.
 *
 * Each step is a SELECT of its own: the analyzer goes through what an alias stands for once per mention.
 */
export function prefixRuns(
  { source, used: uses }: { source: string; used: string },
  replays: readonly PrefixReplay[],
): string {
  const used = "cityHash64(block, position, cache) AS used";
  const exploded = (calls: string) =>
    `FROM (${calls}) ARRAY JOIN prefix_blocks AS block, arrayEnumerate(prefix_blocks) AS position`;
  const keptBits = [...new Set(replays.map(({ keptBit }) => keptBit))];
  const lasts = keptBits.map((bit) =>
    bit === null
      ? `before AS ${lastUse(bit)}`
      : `arrayFill((at, call) -> bitTest(call, ${bit}), before, arrayPushFront(arrayPopBack(calls), 0)) AS ${lastUse(bit)}`,
  );
  const names = keptBits.map(lastUse).join(", ");
  const mark = replays.map((replay, index) => `${isServed(replay)} * ${2 ** index}`).join(" + ");
  const runs = replays.map(
    (_, index) =>
      `toUInt64(arrayFirstIndex((mark, place) -> intDiv(mark, 256) != place OR NOT bitTest(mark, ${index}), marks, arrayEnumerate(marks)) - 1)`,
  );
  // Behind a call's marks stands one that is of no place: there every run ends at the latest.
  return `SELECT number, [${runs.join(",\n    ")}] AS runs
  FROM (
    SELECT toUInt32(intDiv(call, 8)) AS number, arrayPushBack(arraySort(groupArray(toUInt32(position) * 256 + mark)), 0) AS marks
    FROM (
      SELECT position, calls, arrayMap((at, call, ${names}) -> toUInt8(${mark}), times, calls, ${names}) AS served
      FROM (
        SELECT position, calls, times, ${lasts.join(",\n          ")}
        FROM (
          SELECT position, calls, times, arrayPushFront(arrayPopBack(times), ${NEVER}) AS before
          FROM (
            SELECT any(position) AS position, arraySort(groupArray(toUInt32(number * 8 + flags))) AS calls, arraySort(groupArray(at_ms)) AS times
            FROM (SELECT ${used}, position, number, flags, at_ms ${exploded(source)})
            WHERE used IN (SELECT used FROM (SELECT ${used} ${exploded(uses)}) GROUP BY used HAVING count() > 1)
            GROUP BY used
          )
        )
      )
    )
    ARRAY JOIN calls AS call, served AS mark
    WHERE mark > 0
    GROUP BY number
  )`;
}

/** When a block was used last before each of its uses, among the calls with a bit. */
function lastUse(keptBit: number | null): string {
  return keptBit === null ? "last" : `last_kept_${keptBit}`;
}

/** Whether a replay serves a block to `call` at `at`. */
function isServed({ keptBit, lifetimeMs }: PrefixReplay): string {
  const last = lastUse(keptBit);
  const lives = lifetimeMs === null ? `${last} > ${NEVER}` : `at - ${last} <= ${lifetimeMs}`;
  return keptBit === null ? `(${lives})` : `(bitTest(call, ${keptBit}) AND ${lives})`;
}

/** Input tokens (SQL) of a call that `run` served blocks from its start make up; its last block may be partly filled. */
export function tokensServed(run: string): string {
  return `least(input_tokens, block_tokens * ${run})`;
}

/** What of the served tokens a provider bills as read: nothing under its minimum, and whole steps only. */
export function tokensRead(served: string, minimum: string, step: string): string {
  return `if(${served} < ${minimum}, toUInt64(0), toUInt64(${served} - ${served} % ${step}))`;
}
