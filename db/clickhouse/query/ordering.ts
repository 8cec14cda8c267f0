import type { CheckedCallQuery } from "../../call-query";
import type { Aggregate } from "./aggregates";
import { measureExpression, type Seconds } from "./measure-expressions";

/** By the question's own order, then spend, calls and name; what is unknown comes last. */
export function ordering(
  { orderBy, dimensions }: CheckedCallQuery,
  seconds: Seconds,
  segments: readonly string[],
  aggregate: Aggregate,
): string[] {
  const asked = orderBy.map(({ by, direction }) => {
    const place = (dimensions as readonly string[]).indexOf(by);
    const value =
      place >= 0
        ? segments[place]
        : measureExpression(by as CheckedCallQuery["measures"][number], seconds, aggregate).value;
    return `${value} ${direction === "ascending" ? "ASC" : "DESC"} NULLS LAST`;
  });
  return [
    ...asked,
    `${aggregate("sum", "cost_usd")} DESC NULLS LAST`,
    `${aggregate("count", "")} DESC`,
    ...segments,
  ];
}
