/**
 * By what calls can be parted. Each gives a text; empty means that the log does not say.
 *
 * `model` is `provider/model` (or the model alone when one of the two is missing), `error_code` is
 * empty for calls that succeeded, `retry` is the attempt from 0, `priced` is `priced` or `unpriced`.
 * Times are UTC: `hour` 2026-03-01 14:00, `day` 2026-03-01, `week` its Monday, `month` 2026-03,
 * `hour_of_day` 00–23, `weekday` 1 (Monday) – 7. `tag:KEY` is the value of that tag.
 */
export const namedDimensions = [
  "provider",
  "model",
  "feature",
  "user",
  "session",
  "status",
  "error_code",
  "retry",
  "priced",
  "hour",
  "day",
  "week",
  "month",
  "hour_of_day",
  "weekday",
] as const;

export type NamedDimension = (typeof namedDimensions)[number];
export type QueryDimension = NamedDimension | `tag:${string}`;

const TAG = "tag:";
const LONGEST_KEY = 200;

export function isQueryDimension(text: string): text is QueryDimension {
  if (text.startsWith(TAG)) return text.length > TAG.length && text.length <= LONGEST_KEY;
  return (namedDimensions as readonly string[]).includes(text);
}

/** The key of a `tag:KEY` dimension; null for the named ones. */
export function tagKey(dimension: QueryDimension): string | null {
  return dimension.startsWith(TAG) ? dimension.slice(TAG.length) : null;
}
