import type { QueryFilter } from "../../call-query";
import { formatUsd, PICO_PER_USD } from "../../prices";
import type { BoundValues } from "./bound-values";
import { dimensionExpression } from "./dimension-expressions";

/** A filter as a condition over `calls_v1`; every value is bound. */
export function filterCondition(filter: QueryFilter, bound: BoundValues): string {
  if ("field" in filter) {
    const { field, atLeast, atMost } = filter;
    const bounds = [
      atLeast === undefined ? [] : [`${field} >= ${number(field, atLeast, bound)}`],
      atMost === undefined ? [] : [`${field} <= ${number(field, atMost, bound)}`],
    ].flat();
    // A figure that is not logged compares as NULL, and NULL passes no WHERE.
    return `(${bounds.join(" AND ")})`;
  }
  const column = dimensionExpression(filter.dimension, bound);
  const [not, values] = "in" in filter ? ["", filter.in] : ["NOT ", filter.notIn];
  return `${column} ${not}IN ${bound.add("Array(String)", [...values])}`;
}

/** Money is bound as a decimal, so that a bound at the last digit holds. */
function number(field: string, value: number, bound: BoundValues): string {
  if (field !== "cost_usd") return bound.add("Float64", value);
  return bound.add("Decimal(38, 12)", formatUsd(BigInt(Math.round(value * Number(PICO_PER_USD)))));
}
