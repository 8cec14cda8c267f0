import { changeParts } from "../../analysis/explain-change";
import type { ChangePart } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { cite, findValue, join, rich, sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { TriageResult } from "../triage/result";
import { unsigned } from "./findings";

/** Tools whose evidence says why a figure is as it is, by the name under which questions are recorded. */
export const explainingTools: ReadonlySet<string> = new Set([
  "explain_change",
  "compare_periods",
  "break_down",
  "latency_by_feature",
  "errors_and_retries",
]);

/** What a "why" is about: the figures of the question before it. */
export function subjectOfWhy({
  intent,
  focus,
  metric,
}: Pick<TriageResult, "intent" | "focus" | "metric">): "cost" | "latency" | "errors" {
  const [first] = intent === "lookup" ? [metric] : focus;
  return first === "latency" || first === "errors" ? first : "cost";
}

/**
 * Why the figures of a question are as they are, from evidence alone, whichever run recorded it: what changed
 * spend and by how much, or what is slow, or what fails. Empty when no evidence says anything of it.
 */
export function explain(evidence: readonly KeptEvidence[], understood: TriageResult): RichText {
  switch (subjectOfWhy(understood)) {
    case "latency":
      return whySlow(last(evidence, "latency-by-feature"));
    case "errors":
      return whyFailing(last(evidence, "errors-and-retries"));
    case "cost":
      return whyCost(evidence);
  }
}

function whyCost(evidence: readonly KeptEvidence[]): RichText {
  const change = last(evidence, "explain-change");
  const periods = last(evidence, "compare-periods");
  const shares = join(
    ["feature", "model"].flatMap((by) => {
      const text = largestShare(evidence, by);
      return text.length > 0 ? [text] : [];
    }),
  );
  if (!change && !periods) return [];
  const told = join(
    [whatMoved(periods, change), whichParts(change), whichSegment(periods)].filter(hasText),
  );
  if (hasText(told)) return hasText(shares) ? rich`${told} ${shares}` : told;
  const unknown =
    "Whether and why it changed is unknown, because there is no earlier period of as much time to compare it with.";
  return hasText(shares) ? rich`${shares} ${unknown}` : [unknown];
}

function whatMoved(periods: KeptEvidence | null, change: KeptEvidence | null): RichText {
  const source = [periods, change].find((one) => sizeOf(one, "cost_delta") !== null);
  if (!source) return [];
  const delta = sizeOf(source, "cost_delta") ?? 0;
  const since =
    periods && findValue(periods, "current_from")?.value != null
      ? rich`From ${cite(periods, "current_from")} on`
      : rich`Lately`;
  if (delta === 0) {
    return rich`${since} spend was ${cite(source, "cost_current")}, as much as in the same time before.`;
  }
  return rich`${since} spend ${delta > 0 ? "rose" : "fell"} by ${unsigned(cite(source, "cost_delta"))}, from ${cite(source, "cost_previous")} in as much time before to ${cite(source, "cost_current")}.`;
}

function whichParts(change: KeptEvidence | null): RichText {
  if (!change) return [];
  const parts = (Object.keys(changeParts) as ChangePart[])
    .map((part) => ({ part, size: sizeOf(change, `effect_${part}`) ?? 0 }))
    .filter(({ size }) => size !== 0)
    .sort((a, b) => Math.abs(b.size) - Math.abs(a.size))
    .slice(0, 3)
    .map(({ part }) => rich`${changeParts[part]} ${cite(change, `effect_${part}`)}`);
  return parts.length === 0 ? [] : rich`What made the difference: ${join(parts, ", ")}.`;
}

function whichSegment(periods: KeptEvidence | null): RichText {
  const [first, second] = ranked(periods, "cost_delta");
  if (!periods || !first || !second) return [];
  const delta = sizeOf(periods, "cost_delta", first) ?? 0;
  return rich`Most of it is ${first}, ${delta > 0 ? "up" : "down"} by ${unsigned(cite(periods, "cost_delta", first))}.`;
}

function largestShare(evidence: readonly KeptEvidence[], by: string): RichText {
  const split = evidence.findLast(({ tool }) => tool === `breakdown-by-${by}`);
  const [first, second] = ranked(split ?? null, "share");
  if (!split || !first || !second) return [];
  return rich`The ${by} ${first} takes ${cite(split, "share", first)} of the spend (${cite(split, "cost", first)}).`;
}

function whySlow(latency: KeptEvidence | null): RichText {
  const [slowest] = ranked(latency, "p95_latency");
  if (!latency || !slowest) return [];
  const rising = ranked(latency, "p95_change").filter(
    (name) => (sizeOf(latency, "p95_change", name) ?? 0) > 0,
  );
  const text = rich`${slowest} is the slowest: half of its answers take up to ${cite(latency, "p50_latency", slowest)}, and p95 is ${cite(latency, "p95_latency", slowest)}.`;
  const [first] = rising;
  return first === undefined
    ? rich`${text} Its speed did not get worse lately.`
    : rich`${text} ${first} got slower the most: its p95 rose by ${cite(latency, "p95_change", first)}, from ${cite(latency, "p95_previous", first)} to ${cite(latency, "p95_current", first)}.`;
}

function whyFailing(errors: KeptEvidence | null): RichText {
  if (!errors || sizeOf(errors, "errors") === null) return [];
  const causes = ranked(errors, "errors")
    .slice(0, 3)
    .map((name) => rich`${name} (${cite(errors, "errors", name)})`);
  if (causes.length === 0) return ["No failed call is logged."];
  return rich`Of ${cite(errors, "calls")} calls ${cite(errors, "errors")} failed. The causes that failed the most calls: ${join(causes, ", ")}.`;
}

/** Names of the segments that hold a value under the key, the largest first, whichever sign it has. */
function ranked(evidence: KeptEvidence | null, key: string): string[] {
  if (!evidence) return [];
  return evidence.values
    .flatMap(({ segment, key: own, value }) =>
      segment !== null && own === key && value !== null
        ? [{ segment, size: Math.abs(Number(value)) }]
        : [],
    )
    .sort((a, b) => b.size - a.size)
    .map(({ segment }) => segment);
}

function last(evidence: readonly KeptEvidence[], tool: string): KeptEvidence | null {
  return evidence.findLast((one) => one.tool === tool) ?? null;
}

const hasText = (text: RichText) => text.length > 0;
