import type { Focus, Intent, Metric, TriageResult } from "../../party/agents/triage/result";

/** What a person may write, and what the crew must make of it. What is left out is not judged. */
export interface Phrasing {
  text: string;
  intent: Intent;
  /** The first focus of an analysis. */
  focus?: Focus;
  metric?: Metric;
  by?: TriageResult["by"];
  models?: readonly string[];
  providers?: readonly string[];
  features?: readonly string[];
  notFeatures?: readonly string[];
  /** UTC, to the minute; null is open. Left out: the whole log. */
  range?: readonly [from: string | null, to: string | null];
  /** Kind, value and segment of each target, in the order of the text. */
  targets?: ReadonlyArray<readonly [kind: string, value: number, segment: string | null]>;
  keepLatency?: boolean;
  keepQuality?: boolean;
  /** Names that the message gives and the log does not hold. */
  missing?: readonly string[];
  /** Agents that run, in order; by default those that the intent asks for. */
  agents?: readonly string[];
}

/** The moment at which all of these are asked; the demo log ends in the night before. */
export const ASKED_AT = Date.UTC(2026, 2, 31, 12);

export const lookup = (text: string, metric: Metric, more: Partial<Phrasing> = {}): Phrasing => ({
  text,
  intent: "lookup",
  metric,
  by: null,
  ...more,
});
export const analysis = (text: string, focus: Focus, more: Partial<Phrasing> = {}): Phrasing => ({
  text,
  intent: "analysis",
  focus,
  ...more,
});
export const talk = (text: string): Phrasing => ({ text, intent: "small-talk" });
export const vague = (text: string): Phrasing => ({ text, intent: "unclear" });

export const LAST_7_DAYS = ["2026-03-24T12:00", null] as const;
export const YESTERDAY = ["2026-03-30T00:00", "2026-03-31T00:00"] as const;
/** Monday to Sunday before the week in which it is asked. */
export const LAST_WEEK = ["2026-03-23T00:00", "2026-03-30T00:00"] as const;
