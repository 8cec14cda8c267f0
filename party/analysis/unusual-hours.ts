import type { Unit } from "../protocol/evidence";
import {
  type Anomaly,
  findAnomalies,
  HOUR_MS,
  type HourlyValues,
  SCORE_LIMIT,
  type Watched,
  WEEK_MS,
  WEEKS,
  weeksOfHistory,
} from "./anomalies/find-anomalies";
import { draftOf } from "./draft";
import { Figures } from "./figures";
import { lastDays } from "./periods";
import { askSpan } from "./profile-questions";
import type { Analysis, UnusualHoursResult, WatchedMeasure } from "./results";
import type { Answer, Scope } from "./source";

/** Five figures an anomaly keep the evidence under its 600 values. */
const MOST_ANOMALIES = 60;

/** What is watched, its unit, and what an hour without calls counts as. */
const watched: Record<WatchedMeasure, Watched & { label: string; unit: Unit }> = {
  spend: { label: "cost", unit: "USD", whenSilent: 0, counts: false },
  calls: { label: "calls", unit: "calls", whenSilent: 0, counts: true },
  errors: { label: "failed calls", unit: "calls", whenSilent: 0, counts: true },
  latency_p95: { label: "p95 latency", unit: "ms", whenSilent: null, counts: false },
};
const measures = Object.keys(watched) as WatchedMeasure[];

/**
 * Hours of the last `days` in which cost, calls, failures or p95 latency lie far from the same hours of
 * the four weeks before: |score| ≥ 3.5, score = (value − median) ÷ spread (see anomalies/).
 *
 * Keys (segment null): `anomalies`, `weeks`. Keys per segment (`2026-03-10 14:00 · failed calls`):
 * `value`, `expected`, `score`, `hours`.
 */
export const unusualHours: Analysis<{ days?: number }, UnusualHoursResult> = async (
  source,
  scope,
  { days = 7 },
  signal,
) => {
  const totals = await askSpan(source, scope, signal);
  const total = totals.rows[0];
  const about = {
    tool: "unusual-hours",
    what: `Hours of ${lastDays(days)} unlike the same hours of the ${WEEKS} weeks before`,
    ground: "measured",
    formula:
      "score = (value − median of the same hour in the weeks before) ÷ spread; spread = 1.4826 × median absolute deviation of a week from the other weeks, of that hour or of all hours, whichever is larger; of counts at least √median",
    chosen: { days },
    segmentLabel: "hour and measure",
  } as const;
  const unavailable = (reason: string, weeks: number, answers: Array<Answer<unknown>>) => ({
    result: { unavailable: reason, days, weeks, anomalies: [] },
    draft: draftOf(scope, {
      ...about,
      answers,
      figures: weekFigure(weeks).add(null, "anomalies", "unusual hours", "count", null, reason),
    }),
  });
  const window = windowOf(scope, total?.lastAt ?? null, days);
  if (!window || !total) return unavailable("no calls in range", 0, [totals]);
  const answer = await source.query(
    scope,
    {
      measures,
      grain: "hour",
      range: { from: window.from - WEEKS * WEEK_MS, to: window.to },
    },
    signal,
  );
  const valuesOf = (measure: WatchedMeasure): HourlyValues =>
    new Map(
      answer.rows.map(({ at, values }) => {
        const value = values[measure];
        return [at ?? 0, value === null ? null : Number(value)];
      }),
    );
  const weeks = weeksOfHistory(valuesOf("calls"), window);
  if (weeks < WEEKS) {
    const reason = `too little history: ${weeks} of ${WEEKS} weeks needed before ${lastDays(days)}`;
    return unavailable(reason, weeks, [totals, answer]);
  }
  const anomalies = measures
    .flatMap((measure) =>
      findAnomalies(valuesOf(measure), window, watched[measure]).map((anomaly) => ({
        ...anomaly,
        measure,
        name: `${hourName(anomaly.peakAt)} · ${watched[measure].label}`,
      })),
    )
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score) || a.at - b.at);
  return {
    result: { unavailable: null, days, weeks, anomalies },
    draft: draftOf(scope, {
      ...about,
      answers: [totals, answer],
      assumptions: [
        `An hour is unusual from a score of ${SCORE_LIMIT} on, either way; hours in a row count as one.`,
        "Only whole hours with all four weeks before them are looked at (UTC). An hour without calls counts as zero calls, cost and failures; it has no latency.",
        ...(total.unpricedCalls > 0 ? ["Cost leaves out unpriced calls."] : []),
      ],
      figures: anomalyFigures(anomalies, weeks),
    }),
  };
};

/** The last `days` of whole hours; null without a whole hour of calls. */
function windowOf(scope: Scope, lastAt: number | null, days: number) {
  if (lastAt === null) return null;
  const end = Math.min(scope.to ?? lastAt + 1, lastAt + 1);
  const to = Math.floor(end / HOUR_MS) * HOUR_MS;
  return { from: to - days * 24 * HOUR_MS, to };
}

function weekFigure(weeks: number): Figures {
  return new Figures().add(null, "weeks", "weeks of history", "count", weeks);
}

function anomalyFigures(
  anomalies: ReadonlyArray<Anomaly & { measure: WatchedMeasure; name: string }>,
  weeks: number,
): Figures {
  const figures = weekFigure(weeks);
  figures.add(null, "anomalies", "unusual hours", "count", anomalies.length);
  for (const { name, measure, value, expected, score, hours } of anomalies.slice(
    0,
    MOST_ANOMALIES,
  )) {
    const { label, unit } = watched[measure];
    figures.add(name, "value", `${label} in the hour`, unit, value);
    figures.add(name, "expected", "median of the same hour before", unit, expected);
    figures.add(name, "score", "score", "ratio", score);
    figures.add(name, "hours", "hours in a row", "count", hours);
  }
  return figures;
}

function hourName(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}
