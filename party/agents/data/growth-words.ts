import type { ProjectSpendResult } from "../../analysis/project-spend";
import type { RichText } from "../../protocol";
import { cite, counted, join, rich, sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";

/** Where spend and traffic go: the stated growth first, then the trend, the budget, the busiest minute. */
export function tellProjection(found: ProjectSpendResult, evidence: KeptEvidence): RichText {
  return join(
    [
      nextMonth(found, evidence),
      monthEnd(found, evidence),
      budget(found, evidence),
      busiest(found, evidence),
    ].filter((text) => text.length > 0),
  );
}

function nextMonth({ question, factor }: ProjectSpendResult, evidence: KeptEvidence): RichText {
  if (question.factor === null) return [];
  if (factor?.state !== "projected") {
    return [
      "What next month would cost at the stated growth is unknown: the log has too few whole days.",
    ];
  }
  return rich`At the stated growth, next month comes to ${cite(evidence, "next_month")}, between ${cite(evidence, "next_month_low")} and ${cite(evidence, "next_month_high")}.`;
}

function monthEnd({ forecast }: ProjectSpendResult, evidence: KeptEvidence): RichText {
  if (forecast.state !== "projected") {
    return [`A projection by trend is not possible: ${forecast.reason}.`];
  }
  const trend = sizeOf(evidence, "weekly_growth") ?? 0;
  const going =
    trend === 0
      ? ["does not grow"]
      : rich`${trend > 0 ? "grows" : "shrinks"} by ${unsignedGrowth(evidence)} a week`;
  const end =
    sizeOf(evidence, "month_end") === null
      ? []
      : rich`; by its trend the month of the last call ends at ${cite(evidence, "month_end")}, between ${cite(evidence, "month_end_low")} and ${cite(evidence, "month_end_high")}`;
  const tried =
    sizeOf(evidence, "back_test_error") === null
      ? []
      : rich` Tried on the log's own last weeks, the method was off by ${cite(evidence, "back_test_error")}.`;
  return rich`Spend ${join([going])}${end}.${tried}`;
}

function unsignedGrowth(evidence: KeptEvidence) {
  const figure = cite(evidence, "weekly_growth");
  return { ...figure, text: figure.text.replace(/^[−-]/, "") };
}

function budget({ budget: outcome }: ProjectSpendResult, evidence: KeptEvidence): RichText {
  if (outcome === null) return [];
  switch (outcome.state) {
    case "already-crossed":
      return rich`The month's budget of ${cite(evidence, "budget")} is crossed already: ${cite(evidence, "spent_this_month")} is spent.`;
    case "not-within-days":
      return rich`The month's budget of ${cite(evidence, "budget")} holds to its end.`;
    case "crosses":
      return outcome.at === null
        ? rich`The month's budget of ${cite(evidence, "budget")} may be crossed, at the earliest on ${cite(evidence, "budget_crossed_earliest")}.`
        : rich`The month's budget of ${cite(evidence, "budget")} is crossed on ${cite(evidence, "budget_crossed")}, at the earliest on ${cite(evidence, "budget_crossed_earliest")}.`;
  }
}

/** The model whose busiest minute has most tokens; no limit is made up for it. */
function busiest({ question, limits }: ProjectSpendResult, evidence: KeptEvidence): RichText {
  const [first] = evidence.values
    .filter(
      ({ key, segment, value }) => key === "tokens_peak" && segment !== null && value !== null,
    )
    .sort((a, b) => Number(b.value) - Number(a.value));
  if (!first || first.segment === null) return [];
  const { segment } = first;
  const text = rich`The busiest minute belongs to ${segment}, with ${cite(evidence, "tokens_peak", segment)} tokens and never more than ${counted(evidence, "requests_peak", ["request", "requests"], segment)} a minute`;
  if (limits.length > 0) return rich`${text}.`;
  return question.factor === null
    ? rich`${text}; whether that meets a rate limit is unknown, because no limit was stated.`
    : rich`${text} before the growth; whether that meets a rate limit is unknown, because no limit was stated: hold your provider's limits against the table of traffic.`;
}
