import type { BreakdownResult, ErrorsResult, TotalsResult } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { CALLS, cite, counted, join, rich } from "../core/figures";
import type { ToolUse } from "../core/tool";
import type { TriageResult } from "../triage/result";
import { RANKING_OF, RANKINGS } from "./rankings";

export interface LookupFacts {
  triage: TriageResult;
  totals: ToolUse<TotalsResult>;
  ranking: ToolUse<BreakdownResult> | null;
  errors: ToolUse<ErrorsResult> | null;
}

/** The rules' answer to a direct question: the asked figure first, then what it is about. */
export function answerLookup(facts: LookupFacts): RichText {
  const { triage, ranking } = facts;
  const ranked = ranking === null ? [] : rank(triage, ranking);
  const text = ranked.length > 0 ? ranked : single(facts);
  return join([text, ...notes(facts)]);
}

/** What the figures are about, in words: "gpt-4o", "the feature chat without search", "all calls". */
export function subjectOf({ filters }: TriageResult): string {
  const parts = [
    ...(filters.provider ?? []),
    ...(filters.model ?? []),
    ...(filters.feature ?? []).map((name) => `the feature ${name}`),
  ];
  const without = filters.notFeature ? ` without ${filters.notFeature.join(" and ")}` : "";
  return `${parts.length > 0 ? parts.join(" and ") : "all calls"}${without}`;
}

function single({ triage, totals, errors }: LookupFacts): RichText {
  const { evidence, result } = totals;
  if (!evidence) return [];
  const subject = capital(subjectOf(triage));
  const when = rich`from ${cite(evidence, "first_call")} to ${cite(evidence, "last_call")}`;
  switch (triage.metric) {
    case "spend":
      return result.costUsd === null
        ? rich`What this cost is unknown: no price is known for the models of its ${counted(evidence, "calls", CALLS)}, ${when}.`
        : rich`${subject} cost ${cite(evidence, "cost")} for ${counted(evidence, "calls", CALLS)}, ${when}.`;
    case "calls":
      return rich`${subject}: ${counted(evidence, "calls", CALLS)}, ${when}, for ${cite(evidence, "cost")}.`;
    case "tokens":
      return rich`${subject} read ${cite(evidence, "input_tokens")} input tokens and wrote ${cite(evidence, "output_tokens")} output tokens in ${counted(evidence, "calls", CALLS)}, ${when}.`;
    case "latency":
      return result.latencyMs === null
        ? rich`How long the ${counted(evidence, "calls", CALLS)} took is unknown: the log holds no latencies.`
        : rich`${subject}: p50 is ${cite(evidence, "p50_latency")}, p95 ${cite(evidence, "p95_latency")} and p99 ${cite(evidence, "p99_latency")}, over ${cite(evidence, "latency_calls")} successful calls, ${when}.`;
    case "errors": {
      const text = rich`${subject}: ${cite(evidence, "errors")} of ${counted(evidence, "calls", CALLS)} failed (${cite(evidence, "error_rate")}), ${when}.`;
      const [cause] = errors?.result.causes ?? [];
      return cause && errors?.evidence
        ? rich`${text} The most frequent cause is ${cause.name} (${cite(errors.evidence, "errors", cause.name)}).`
        : text;
    }
  }
}

function rank(triage: TriageResult, { evidence, result }: ToolUse<BreakdownResult>): RichText {
  if (!evidence) return [];
  const named = result.segments.filter(({ others }) => !others);
  if (named.length < 2) return [];
  const key = RANKING_OF[triage.metric];
  const { verb, size } = RANKINGS[key];
  const ordered = named
    .map((segment) => ({ name: segment.name, size: size(segment) }))
    // Where nothing failed, or nothing was measured, nobody has a rank.
    .filter((segment): segment is { name: string; size: number } => (segment.size ?? 0) > 0)
    .sort((a, b) => b.size - a.size);
  const [first, second, third] = ordered;
  if (!first) return [];
  const text = rich`${first.name} ${verb}: ${cite(evidence, key, first.name)}`;
  const rest = [second, third].flatMap((one) =>
    one ? [rich`${one.name} with ${cite(evidence, key, one.name)}`] : [],
  );
  return rest.length > 0 ? rich`${text}; then ${join(rest, " and ")}.` : rich`${text}.`;
}

/** What a reader must know to take the figure right. */
function notes({ triage, totals }: LookupFacts): RichText[] {
  const texts: RichText[] = [];
  const { evidence, result } = totals;
  if (evidence && result.unpricedCalls > 0 && result.costUsd !== null) {
    texts.push(
      rich`${counted(evidence, "unpriced_calls", ["call has no known price and is", "calls have no known price and are"])} left out of the amount.`,
    );
  }
  if (triage.range.anchor === "last-call") {
    texts.push(["The log has ended, so the time asked for is counted back from its last call."]);
  }
  if (triage.rangeUnread) {
    texts.push([
      triage.range.anchor === "none"
        ? "The time asked for was not understood, so this is over the whole log."
        : "A part of the time asked for was not understood; the times above are what was taken.",
    ]);
  }
  if (triage.targetsUnread) texts.push(["A bound in the question was not understood."]);
  if (triage.missing.length > 0) {
    texts.push([`The log holds no calls of ${triage.missing.join(", ")}.`]);
  }
  const [dataset] = triage.datasets;
  if (dataset && triage.datasetChoice === "newest") {
    texts.push([
      `This is about ${dataset.name}, the newest dataset; name another one to ask about it.`,
    ]);
  }
  return texts;
}

function capital(text: string): string {
  // Names keep their spelling; only words of our own get a capital letter.
  return text.startsWith("all calls") || text.startsWith("the feature")
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
}
