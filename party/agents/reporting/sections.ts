import type { ReportBlock, ReportSection, RichText } from "../../protocol";
import { cite, counted, findValue, join, rich } from "../core/figures";
import { subjectOf } from "../data/answer";
import { capital, LEVER_WORDS, swapName } from "../optimization/words";
import { evidenceOf, type ReportFacts, segmentsOf } from "./facts";

/** The report's sections in the rules' words. Sections without content are left out. */
export function sections(facts: ReportFacts, notes: readonly RichText[]): ReportSection[] {
  const all: ReportSection[] = [
    findings(facts, notes),
    plan(facts),
    risks(facts),
    method(facts),
    next(facts),
  ];
  return all.filter(({ blocks }) => blocks.length > 0);
}

function findings(facts: ReportFacts, notes: readonly RichText[]): ReportSection {
  const { data } = facts;
  const blocks: ReportBlock[] = [
    ...notes.map((text): ReportBlock => ({ kind: "paragraph", text })),
    ...data.outcome.map((text): ReportBlock => ({ kind: "paragraph", text })),
    { kind: "list", items: data.findings },
  ];
  const speed = data.hasLatency ? ["p50_latency", "p95_latency"] : [];
  const table = (label: string | null, title: string, keys: string[]) => {
    const evidence = evidenceOf(facts, label);
    if (!evidence || label === null || segmentsOf(evidence, keys[0] ?? "").length === 0) return;
    blocks.push({ kind: "table", title, evidence: label, keys, limit: 12 });
  };
  const spend = ["cost", "share", "calls", "input_tokens", "output_tokens", ...speed];
  table(data.evidence.byModel, "Spend by model", spend);
  if (data.hasFeatures) table(data.evidence.byFeature, "Spend by feature", spend);
  const timeline = evidenceOf(facts, data.evidence.timeline);
  if (timeline && segmentsOf(timeline, "cost").length > 1) {
    const priced = timeline.values.some(({ key, value }) => key === "cost" && value !== null);
    blocks.push({
      kind: "bars",
      title: `${priced ? "Spend" : "Calls"} per ${timeline.segmentLabel ?? "day"}`,
      evidence: timeline.label,
      key: priced ? "cost" : "calls",
      limit: 150,
    });
  }
  if (data.hasLatency && data.hasFeatures) {
    table(data.evidence.latency, "Latency by feature", [
      "p50_latency",
      "p95_latency",
      "p99_latency",
      "p95_previous",
      "p95_current",
    ]);
  }
  table(data.evidence.growth, "Traffic per minute by model", [
    "requests_p50",
    "requests_p99",
    "requests_peak",
    "tokens_p50",
    "tokens_p99",
    "tokens_peak",
  ]);
  return {
    id: "findings",
    title: "Findings",
    writer: notes.length > 0 ? "model" : "rules",
    blocks: blocks.filter((block) => block.kind !== "list" || block.items.length > 0),
  };
}

function plan(facts: ReportFacts): ReportSection {
  const levers = facts.optimization;
  const blocks: ReportBlock[] = [];
  if (levers) {
    if (levers.verdicts.length > 0) blocks.push({ kind: "list", items: levers.verdicts });
    const joint = evidenceOf(facts, levers.plan.evidence);
    if (joint && findValue(joint, "saving", null)?.value != null) {
      blocks.push({
        kind: "paragraph",
        text: rich`The plan joins the levers that the log can vouch for and counts no dollar twice: ${cite(joint, "cost")} would have been ${cite(joint, "cost_planned")}, a saving of ${cite(joint, "saving")} (${cite(joint, "share")}), between ${cite(joint, "saving_low")} and ${cite(joint, "saving_high")}.`,
      });
      if (segmentsOf(joint, "saving").length > 0) {
        blocks.push({
          kind: "table",
          title: "The plan, lever by lever in the order applied",
          evidence: joint.label,
          keys: ["attributed", "saving", "calls"],
          limit: 7,
        });
      }
    } else {
      blocks.push({
        kind: "paragraph",
        text: [
          facts.failures.some(({ tool }) => tool === "joint_plan" || tool.startsWith("lever_"))
            ? "There is no plan, because a query that it needs failed."
            : "There is no plan: no lever saves anything that the log can vouch for by itself.",
        ],
      });
    }
    if (levers.front.length > 1) {
      blocks.push({
        kind: "paragraph",
        text: ["The most that can be saved, by how much risk is taken:"],
      });
      blocks.push({ kind: "list", items: levers.front });
    }
    const asked = evidenceOf(facts, levers.evidence.modelSwap);
    if (asked?.tool === "named-models" && segmentsOf(asked, "saving").length > 0) {
      blocks.push({
        kind: "table",
        title: "The models asked about, with the same tokens",
        evidence: asked.label,
        keys: [
          "cost",
          "cost_new",
          "p95_current",
          "p95_candidate",
          "quality_current",
          "quality_candidate",
        ],
        limit: 24,
      });
    }
    blocks.push({ kind: "list", items: levers.findings });
  }
  return {
    id: "plan",
    title: "What would save",
    writer: "rules",
    blocks: blocks.filter((block) => block.kind !== "list" || block.items.length > 0),
  };
}

