import { draftOf } from "./draft";
import { sumUsd } from "./figures";
import { addSavings, amount, leverFigures, leverHead, NO_SAVING } from "./lever";
import { nameWhenEmpty, SegmentNames } from "./names";
import type { Analysis, RetryWasteResult } from "./results";
import type { ErrorRow } from "./source";

const MOST_FEATURES = 100;

/**
 * What failed repetitions cost: saving = Σ cost of failed calls that were a second or later attempt
 * (a breaker that stops after the first failure); low: third or later attempts; high: all failed calls.
 *
 * Keys (segment null): those of every lever, and `errors`, `retries`, `error_cost`.
 * Keys per segment (feature): `saving`, `errors`.
 */
export const leverRetryWaste: Analysis<Record<string, never>, RetryWasteResult> = async (
  source,
  scope,
  _params,
  signal,
) => {
  const answer = await source.errors(scope, signal);
  const { rows } = answer;
  const sum = (pick: (row: ErrorRow) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  const errors = sum((row) => row.errors);
  const unpriced = sum((row) => row.unpricedErrors);

  let reason: string | null = null;
  if (sum((row) => row.calls) === 0) reason = "no calls in range";
  else if (errors > 0 && unpriced === errors)
    reason = "unpriced: no price is known for the failed calls";
  const saving =
    reason === null
      ? rows
          .map((row) => ({
            low: amount(row.lateErrorCostUsd),
            saving: amount(row.retriedErrorCostUsd),
            high: amount(row.errorCostUsd),
          }))
          .reduce(addSavings, NO_SAVING)
      : null;
  const head = leverHead("retry-waste", sumUsd(rows.map((row) => row.costUsd)), saving, reason);

  const names = new SegmentNames();
  const features = [...new Set(rows.filter((row) => row.errors > 0).map((row) => row.feature))].map(
    (feature) => {
      const own = rows.filter((row) => row.feature === feature && row.errors > 0);
      return {
        name: names.name(feature, nameWhenEmpty("feature")),
        feature,
        errors: own.reduce((total, row) => total + row.errors, 0),
        savingUsd: sumUsd(own.map((row) => row.retriedErrorCostUsd)),
      };
    },
  );

  const figures = leverFigures(head);
  figures.add(null, "errors", "failed calls", "calls", errors);
  figures.add(
    null,
    "retries",
    "calls that repeat an attempt",
    "calls",
    sum((row) => row.retries),
  );
  figures.usd(
    null,
    "error_cost",
    "cost of failed calls",
    errors === 0
      ? "0"
      : sumUsd(rows.filter((row) => row.errors > 0).map((row) => row.errorCostUsd)),
  );
  for (const feature of features.slice(0, MOST_FEATURES)) {
    figures.usd(feature.name, "saving", "saving", feature.savingUsd);
    figures.add(feature.name, "errors", "failed calls", "calls", feature.errors);
  }
  return {
    result: { ...head, errors, retries: sum((row) => row.retries), features },
    draft: draftOf(scope, {
      tool: "lever-retry-waste",
      what: "Cost of failed calls that repeated an earlier attempt",
      ground: "measured",
      formula:
        "saving = Σ cost of failed calls with retry ≥ 1 (low: retry ≥ 2; high: all failed calls)",
      answers: [answer],
      assumptions: [
        "Failed calls are billed for the tokens that the log gives them.",
        "An attempt after a failure that would fail again can be told by the kind of the failure, and not be made.",
        ...(unpriced > 0 ? [`${unpriced} failed calls are unpriced and left out.`] : []),
      ],
      segmentLabel: "feature",
      figures,
    }),
  };
};
