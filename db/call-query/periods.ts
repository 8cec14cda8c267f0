import type { CheckedCallQuery } from "./call-query";

/** Unix ms, `from` inclusive, `to` exclusive, null open. */
export interface TimeRange {
  from: number | null;
  to: number | null;
}

/** The time ranges a question asks about, within the scope's own: a period cannot reach out of it. */
export function comparedPeriods(
  scope: TimeRange,
  { range, compareWith }: Pick<CheckedCallQuery, "range" | "compareWith">,
): { current: TimeRange; previous: TimeRange | null } {
  const current = within(scope, range);
  if (compareWith === null) return { current, previous: null };
  if (compareWith !== "preceding") return { current, previous: within(scope, compareWith) };
  // The schema holds that a compared range has both ends.
  const from = range.from ?? 0;
  const length = (range.to ?? from) - from;
  return { current, previous: within(scope, { from: from - length, to: from }) };
}

function within(scope: TimeRange, range: TimeRange): TimeRange {
  return { from: later(scope.from, range.from), to: earlier(scope.to, range.to) };
}

const later = (a: number | null, b: number | null) =>
  a === null ? b : b === null ? a : Math.max(a, b);
const earlier = (a: number | null, b: number | null) =>
  a === null ? b : b === null ? a : Math.min(a, b);
