import { type CheckedCallQuery, comparedPeriods, type TimeRange } from "../../call-query";
import { callsIn, type Scope } from "../scope";
import { overCalls } from "./aggregates";
import { BoundValues } from "./bound-values";
import { bucketExpression, bucketSeconds, dimensionExpression } from "./dimension-expressions";
import { filterCondition } from "./filter-conditions";
import { measureExpression, type Seconds, spanSeconds } from "./measure-expressions";
import { ordering } from "./ordering";
import { fitsOnePass, othersInOnePass } from "./others-in-one-pass";

/**
 * A checked question as one read-only statement. Names come from this language alone and values are
 * bound, the workspace always, so that no text of a user or a model becomes SQL.
 *
 * Columns: `period`, `at`, `others`, `segments`, `s0` … per dimension, and `m_NAME` per measure.
 */
export function compileQuery(
  scope: Scope,
  query: CheckedCallQuery,
): { sql: string; parameters: Record<string, unknown> } {
  const calls = callsIn(scope);
  const bound = new BoundValues(calls.parameters);
  const { current, previous } = comparedPeriods(scope, query);
  const within = (range: TimeRange) => rangeCondition(range, bound);
  const isCurrent = within(current);

  const dimensions = query.dimensions.map((dimension, index) => ({
    name: `d${index}`,
    expression: dimensionExpression(dimension, bound),
  }));
  const conditions = [
    previous === null ? isCurrent : `(${isCurrent} OR ${within(previous)})`,
    ...query.filters.map((filter) => filterCondition(filter, bound)),
  ].filter((condition) => condition !== "1");
  const computed = [
    ...dimensions.map(({ name, expression }) => `${expression} AS ${name}`),
    ...(previous === null ? [] : [`if(${isCurrent}, 'current', 'previous') AS period`]),
    ...(query.grain === null ? [] : [`${bucketExpression(query.grain)} AS at`]),
  ];
  const selected = `(SELECT ${["*", ...computed].join(", ")} FROM ${[calls.sql, ...conditions].join(" AND ")})`;

  const lengths = { current: length(current), previous: previous && length(previous) };
  const seconds: Seconds = (aggregate) =>
    query.grain !== null
      ? bucketSeconds(query.grain)
      : previous === null
        ? (lengths.current ?? spanSeconds(aggregate))
        : `if(period = 'current', ${lengths.current}, ${lengths.previous})`;
  if (fitsOnePass(query)) {
    return { sql: othersInOnePass(query, seconds, selected, bound), parameters: bound.parameters };
  }

  // Over several buckets or periods there are no seconds to take calls over: there, more calls are the higher rate.
  // With one row per segment, the leading ones are simply the first rows.
  const isOneRowEach = query.grain === null && previous === null && query.rest === "omit";
  const names = dimensions.map(({ name }) => name);
  const needsLeading = names.length > 0 && !isOneRowEach;
  const key = names.length === 1 ? names[0] : `(${names.join(", ")})`;
  const isLeading = `${key} IN (SELECT ${key} FROM leading)`;
  const withOthers = needsLeading && query.rest === "others";

  const segments = names.map((name, index) =>
    withOthers ? `if(others, '', ${name}) AS s${index}` : `${name} AS s${index}`,
  );
  const columns = [
    ...(previous === null ? ["'current' AS period"] : ["period"]),
    query.grain === null ? "NULL AS at" : "at",
    withOthers ? `NOT (${isLeading}) AS others` : "false AS others",
    // Of a leading row it is known, and names of many calls are dear to count.
    withOthers
      ? `if(others, uniqExactIf(${names.join(", ")}, others), 1) AS segments`
      : "1 AS segments",
    ...segments,
    ...query.measures.map(
      (measure) => `${measureExpression(measure, seconds, overCalls).sent} AS m_${measure}`,
    ),
  ];
  const groups = [
    ...(previous === null ? [] : ["period"]),
    ...(query.grain === null ? [] : ["at"]),
    ...(withOthers ? ["others"] : []),
    ...names.map((_, index) => `s${index}`),
  ];
  const order = [
    ...(previous === null ? [] : ["period"]),
    ...(query.grain === null ? [] : ["at"]),
    ...(withOthers ? ["others"] : []),
    ...ordering(
      query,
      seconds,
      names.map((_, index) => `s${index}`),
      overCalls,
    ),
  ];
  const sql = [
    needsLeading
      ? `WITH leading AS (
  SELECT ${names.join(", ")}
  FROM ${selected}
  GROUP BY ${names.join(", ")}
  ORDER BY ${ordering(query, query.grain === null && previous === null ? seconds : () => "1", names, overCalls).join(", ")}
  LIMIT ${bound.add("UInt32", query.limit)}
)`
      : "",
    `SELECT ${columns.join(",\n  ")}`,
    `FROM ${selected}`,
    needsLeading && !withOthers ? `WHERE ${isLeading}` : "",
    groups.length > 0 ? `GROUP BY ${groups.join(", ")}` : "",
    groups.length > 0 ? `ORDER BY ${order.join(", ")}` : "",
    names.length > 0 && isOneRowEach ? `LIMIT ${bound.add("UInt32", query.limit)}` : "",
  ]
    .filter((line) => line !== "")
    .join("\n");
  return { sql, parameters: bound.parameters };
}

function rangeCondition({ from, to }: TimeRange, bound: BoundValues): string {
  const at = (ms: number) =>
    `fromUnixTimestamp64Milli(${bound.add("Int64", Math.trunc(ms))}, 'UTC')`;
  const bounds = [
    ...(from === null ? [] : [`time >= ${at(from)}`]),
    ...(to === null ? [] : [`time < ${at(to)}`]),
  ];
  return bounds.length === 0 ? "1" : `(${bounds.join(" AND ")})`;
}

/** Seconds of a range as a number of the statement; null when it is open. A range the scope empties has none. */
function length({ from, to }: TimeRange): string | null {
  return from === null || to === null ? null : String(Math.max(0, to - from) / 1000);
}
