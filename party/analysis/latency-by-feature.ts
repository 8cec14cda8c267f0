import { draftOf } from "./draft";
import { Figures, percentText } from "./figures";
import { nameWhenEmpty, SegmentNames } from "./names";
import { daysBefore, lastAndPreceding, lastDays, noAnswer } from "./periods";
import { askBreakdown, askPeriods, askSpan } from "./profile-questions";
import type { Analysis, LatencyResult } from "./results";
import type { PeriodRow } from "./source";

const MOST_FEATURES = 40;
/** A p95 over fewer calls than this moves too much by chance to be called a regression. */
const ENOUGH_CALLS = 30;
const REGRESSION_PERCENT = 20;

/**
 * Latency and time to first token by feature, and how p95 moved in the last `days`.
 *
 * Keys per segment: `latency_calls`, `p50_latency`, `p95_latency`, `p99_latency`, `p50_ttft`, `p95_ttft`,
 * `p99_ttft`, `p95_current`, `p95_previous`, `p95_change`, `regressed` (1 or 0).
 */
export const latencyByFeature: Analysis<{ days?: number }, LatencyResult> = async (
  source,
  scope,
  { days = 7 },
  signal,
) => {
  const [totals, byFeature] = await Promise.all([
    askSpan(source, scope, signal),
    askBreakdown(source, scope, { by: "feature", limit: MOST_FEATURES }, signal),
  ]);
  const total = totals.rows[0];
  const pair = total ? lastAndPreceding(scope, total, days) : { unavailable: "no calls in range" };
  const compared =
    "unavailable" in pair
      ? noAnswer<PeriodRow>()
      : await askPeriods(source, scope, { ...pair, by: "feature" }, signal);

  const names = new SegmentNames();
  const features = byFeature.rows
    .filter((row) => !row.others)
    .map((row) => {
      const of = (period: PeriodRow["period"]) =>
        compared.rows.find((found) => found.segment === row.segment && found.period === period)
          ?.latencyMs ?? null;
      const current = of("current");
      const previous = of("previous");
      const change =
        current && previous
          ? percentText(micro(current.p95 - previous.p95), micro(previous.p95))
          : null;
      return {
        name: names.name(row.segment, nameWhenEmpty("feature")),
        calls: row.calls,
        latencyMs: row.latencyMs,
        ttftMs: row.ttftMs,
        currentP95Ms: current?.p95 ?? null,
        previousP95Ms: previous?.p95 ?? null,
        currentCalls: current?.calls ?? 0,
        previousCalls: previous?.calls ?? 0,
        p95Change: change,
        regressed:
          change !== null &&
          Number(change) >= REGRESSION_PERCENT &&
          (current?.calls ?? 0) >= ENOUGH_CALLS &&
          (previous?.calls ?? 0) >= ENOUGH_CALLS,
      };
    })
    .sort((a, b) => (b.latencyMs?.p95 ?? -1) - (a.latencyMs?.p95 ?? -1));

  const figures = new Figures();
  const unknown = "unavailable" in pair ? pair.unavailable : "not logged in both periods";
  for (const feature of features) {
    const { name } = feature;
    figures.add(
      name,
      "latency_calls",
      "successful calls with a logged latency",
      "calls",
      feature.latencyMs?.calls ?? 0,
    );
    figures.percentiles(name, "latency", feature.latencyMs);
    figures.percentiles(name, "ttft", feature.ttftMs);
    figures.add(
      name,
      "p95_current",
      `p95 of ${lastDays(days)}`,
      "ms",
      feature.currentP95Ms,
      feature.currentP95Ms === null ? unknown : undefined,
    );
    figures.add(
      name,
      "p95_previous",
      `p95 of ${daysBefore(days)}`,
      "ms",
      feature.previousP95Ms,
      feature.previousP95Ms === null ? unknown : undefined,
    );
    figures.add(
      name,
      "p95_change",
      "change of p95",
      "percent",
      feature.p95Change,
      feature.p95Change === null ? unknown : undefined,
    );
    figures.add(
      name,
      "regressed",
      "p95 rose by a fifth or more",
      "count",
      feature.regressed ? 1 : 0,
    );
  }
  return {
    result: { logged: features.some((feature) => feature.latencyMs !== null), days, features },
    draft: draftOf(scope, {
      tool: "latency-by-feature",
      what: `Latency by feature, and ${lastDays(days)} against ${daysBefore(days)}`,
      ground: "measured",
      formula:
        "percentiles by linear interpolation; change = (current p95 − previous p95) ÷ previous p95",
      answers: [totals, byFeature, compared].filter((answer) => answer.sql !== ""),
      chosen: { days },
      assumptions: [
        "Only successful calls count.",
        `A regression is a rise of p95 by at least ${REGRESSION_PERCENT} % with at least ${ENOUGH_CALLS} calls in both periods.`,
      ],
      segmentLabel: "feature",
      figures,
    }),
  };
};

/** Milliseconds as whole microseconds. */
function micro(ms: number): bigint {
  return BigInt(Math.round(ms * 1000));
}
