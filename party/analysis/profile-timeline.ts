import { draftOf } from "./draft";
import { Figures } from "./figures";
import { askTimeline } from "./profile-questions";
import type { Analysis, TimelineResult } from "./results";
import type { Grain } from "./source";

/** Four keys per bucket keep the evidence under its 600 values. */
const MOST_POINTS = 150;

/**
 * Cost, calls, failures and p95 latency per UTC day or hour that has calls.
 * Keys per segment (`2026-03-01`, or `2026-03-01 14:00`): `cost`, `calls`, `errors`, `p95_latency`.
 * The evidence lists the last 150 buckets; the result has them all.
 */
export const profileTimeline: Analysis<{ grain: Grain }, TimelineResult> = async (
  source,
  scope,
  { grain },
  signal,
) => {
  const answer = await askTimeline(source, scope, { grain }, signal);
  const points = answer.rows.map((row) => ({
    at: row.at,
    name: bucketName(row.at, grain),
    calls: row.calls,
    costUsd: row.costUsd,
    unpricedCalls: row.unpricedCalls,
    errors: row.errors,
    p95LatencyMs: row.latencyMs?.p95 ?? null,
  }));
  const figures = new Figures();
  for (const row of answer.rows.slice(-MOST_POINTS)) {
    const name = bucketName(row.at, grain);
    figures.spend(name, "cost", "cost", row);
    figures.add(name, "calls", "calls", "calls", row.calls);
    figures.add(name, "errors", "failed calls", "calls", row.errors);
    const p95 = row.latencyMs?.p95 ?? null;
    figures.add(
      name,
      "p95_latency",
      "p95 latency",
      "ms",
      p95,
      p95 === null ? "not logged" : undefined,
    );
  }
  return {
    result: { grain, points },
    draft: draftOf(scope, {
      tool: `timeline-by-${grain}`,
      what: `Cost, calls, failures and p95 latency per ${grain} (UTC)`,
      ground: "measured",
      formula: null,
      answers: [answer],
      assumptions:
        points.length > MOST_POINTS
          ? [`The last ${MOST_POINTS} of ${points.length} ${grain}s with calls are listed.`]
          : [],
      segmentLabel: grain,
      figures,
    }),
  };
};

function bucketName(at: number, grain: Grain): string {
  const iso = new Date(at).toISOString();
  return grain === "day" ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}