/** Of changes that need a test, so many are told one by one. */
const MOST_TESTS = 5;

function risks(facts: ReportFacts): ReportSection {
  const { data, optimization: levers } = facts;
  const items: RichText[] = [];
  const tests = (levers?.recommendations ?? []).filter(({ standing }) => standing === "test-first");
  for (const one of tests.slice(0, MOST_TESTS)) {
    const evidence = evidenceOf(facts, one.evidence);
    if (!evidence) continue;
    const name = one.swap ? swapName(one.segment) : capital(LEVER_WORDS[one.lever]);
    items.push(
      rich`${name} would have saved ${cite(evidence, one.keys.saving, one.segment)}, but ${one.why}: it stands outside the plan until it is tested.`,
    );
  }
  if (tests.length > MOST_TESTS) {
    items.push(["Smaller changes that need a test too stand in the evidence of their lever."]);
  }
  items.push(...(levers?.rejected ?? []));
  if (!data.hasLatency) {
    items.push(["Latency is not in the log, so whether a change makes answers slower is unknown."]);
  }
  if (data.hasQuality === false) {
    items.push(["Quality is not in the log, so no change of a model is called safe."]);
  }
  const totals = evidenceOf(facts, data.evidence.totals);
  if (totals && data.unpricedCalls > 0) {
    items.push(
      rich`${counted(totals, "unpriced_calls", ["call is", "calls are"])} unpriced, because the price catalogue does not know the model: every amount is a lower bound.`,
    );
  }
  return {
    id: "risks",
    title: "Risks and unknowns",
    writer: "rules",
    blocks: items.length > 0 ? [{ kind: "list", items: items.slice(0, 14) }] : [],
  };
}

function method(facts: ReportFacts): ReportSection {
  const { data, triage } = facts;
  const totals = evidenceOf(facts, data.evidence.totals);
  const names = triage.datasets.map(({ name }) => name).join(", ");
  const choice: Record<typeof triage.datasetChoice, string> = {
    only: "",
    named: " It was named in the question.",
    all: " All datasets of the workspace were asked for.",
    newest: " It is the newest of the workspace; name another one to ask about it.",
  };
  const items: RichText[] = [[`Dataset: ${names}.${choice[triage.datasetChoice]}`]];
  if (totals) {
    items.push(
      rich`Looked at: ${subjectOf(triage)}, from ${cite(totals, "first_call")} to ${cite(totals, "last_call")}.${
        triage.range.anchor === "last-call"
          ? " The log has ended, so the time asked for is counted back from its last call."
          : ""
      }${
        triage.rangeUnread
          ? triage.range.anchor === "none"
            ? " The time asked for was not understood, so the whole log was taken."
            : " A part of the time asked for was not understood."
          : ""
      }${triage.targetsUnread ? " A bound in the question was not understood, so it is not judged." : ""}`,
      rich`Exact totals: ${cite(totals, "calls", null, "exact")} calls, ${cite(totals, "input_tokens", null, "exact")} input tokens, ${cite(totals, "output_tokens", null, "exact")} output tokens, ${cite(totals, "cost", null, "exact")} (USD).`,
    );
  }
  items.push([
    "Each figure is the result of a query or a simulation over the logged calls and opens its evidence: what was computed, the SQL, its parameters, the rows read and what it assumes.",
    " Savings are what would have been saved in the range looked at; they are labelled measured or simulated, with a low and a high bound.",
  ]);
  if (facts.reused.length > 0) {
    items.push([
      `From an earlier answer in this thread, on the same data: ${[...new Set(facts.reused.flatMap(({ evidence }) => evidence))].join(", ")}.`,
    ]);
  }
  const missing = triage.missing.filter((name) => !triage.candidates.includes(name));
  if (missing.length > 0) {
    items.push([`Named in the question, but not in the log: ${missing.join(", ")}.`]);
  }
  for (const failure of facts.failures) {
    items.push([`Missing, because its query failed: ${failure.title}.`]);
  }
  for (const skip of facts.skipped) {
    items.push([`Skipped: ${skip.agent}. ${skip.reason}`]);
  }
  return {
    id: "method",
    title: "Method",
    writer: "rules",
    blocks: [{ kind: "list", items: items.map((text) => join([text])) }],
  };
}

function next(facts: ReportFacts): ReportSection {
  const { data, optimization: levers } = facts;
  const items: RichText[] = [];
  if (levers?.recommendations.some(({ standing }) => standing !== "test-first")) {
    items.push([
      "Start with the first action; the data of the days after it show whether the saving came true.",
    ]);
  }
  if (
    data.hasQuality === false &&
    levers?.recommendations.some(({ lever }) => lever === "model-swap")
  ) {
    items.push([
      "Judge a sample of answers and import the labels: then model changes can be compared by quality.",
    ]);
  }
  if (data.hasFeatures === false) {
    items.push(["Log which feature makes each call: then the spend can be told by feature."]);
  }
  if (!data.hasLatency) {
    items.push(["Log the latency of each call: then bounds on speed can be checked."]);
  }
  return {
    id: "next",
    title: "Next",
    writer: "rules",
    blocks: items.length > 0 ? [{ kind: "list", items }] : [],
  };
}
