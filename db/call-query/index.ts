export {
  type CallQuery,
  type CheckedCallQuery,
  callQuerySchema,
  checkCallQuery,
  type NumericField,
  type QueryFilter,
  type QueryGrain,
} from "./call-query";
export { type NamedDimension, type QueryDimension, tagKey } from "./dimensions";
export { InvalidCallQuery } from "./errors";
export { type Measure, type MeasureKind, type MeasureValues, measureKinds } from "./measures";
export { comparedPeriods, type TimeRange } from "./periods";
export type { QueryRow } from "./rows";
