import { draftOf } from "./draft";
import { byUsdDescending, changeOfUsd, Figures, shareOfCount, subtractUsd } from "./figures";
import { nameWhenEmpty, SegmentNames } from "./names";
import { daysBefore, lastAndPreceding, lastDays } from "./periods";
import { askPeriods, askSpan } from "./profile-questions";
import type { Analysis, PeriodsResult } from "./results";
import type { Dimension, Measures, PeriodRow } from "./source";

const MOST_DRIVERS = 20;

/**
 * The last `days` against the `days` before, as a whole and by a dimension.
 *
 * Keys (segment null): `cost_current`, `cost_previous`, `cost_delta`, `cost_change`, `calls_current`,
 * `calls_previous`, `calls_change`, `p95_latency_current`, `p95_latency_previous`, `current_from`, `previous_from`.
 * Keys per segment: `cost_current`, `cost_previous`, `cost_delta`, `calls_current`, `calls_previous`.
 */
export const comparePeriods: Analysis<
  { days?: number; by?: Dimension | null },
  PeriodsResult
> = async (source, scope, { days = 7, by = "feature" }, signal) => {
  const totals = await askSpan(source, scope, signal);
  const total = totals.rows[0];
  const pair = total ? lastAndPreceding(scope, total, days) : { unavailable: "no calls in range" };
  if ("unavailable" in pair) {
    const figures = new Figures().usd(
      null,
      "cost_delta",
      "cost difference",
      null,
      pair.unavailable,
    );
    return {
      result: {
        ...nothingToCompare,
        unavailable: pair.unavailable,
        days,
        by,
      },
      draft: draftOf(scope, {
        tool: "compare-periods",
        what: `What ${lastDays(days)} cost against ${daysBefore(days)}`,
        ground: "measured",
        formula: null,
        answers: [totals],
        chosen: { days, by },
        figures,
      }),
    };
  }
  const [whole, parts] = await Promise.all([
    askPeriods(source, scope, { ...pair, by: null }, signal),
    by ? askPeriods(source, scope, { ...pair, by }, signal) : null,
  ]);
  const current = whole.rows.find((row) => row.period === "current") ?? null;
  const previous = whole.rows.find((row) => row.period === "previous") ?? null;
  const result: PeriodsResult = {
    unavailable: null,
    days,
    ...pair,
    currentMeasures: measuresOf(current),
    previousMeasures: measuresOf(previous),
    costChange: changeOfUsd(previous?.costUsd ?? null, current?.costUsd ?? null),
    callsChange: shareOfCount((current?.calls ?? 0) - (previous?.calls ?? 0), previous?.calls ?? 0),
    costDeltaUsd: subtractUsd(costOf(current), costOf(previous)),
    by,
    drivers: by && parts ? driversOf(parts.rows, by) : [],
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: "compare-periods",
      what: `What ${lastDays(days)} cost against ${daysBefore(days)}${by ? `, by ${by}` : ""}`,
      ground: "measured",
      formula: "change = (current − previous) ÷ previous",
      answers: parts ? [totals, whole, parts] : [totals, whole],
      chosen: { days, by },
      assumptions: ["Amounts leave out unpriced calls in both periods."],
      segmentLabel: by,
      figures: comparisonFigures(result),
    }),
  };
};

const nothingToCompare = {
  current: null,
  previous: null,
  currentMeasures: null,
  previousMeasures: null,
  costChange: null,
  callsChange: null,
  costDeltaUsd: null,
  drivers: [],
};

function measuresOf(row: PeriodRow | null): Measures | null {
  if (!row) return null;
  const { period: _period, segment: _segment, ...measures } = row;
  return measures;
}

/** No calls cost nothing; calls that are all unpriced cost an unknown amount. */
function costOf(row: PeriodRow | null | undefined): string | null {
  return row ? row.costUsd : "0";
}

function driversOf(rows: readonly PeriodRow[], by: Dimension): PeriodsResult["drivers"] {
  const names = new SegmentNames();
  const segments = [...new Set(rows.map((row) => row.segment))].sort();
  const drivers = segments.map((segment) => {
    const of = (period: PeriodRow["period"]) =>
      rows.find((row) => row.segment === segment && row.period === period);
    const currentCostUsd = costOf(of("current"));
    const previousCostUsd = costOf(of("previous"));
    return {
      name: names.name(segment, nameWhenEmpty(by)),
      currentCostUsd,
      previousCostUsd,
      deltaUsd: subtractUsd(currentCostUsd, previousCostUsd),
      currentCalls: of("current")?.calls ?? 0,
      previousCalls: of("previous")?.calls ?? 0,
    };
  });
  const size = (delta: string | null) => delta?.replace("-", "") ?? null;
  return drivers.sort((a, b) => byUsdDescending(size(a.deltaUsd), size(b.deltaUsd)));
}

function comparisonFigures(result: PeriodsResult): Figures {
  const figures = new Figures();
  const { currentMeasures: current, previousMeasures: previous } = result;
  const zero = "no calls, or no earlier cost, to compare with";
  figures.usd(
    null,
    "cost_current",
    `cost of ${lastDays(result.days)}`,
    current ? current.costUsd : "0",
  );
  figures.usd(
    null,
    "cost_previous",
    `cost of ${daysBefore(result.days)}`,
    previous ? previous.costUsd : "0",
  );
  figures.usd(null, "cost_delta", "cost difference", result.costDeltaUsd);
  figures.add(
    null,
    "cost_change",
    "change of cost",
    "percent",
    result.costChange,
    result.costChange === null ? zero : undefined,
  );
  figures.add(
    null,
    "calls_current",
    `calls of ${lastDays(result.days)}`,
    "calls",
    current?.calls ?? 0,
  );
  figures.add(
    null,
    "calls_previous",
    `calls of ${daysBefore(result.days)}`,
    "calls",
    previous?.calls ?? 0,
  );
  figures.add(
    null,
    "calls_change",
    "change of calls",
    "percent",
    result.callsChange,
    result.callsChange === null ? zero : undefined,
  );
  for (const [key, measures] of [
    ["current", current],
    ["previous", previous],
  ] as const) {
    const p95 = measures?.latencyMs?.p95 ?? null;
    figures.add(
      null,
      `p95_latency_${key}`,
      `p95 latency, ${key} period`,
      "ms",
      p95,
      p95 === null ? "not logged" : undefined,
    );
  }
  const start = (period: { from: number } | null) => period && new Date(period.from).toISOString();
  figures.add(null, "current_from", "start of the current period", "date", start(result.current));
  figures.add(
    null,
    "previous_from",
    "start of the previous period",
    "date",
    start(result.previous),
  );
  for (const driver of result.drivers.slice(0, MOST_DRIVERS)) {
    figures.usd(driver.name, "cost_current", "cost now", driver.currentCostUsd);
    figures.usd(driver.name, "cost_previous", "cost before", driver.previousCostUsd);
    figures.usd(driver.name, "cost_delta", "difference", driver.deltaUsd);
    figures.add(driver.name, "calls_current", "calls now", "calls", driver.currentCalls);
    figures.add(driver.name, "calls_previous", "calls before", "calls", driver.previousCalls);
  }
  return figures;
}
