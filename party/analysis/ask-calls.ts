import { type CallQuery, checkCallQuery, type Measure, measureKinds } from "../../db/call-query";
import type { Unit } from "../protocol/evidence";
import { draftOf } from "./draft";
import { Figures } from "./figures";
import { SegmentNames } from "./names";
import type { Analysis, AskedCallsResult } from "./results";

export { callQuerySchema } from "../../db/call-query";

/** Evidence holds 600 values. */
const MOST_VALUES = 600;

/**
 * Any question of the typed language, asked as it is. Throws InvalidCallQuery besides what the source throws.
 *
 * Keys: the names of the measures. Segments: the values of the dimensions, then the time, then `before` for
 * the period compared with; null when the question parts by nothing.
 */
export const askCalls: Analysis<CallQuery, AskedCallsResult> = async (
  source,
  scope,
  question,
  signal,
) => {
  const query = checkCallQuery(question);
  const { measures, dimensions, grain, compareWith } = query;
  const answer = await source.query(scope, query, signal);
  const names = new SegmentNames();
  const parts = dimensions.length > 0 || grain !== null || compareWith !== null;
  const rows = answer.rows.map((row) => {
    const segment = row.others
      ? [`all others (${row.segments})`]
      : row.segment.map((value, index) => value || `(no ${dimensions[index]})`);
    const time = row.at === null ? [] : [timeName(row.at, grain)];
    const period = row.period === "previous" ? ["before"] : [];
    const name = [...segment, ...time, ...period].join(" · ");
    return { name: parts ? names.name(name, "all") : null, ...row };
  });
  const shown = rows.slice(0, Math.floor(MOST_VALUES / measures.length));
  const figures = new Figures();
  for (const { name, values } of shown) {
    for (const measure of measures) addFigure(figures, name, measure, values[measure]);
  }
  return {
    result: { measures, rows: shown.map(({ name, values }) => ({ name, values })) },
    draft: draftOf(scope, {
      tool: "ask-calls",
      what: `${measures.join(", ")}${dimensions.length > 0 ? ` by ${dimensions.join(", ")}` : ""}${grain ? ` per ${grain}` : ""}`,
      ground: "measured",
      formula: null,
      answers: [answer],
      assumptions:
        shown.length < rows.length
          ? [`The first ${shown.length} of ${rows.length} rows are listed.`]
          : [],
      segmentLabel: parts
        ? [...dimensions, ...(grain ? [grain] : [])].join(", ") || "period"
        : null,
      figures,
    }),
  };
};

/** A value as a figure of its unit; what is not there says why. */
function addFigure(
  figures: Figures,
  segment: string | null,
  measure: Measure,
  value: number | string | null,
): void {
  const label = measure.replaceAll("_", " ");
  const kind = measureKinds[measure];
  const note = value !== null ? undefined : kind === "money" ? "unpriced" : "nothing to take it of";
  switch (kind) {
    case "money":
      figures.usd(segment, measure, label, value === null ? null : String(value));
      return;
    case "instant": {
      const instant = value === null ? null : new Date(Number(value)).toISOString();
      figures.add(segment, measure, label, "date", instant, note);
      return;
    }
    case "count":
    case "duration":
    case "ratio":
    case "rate":
    case "score":
      figures.add(segment, measure, label, unitOf(measure), value, note);
  }
}

function unitOf(measure: Measure): Unit {
  if (measure.endsWith("_tokens")) return "tokens";
  if (measureKinds[measure] === "duration") return "ms";
  if (measureKinds[measure] !== "count") return "ratio";
  return measure === "users" || measure === "sessions" ? "count" : "calls";
}

/** 2026-03, 2026-03-01 (a day, or a week's Monday) or 2026-03-01 14:00. */
function timeName(at: number, grain: CallQuery["grain"]): string {
  const iso = new Date(at).toISOString();
  if (grain === "month") return iso.slice(0, 7);
  return grain === "hour" ? `${iso.slice(0, 10)} ${iso.slice(11, 16)}` : iso.slice(0, 10);
}
