import type { RichText } from "../../protocol";
import { ceilingName, rulesGoOn } from "../core/ceilings";
import { CALLS, cite, counted, findValue, join, rich, sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import { capital, LEVER_WORDS, listed, swapName } from "../optimization/words";
import { evidenceOf, isEmpty, type ReportFacts, segmentsOf } from "./facts";

/** The executive summary in the rules' words: what was asked, or where it goes; what to do; what is unknown. */
export function summarise(facts: ReportFacts): RichText[] {
  const verdicts = facts.optimization?.verdicts ?? [];
  // Where goals were stated, how they fare is the answer; what growth comes to by itself stands in the findings.
  const hasGoals = (facts.optimization?.plan.goals ?? null) !== null;
  const answer = join((hasGoals ? verdicts : [...facts.data.outcome, ...verdicts]).slice(0, 3));
  const points = (
    isEmpty(answer)
      ? [whereItGoes(facts), whatToDo(facts), whatIsOpen(facts)]
      : [
          answer,
          join([spend(facts), whatToDo(facts)].filter((text) => !isEmpty(text))),
          whatIsOpen(facts),
        ]
  ).filter((text) => !isEmpty(text));
  const partial = whyPartial(facts);
  const last = points.at(-1);
  // Three points at most: where all are taken, the last one says it too.
  return isEmpty(partial) || points.length < 3 || !last
    ? [...points, partial].filter((text) => !isEmpty(text))
    : [...points.slice(0, 2), rich`${last} ${partial}`];
}

function whyPartial({ ceiling, skipped }: ReportFacts): RichText {
  if (ceiling === null) return [];
  if (rulesGoOn(ceiling)) {
    return [
      `This report is partly without the language model: the run reached ${ceilingName(ceiling)}, and the rules did the rest.`,
    ];
  }
  const left = skipped.map(({ agent }) => agent);
  const without = left.length > 0 ? ` What is missing: ${listed(left)}.` : "";
  return [
    `This report is partial: the run reached ${ceilingName(ceiling)}.${without} Ask about a shorter time or one feature, or have the ceiling raised.`,
  ];
}

function spend({ data, evidence }: ReportFacts): RichText {
  const totals = evidence.find(({ label }) => label === data.evidence.totals);
  if (!totals) return [];
  return sizeOf(totals, "cost") === null
    ? rich`${counted(totals, "calls", CALLS)} read ${cite(totals, "input_tokens")} input tokens and wrote ${cite(totals, "output_tokens")} output tokens; what they cost is unknown, because no price is known for their models.`
    : rich`${counted(totals, "calls", CALLS)} cost ${cite(totals, "cost")} (${cite(totals, "input_tokens")} input and ${cite(totals, "output_tokens")} output tokens).`;
}

function whereItGoes(facts: ReportFacts): RichText {
  const { data, triage } = facts;
  const totals = evidenceOf(facts, data.evidence.totals);
  if (!totals) return [];
  const latency = evidenceOf(facts, data.evidence.latency);
  const tops = join(
    [
      top(
        evidenceOf(facts, data.evidence.byFeature),
        data.hasFeatures === true && !triage.filters.feature,
        "feature",
      ),
      top(
        evidenceOf(facts, data.evidence.byModel),
        data.hasModels === true && !triage.filters.model,
        "model",
      ),
    ].filter((text) => !isEmpty(text)),
  );
  const slow =
    triage.focus.includes("latency") && latency && data.hasLatency
      ? slowest(latency, triage.filters.feature?.length === 1)
      : [];
  const parts = [spend(facts), tops, slow].filter((text) => !isEmpty(text));
  return triage.focus[0] === "latency" && !isEmpty(slow)
    ? join([slow, ...parts.filter((part) => part !== slow)])
    : join(parts);
}

/** The largest segment of a breakdown, where there is more than one to compare. */
function top(evidence: KeptEvidence | null, named: boolean, what: string): RichText {
  if (!evidence || !named) return [];
  const [first] = segmentsOf(evidence, "cost");
  if (first === undefined) return [];
  if (segmentsOf(evidence, "cost").length === 1)
    return [`All of it belongs to the ${what} ${first}.`];
  return findValue(evidence, "share", first)?.value == null
    ? []
    : rich`The ${what} ${first} takes ${cite(evidence, "share", first)} of the spend (${cite(evidence, "cost", first)}).`;
}

function slowest(latency: KeptEvidence, single: boolean): RichText {
  const [name] = segmentsOf(latency, "p95_latency").filter(
    (segment) => sizeOf(latency, "p95_latency", segment) !== null,
  );
  if (name === undefined) return [];
  return single
    ? rich`p95 of ${name} is ${cite(latency, "p95_latency", name)}.`
    : rich`${name} is the slowest with a p95 of ${cite(latency, "p95_latency", name)}.`;
}

function whatToDo(facts: ReportFacts): RichText {
  const levers = facts.optimization;
  if (!levers) return [];
  const inPlan = levers.recommendations.filter(({ standing }) => standing === "plan");
  const plan = evidenceOf(facts, levers.plan.evidence);
  const texts: RichText[] = [];
  if (plan && inPlan.length > 0) {
    const names = [...new Set(inPlan.map(({ lever }) => LEVER_WORDS[lever]))];
    const keepsSpeed = inPlan.every(({ latency }) => latency === "better" || latency === "same");
    texts.push(
      rich`${capital(listed(names))} would have saved ${cite(plan, "saving")}, ${cite(plan, "share")} of the spend (between ${cite(plan, "saving_low")} and ${cite(plan, "saving_high")})${keepsSpeed ? ", and makes no answer slower" : ""}.`,
    );
  }
  const beside = levers.recommendations.find(({ standing }) => standing === "beside");
  const cache = beside ? evidenceOf(facts, beside.evidence) : null;
  if (beside && cache) {
    texts.push(
      rich`${inPlan.length > 0 ? "Apart from that, " : ""}${inPlan.length > 0 ? LEVER_WORDS[beside.lever] : capital(LEVER_WORDS[beside.lever])} would have saved ${cite(cache, "saving")} (${cite(cache, "share")}).`,
    );
  }
  if (texts.length === 0 && levers.recommendations.length === 0) {
    return facts.failures.some(({ tool }) => tool.startsWith("lever_"))
      ? ["What could be saved is not known in full, because a query failed."]
      : ["No lever saves anything that this log can show."];
  }
  return join(texts);
}

function whatIsOpen(facts: ReportFacts): RichText {
  const { data, optimization: levers } = facts;
  const texts: RichText[] = [];
  const tests =
    levers?.recommendations.filter(
      ({ standing, swap }) => standing === "test-first" && swap !== null,
    ) ?? [];
  const withTests = evidenceOf(facts, levers?.plan.withTests ?? null);
  const [first] = tests;
  const swap = first ? evidenceOf(facts, first.evidence) : null;
  if (first && swap) {
    const total = withTests
      ? rich` With all such changes the plan would come to ${cite(withTests, "saving")} (${cite(withTests, "share")}).`
      : [];
    texts.push(
      rich`Cheaper models could save more, the most by ${swapName(first.segment)}: ${cite(swap, "saving", first.segment)}; that has to be tested first, because ${first.why}.${total}`,
    );
  }
  const totals = evidenceOf(facts, data.evidence.totals);
  if (totals && data.unpricedCalls > 0 && data.unpricedCalls < data.calls) {
    texts.push(
      rich`${counted(totals, "unpriced_calls", ["call has", "calls have"])} no known price, so every amount leaves that part out.`,
    );
  }
  const unknown = [
    data.hasLatency ? "" : "how fast answers are",
    data.hasQuality !== false ? "" : "how good they are",
    data.hasFeatures !== false ? "" : "which feature they belong to",
  ].filter((text) => text !== "");
  if (unknown.length > 0) texts.push([`The log does not say ${listed(unknown)}.`]);
  return join(texts);
}
