import { hasTodaysPrices } from "../../analysis/ask-again";
import type { Turn } from "../core/crew";
import type { TakenOver } from "../core/run";
import { keep, type RunState, resultOf } from "../core/state";
import { data } from "../data";
import { explain, explainingTools } from "../data/explain";
import { triage } from "../triage";
import type { TriageResult } from "../triage/result";

/**
 * What a follow-up takes over from the thread: the data agent's result where it is about the same calls and
 * as much as is asked now; for a "why", the evidence that says what drove the figures. What was computed over
 * other calls, an older version of a dataset or other prices is found out anew. Pure.
 */
export function takeOver(state: RunState, history: readonly Turn[]): TakenOver[] {
  const understood = resultOf(state, triage);
  if (!understood || understood.follows === null || understood.missing.length > 0) return [];
  for (const turn of history.toReversed()) {
    const taken =
      understood.follows.how === "why"
        ? evidenceOf(turn, understood)
        : resultOfTurn(turn, understood);
    if (taken) return [taken];
  }
  return [];
}

function resultOfTurn(turn: Turn, now: TriageResult): TakenOver | null {
  const before = triage.output.safeParse(turn.results.triage);
  const profile = data.output.safeParse(turn.results.data);
  if (turn.runId === null || !before.success || !profile.success) return null;
  const read = before.data;
  const isEnough =
    now.intent === "analysis"
      ? read.intent === "analysis" && read.follows?.how !== "why"
      : read.intent === "lookup" &&
        read.follows?.how !== "why" &&
        read.metric === now.metric &&
        read.by === now.by;
  if (!isEnough || profile.data.calls === 0 || !sameCalls(read, now)) return null;
  const labels = new Set(JSON.stringify(profile.data).match(/(?<=")E[1-9]\d*(?=")/g));
  const evidence = turn.evidence.filter(({ label }) => labels.has(label));
  // The oldest evidence of a long thread is left out of its history: then it is found out anew.
  const isWhole = evidence.length === labels.size && evidence.every(hasTodaysPrices);
  return isWhole
    ? { runId: turn.runId, evidence, result: { agent: "data", output: profile.data } }
    : null;
}

/** The drivers that the answer of `turn` looked at, over the calls that are asked about. */
function evidenceOf(turn: Turn, now: TriageResult): TakenOver | null {
  const before = triage.output.safeParse(turn.results.triage);
  if (turn.runId === null || !before.success) return null;
  const { range } = before.data;
  const evidence = turn.evidence.filter(
    ({ question, datasets }) =>
      question !== undefined &&
      explainingTools.has(question.tool) &&
      sameSet(datasets, now.datasets) &&
      sameFilters(question.filters, now.filters) &&
      ((question.from === now.range.from && question.to === now.range.to) ||
        (question.from === range.from && question.to === range.to)),
  );
  return evidence.every(hasTodaysPrices) && explain(evidence.map(keep), now).length > 0
    ? { runId: turn.runId, evidence, result: null }
    : null;
}

function sameCalls(a: TriageResult, b: TriageResult): boolean {
  return (
    sameSet(a.datasets, b.datasets) &&
    sameFilters(a.filters, b.filters) &&
    a.range.from === b.range.from &&
    a.range.to === b.range.to
  );
}

function sameSet(a: TriageResult["datasets"], b: TriageResult["datasets"]): boolean {
  const keys = (all: TriageResult["datasets"]) => all.map(({ id, version }) => `${id} ${version}`);
  return keys(a).sort().join() === keys(b).sort().join();
}

function sameFilters(a: TriageResult["filters"], b: TriageResult["filters"]): boolean {
  return (["provider", "model", "feature", "notFeature"] as const).every(
    (key) =>
      JSON.stringify([...(a[key] ?? [])].sort()) === JSON.stringify([...(b[key] ?? [])].sort()),
  );
}
