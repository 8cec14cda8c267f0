import type { Condition } from "../scope";
import { type CacheLifetime, type LivesFrom, repeatedCalls } from "./repeats";

/** Lifetimes of cached answers in the low and the central case; the high one never forgets. */
export interface CachedAnswers {
  livesFrom: LivesFrom;
  low: CacheLifetime;
  central: CacheLifetime;
}

export interface Cases {
  /** The calls with `served_low`, `served_central` and `served_ever`, and these columns. */
  select(columns: string): string;
  parameters: Record<string, unknown>;
}

/** Tells a call from all others. Of 64 bits: see the keys of cached answers. */
const callKey = "cityHash64(dataset_id, time, id)";

/** Which calls a cache of answers would have served in each case. Binds its lifetimes. */
export function callsInCases(calls: Condition, answers: CachedAnswers | null): Cases {
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
