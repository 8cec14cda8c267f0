import {
  type NamedDimension,
  type QueryDimension,
  type QueryGrain,
  tagKey,
} from "../../call-query";
import type { BoundValues } from "./bound-values";

/** How a dimension reads off a call. */
const expressions: Record<NamedDimension, string> = {
  provider: "toString(provider)",
  model: "if(provider = '' OR model = '', toString(model), concat(provider, '/', model))",
  feature: "toString(feature)",
  user: "user",
  session: "session",
  status: "toString(status)",
  error_code: "if(status = 'error', toString(error_code), '')",
  retry: "toString(retry)",
  priced: "if(cost_usd IS NULL, 'unpriced', 'priced')",
  hour: "formatDateTime(time, '%Y-%m-%d %H:00', 'UTC')",
  day: "formatDateTime(time, '%Y-%m-%d', 'UTC')",
  week: "toString(toMonday(time))",
  month: "formatDateTime(time, '%Y-%m', 'UTC')",
  hour_of_day: "formatDateTime(time, '%H', 'UTC')",
  weekday: "toString(toDayOfWeek(time))",
};

/** The only place where a dimension becomes SQL. A tag's key is bound. */
export function dimensionExpression(dimension: QueryDimension, bound: BoundValues): string {
  const key = tagKey(dimension);
  return key === null
    ? expressions[dimension as NamedDimension]
    : `tags[${bound.add("String", key)}]`;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Weeks begin on Mondays; Unix time began on a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

const fixedGrains = {
  hour: { size: HOUR_MS, offset: 0 },
  day: { size: DAY_MS, offset: 0 },
  week: { size: 7 * DAY_MS, offset: FIRST_MONDAY_MS },
};

/** Start of a call's time bucket, Unix ms. */
export function bucketExpression(grain: QueryGrain): string {
  if (grain === "month") {
    return "toUnixTimestamp64Milli(toDateTime64(toStartOfMonth(time), 3, 'UTC'))";
  }
  const { size, offset } = fixedGrains[grain];
  const at = "toUnixTimestamp64Milli(time)";
  return `${at} - positiveModulo(${at} - ${offset}, ${size})`;
}

/** Seconds of the bucket that begins at `at`. */
export function bucketSeconds(grain: QueryGrain): string {
  if (grain === "month") {
    return "dateDiff('second', fromUnixTimestamp64Milli(at, 'UTC'), addMonths(fromUnixTimestamp64Milli(at, 'UTC'), 1))";
  }
  return String(fixedGrains[grain].size / 1000);
}
