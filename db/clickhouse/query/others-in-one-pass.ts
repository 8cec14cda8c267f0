import { type CheckedCallQuery, type NamedDimension, tagKey } from "../../call-query";
import { SegmentStates } from "./aggregates";
import type { BoundValues } from "./bound-values";
import { measureExpression, type Seconds } from "./measure-expressions";
import { ordering } from "./ordering";

/** Dimensions that may part calls into more segments than fit into memory with all that is counted of them; so may a tag. */
const many: ReadonlySet<string> = new Set<NamedDimension>(["user", "session"]);

/** Whether a question for the leading segments and one row of all others can be answered by reading calls once. */
export function fitsOnePass({ dimensions, grain, compareWith, rest }: CheckedCallQuery): boolean {
  const [only, ...more] = dimensions;
  return (
    rest === "others" &&
    grain === null &&
    compareWith === null &&
    more.length === 0 &&
    only !== undefined &&
    tagKey(only) === null &&
    !many.has(only)
  );
}

/** The statement, with the columns of `compileQuery`. `calls` selects the calls with their only dimension as `d0`. */
export function othersInOnePass(
  query: CheckedCallQuery,
  seconds: Seconds,
  calls: string,
  bound: BoundValues,
): string {
  const states = new SegmentStates();
  const columns = query.measures.map(
    (measure) => `${measureExpression(measure, seconds, states.ofGroup).sent} AS m_${measure}`,
  );
  const rank = ordering(query, seconds, ["d0"], states.ofOne);
  const order = ordering(query, seconds, ["s0"], states.ofGroup);
  return `SELECT 'current' AS period, NULL AS at, others, count() AS segments, if(others, '', d0) AS s0,
  ${columns.join(",\n  ")}
FROM (
  SELECT *, row_number() OVER (ORDER BY ${rank.join(", ")}) > ${bound.add("UInt32", query.limit)} AS others
  FROM (
    SELECT d0, ${states.selected().join(",\n      ")}
    FROM ${calls}
    GROUP BY d0
  )
)
GROUP BY others, s0
ORDER BY others, ${order.join(", ")}`;
}
