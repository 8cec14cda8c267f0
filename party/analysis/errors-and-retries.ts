import { draftOf } from "./draft";
import { Figures, shareOfCount, sumUsd } from "./figures";
import { featureName, SegmentNames } from "./names";
import type { Analysis, ErrorsResult } from "./results";
import type { ErrorRow } from "./source";

const MOST_CAUSES = 100;

/**
 * Failed calls by feature and error code, and repeated attempts.
 * Keys (segment null): `calls`, `errors`, `error_rate`, `retries`, `error_cost`.
 * Keys per segment (`feature · code`): `errors`, `error_cost`.
 */
export const errorsAndRetries: Analysis<Record<string, never>, ErrorsResult> = async (
  source,
  scope,
  _params,
  signal,
) => {
  const answer = await source.errors(scope, signal);
  const sum = (pick: (row: ErrorRow) => number) =>
    answer.rows.reduce((total, row) => total + pick(row), 0);
  const calls = sum((row) => row.calls);
  const errors = sum((row) => row.errors);
  const names = new SegmentNames();
  const failed = answer.rows.filter((row) => row.errors > 0);
  const result: ErrorsResult = {
    calls,
    errors,
    errorRate: shareOfCount(errors, calls),
    retries: sum((row) => row.retries),
    errorCostUsd: errors === 0 ? "0" : sumUsd(failed.map((row) => row.errorCostUsd)),
    causes: failed.map((row) => ({
      name: names.name(`${featureName(row.feature)} · ${row.errorCode || "(no code)"}`, ""),
      feature: row.feature,
      errorCode: row.errorCode,
      errors: row.errors,
      errorCostUsd: row.errorCostUsd,
    })),
  };
  const figures = new Figures();
  figures.add(null, "calls", "calls", "calls", calls);
  figures.add(null, "errors", "failed calls", "calls", errors);
  figures.add(
    null,
    "error_rate",
    "share of calls that failed",
    "percent",
    result.errorRate,
    calls === 0 ? "no calls in range" : undefined,
  );
  figures.add(null, "retries", "calls that repeat an attempt", "calls", result.retries);
  figures.usd(null, "error_cost", "cost of failed calls", result.errorCostUsd);
  for (const cause of result.causes.slice(0, MOST_CAUSES)) {
    figures.add(cause.name, "errors", "failed calls", "calls", cause.errors);
    figures.usd(cause.name, "error_cost", "cost of failed calls", cause.errorCostUsd);
  }
  return {
    result,
    draft: draftOf(scope, {
      tool: "errors-and-retries",
      what: "Failed calls by feature and error code, and repeated attempts",
      ground: "measured",
      formula: "error rate = failed calls ÷ calls",
      answers: [answer],
      segmentLabel: "feature and error",
      figures,
    }),
  };
};
