import { changeParts } from "../../analysis/explain-change";
import type {
  AskedCallsResult,
  BreakdownResult,
  ChangePart,
  ChangeResult,
  ConcentrationResult,
  ErrorsResult,
  LatencyResult,
  PeriodsResult,
  QualityResult,
  TimelineResult,
  TotalsResult,
  UnusualHoursResult,
} from "../../analysis/results";
import type { RichText } from "../../protocol";
import { CALLS, cite, counted, join, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import { RANKINGS } from "./rankings";

/** What each tool of the data agent found, told in sentences whose every figure cites its evidence. */

export function tellTotals(totals: TotalsResult, evidence: KeptEvidence): RichText {
  if (totals.calls === 0) return ["No call lies in the range asked about."];
  const cost =
    totals.costUsd === null
      ? rich`their cost is ${cite(evidence, "cost")}, because no price is known for their models`
      : rich`they cost ${cite(evidence, "cost")}`;
  const text = rich`${counted(evidence, "calls", CALLS)} from ${cite(evidence, "first_call")} to ${cite(evidence, "last_call")} read ${cite(evidence, "input_tokens")} input tokens and wrote ${cite(evidence, "output_tokens")} output tokens; ${cost}.`;
  if (totals.unpricedCalls === 0 || totals.costUsd === null) return text;
  return rich`${text} ${counted(evidence, "unpriced_calls", ["call has no known price: it is", "calls have no known price: they are"])} unpriced, not free, and left out of every amount.`;
}

export function tellBreakdown(breakdown: BreakdownResult, evidence: KeptEvidence): RichText {
  const named = breakdown.segments.filter(({ others }) => !others);
  const [first, second] = named;
  const { by } = breakdown;
  const { size } = RANKINGS[breakdown.rank];
  if (!first) return [`There are no calls to split by ${by}.`];
  if (named.length === 1 && first.segment === "") {
    return [`The log names no ${by}, so nothing can be said by ${by}.`];
  }
  if (named.length === 1 && breakdown.segments.length === 1) {
    return [`All calls belong to one ${by}: ${first.name}.`];
  }
  if (breakdown.rank !== "cost") {
    const leader = [...named].sort((a, b) => (size(b) ?? -1) - (size(a) ?? -1))[0] ?? first;
    return rich`${leader.name} ${RANKINGS[breakdown.rank].verb}: ${cite(evidence, breakdown.rank, leader.name)}.`;
  }
  if (first.costUsd === null) {
    return rich`${first.name} has the most calls: ${cite(evidence, "calls", first.name)}. No ${by} has a known price.`;
  }
  const lead = rich`${first.name} costs the most: ${cite(evidence, "cost", first.name)}, which is ${cite(evidence, "share", first.name)} of the spend`;
  if (!second || second.costUsd === null) return rich`${lead}.`;
  return rich`${lead}; ${second.name} follows with ${cite(evidence, "cost", second.name)} (${cite(evidence, "share", second.name)}).`;
}

export function tellTimeline(timeline: TimelineResult, evidence: KeptEvidence): RichText {
  const listed = timeline.points.filter((point) =>
    evidence.values.some(({ segment, key }) => segment === point.name && key === "cost"),
  );
  const priced = listed.filter(({ costUsd }) => costUsd !== null);
  const top = [...priced].sort((a, b) => Number(b.costUsd) - Number(a.costUsd))[0];
  if (listed.length < 2) return [`All calls lie within one ${timeline.grain}.`];
  if (!top) {
    const busiest = [...listed].sort((a, b) => b.calls - a.calls)[0];
    if (!busiest) return [`There are no calls by ${timeline.grain}.`];
    return rich`The busiest ${timeline.grain} was ${busiest.name} with ${counted(evidence, "calls", CALLS, busiest.name)}.`;
  }
  return rich`The most expensive ${timeline.grain} was ${top.name} with ${cite(evidence, "cost", top.name)} over ${counted(evidence, "calls", CALLS, top.name)}.`;
}

export function tellPeriods(periods: PeriodsResult, evidence: KeptEvidence): RichText {
  if (periods.unavailable !== null) {
    return ["There is no earlier period to compare with: the log does not reach back far enough."];
  }
  const span =
    periods.days === 1
      ? "the last day"
      : periods.days === 7
        ? "the last seven days"
        : "the last period";
  if (periods.costChange === null) {
    const { currentMeasures: now, previousMeasures: before } = periods;
    const unpriced = (now && now.costUsd === null) || (before && before.costUsd === null);
    return unpriced
      ? rich`In ${span} spend was ${cite(evidence, "cost_current")}, in as much time before ${cite(evidence, "cost_previous")}: what is unpriced cannot be compared.`
      : rich`In ${span} spend was ${cite(evidence, "cost_current")}; there is no earlier spend to compare with.`;
  }
  const went = Number(periods.costChange) >= 0 ? "rose" : "fell";
  const calls =
    periods.callsChange === null
      ? []
      : rich`, while calls ${Number(periods.callsChange) >= 0 ? "rose" : "fell"} by ${unsigned(cite(evidence, "calls_change"))}`;
  const text = rich`In ${span} spend ${went} by ${unsigned(cite(evidence, "cost_change"))}, from ${cite(evidence, "cost_previous")} to ${cite(evidence, "cost_current")}${calls}.`;
  const driver = periods.drivers.find(
    ({ deltaUsd }) => deltaUsd !== null && Number(deltaUsd) !== 0,
  );
  if (!driver || periods.by === null || periods.drivers.length < 2) return text;
  const direction = Number(driver.deltaUsd) > 0 ? "up" : "down";
  return rich`${text} The largest part of the difference is ${driver.name}, ${direction} by ${unsigned(cite(evidence, "cost_delta", driver.name))}.`;
}

/** The parts that made the most of the change; together with the others they are exactly the change. */
export function tellChange(change: ChangeResult, evidence: KeptEvidence): RichText {
  if (change.unavailable !== null) {
    return ["Why spend changed cannot be told: there is nothing to compare it with."];
  }
  const size = ({ usd }: { usd: string }) => Math.abs(Number(usd));
  const [first, second] = change.parts
    .filter((part) => size(part) > 0)
    .sort((a, b) => size(b) - size(a));
  if (!first) return ["Spend did not change, and neither did any part of it."];
  const part = ({ part }: { part: ChangePart }) =>
    rich`${changeParts[part]} ${cite(evidence, `effect_${part}`)}`;
  return second
    ? rich`What changed spend by ${cite(evidence, "cost_delta")} is mostly ${part(first)}, then ${part(second)}.`
    : rich`What changed spend by ${cite(evidence, "cost_delta")} is ${part(first)} alone.`;
}

/** The first rows' first measure; the evidence has the others. */
export function tellAskedCalls(asked: AskedCallsResult, evidence: KeptEvidence): RichText {
  const [measure] = asked.measures;
  if (!measure || asked.rows.length === 0) return ["No call answers to the question."];
  const told = asked.rows
    .slice(0, 3)
    .map(({ name }) => rich`${name === null ? "" : `${name}: `}${cite(evidence, measure, name)}`);
  return rich`${measure.replaceAll("_", " ")}: ${join(told, "; ")}.`;
}

/** The three hours that lie the farthest off. */
export function tellUnusualHours(found: UnusualHoursResult, evidence: KeptEvidence): RichText {
  if (found.unavailable !== null) {
    return rich`Whether any hour was unusual cannot be told: the log holds ${cite(evidence, "weeks")} whole weeks before the last days, and four are needed.`;
  }
  if (found.anomalies.length === 0) {
    return ["No hour of the last days was unlike the same hours of the four weeks before."];
  }
  const told = found.anomalies
    .slice(0, 3)
    .map(
      ({ name }) =>
        rich`${name} with ${cite(evidence, "value", name)} where ${cite(evidence, "expected", name)} is usual (score ${cite(evidence, "score", name)})`,
    );
  return rich`Unlike the same hours of the four weeks before: ${join(told, "; ")}.`;
}

export function tellConcentration(found: ConcentrationResult, evidence: KeptEvidence): RichText {
  const [first] = found.largest;
  if (found.unavailable !== null || !first) {
    return [`How spend is spread over ${found.by}s cannot be told: there is no priced cost.`];
  }
  return rich`${cite(evidence, "segments")} ${found.by}s share the spend: ${first.name} has ${cite(evidence, "top_1")} of it, the ten largest have ${cite(evidence, "top_10")} (Gini ${cite(evidence, "gini")}).`;
}

/** A change whose direction the words already tell is written without its sign. */
/** For sentences whose words say which way it went. */
export function unsigned<Part extends { text: string }>(figure: Part): Part {
  return { ...figure, text: figure.text.replace(/^[−-]/, "") };
}

export function tellLatency(latency: LatencyResult, evidence: KeptEvidence): RichText {
  if (!latency.logged) {
    return [
      "The log holds no latencies: how fast answers are, and whether a change makes them slower, is unknown.",
    ];
  }
  const measured = latency.features.filter(({ latencyMs }) => latencyMs !== null);
  const [slowest] = measured;
  if (!slowest) return ["The log holds no latencies."];
  const whose =
    measured.length === 1 ? rich`Over all calls` : rich`${slowest.name} is the slowest:`;
  const text = rich`${whose} half of the answers take up to ${cite(evidence, "p50_latency", slowest.name)} and p95 is ${cite(evidence, "p95_latency", slowest.name)}.`;
  const regressed = latency.features.filter((feature) => feature.regressed);
  if (regressed.length === 0) return text;
  const told = regressed.map(
    ({ name }) =>
      rich`${name} got slower: its p95 rose by ${cite(evidence, "p95_change", name)}, from ${cite(evidence, "p95_previous", name)} to ${cite(evidence, "p95_current", name)}.`,
  );
  return join([text, ...told]);
}

export function tellErrors(errors: ErrorsResult, evidence: KeptEvidence): RichText {
  if (errors.errors === 0) return ["No failed call is logged."];
  const [cause] = errors.causes;
  const cost =
    errors.errorCostUsd === null
      ? rich`; what they cost is unknown`
      : rich` and cost ${cite(evidence, "error_cost")}`;
  const text = rich`${counted(evidence, "errors", CALLS)} failed (${cite(evidence, "error_rate")})${cost}; ${counted(evidence, "retries", ["call was a repeated attempt", "calls were repeated attempts"])}.`;
  return cause
    ? rich`${text} The most frequent cause is ${cause.name} (${cite(evidence, "errors", cause.name)}).`
    : text;
}

export function tellQuality(quality: QualityResult, evidence: KeptEvidence): RichText {
  if (quality.labelledCalls === 0) {
    return [
      "No call carries a quality label: whether a cheaper model would answer as well is unknown.",
    ];
  }
  return rich`${counted(evidence, "labelled_calls", ["call carries", "calls carry"])} a quality label, so quality can be compared for the models that have them.`;
}
