import { runStateSchema } from "../../party/agents/core/state";
import { type TriageResult, triageResultSchema } from "../../party/agents/triage/result";
import type { Told } from "../agents/scene";
import type { Phrasing } from "./phrasing";

/** What the crew made of the message that it should not have; empty when all is right. */
export function differences(phrasing: Phrasing, told: Told): string[] {
  const found: string[] = [];
  const expectSame = (what: string, expected: unknown, actual: unknown) => {
    const [want, got] = [JSON.stringify(expected), JSON.stringify(actual)];
    if (want !== got) found.push(`${what}: expected ${want}, got ${got}`);
  };
  expectSame("run", "completed", told.finished?.state);
  expectSame("agents", phrasing.agents ?? agentsOf(phrasing), agentsThatRan(told));
  const read = triageResult(told);
  // Small talk is answered before anything is read.
  if (!read) return phrasing.intent === "small-talk" ? found : [...found, "was not read"];
  expectSame("intent", phrasing.intent, read.intent);
  if (read.intent === "small-talk" || read.intent === "unclear") return found;
  if (phrasing.focus !== undefined) expectSame("focus", phrasing.focus, read.focus[0]);
  if (phrasing.metric !== undefined) expectSame("metric", phrasing.metric, read.metric);
  if (phrasing.by !== undefined) expectSame("by", phrasing.by, read.by);
  if (phrasing.intent === "lookup" || phrasing.models) {
    expectSame("models", sorted(phrasing.models), sorted(read.filters.model));
  }
  expectSame("providers", sorted(phrasing.providers), sorted(read.filters.provider));
  expectSame("features", sorted(featuresOf(phrasing)), sorted(read.filters.feature));
  expectSame("excluded features", sorted(phrasing.notFeatures), sorted(read.filters.notFeature));
  expectSame("range", phrasing.range ?? [null, null], [iso(read.range.from), iso(read.range.to)]);
  expectSame(
    "targets",
    inOrder(phrasing.targets ?? []),
    inOrder(read.targets.map(({ kind, value, segment }) => [kind, value, segment] as const)),
  );
  expectSame("keep latency", keepsLatency(phrasing), read.keepLatency);
  expectSame("keep quality", phrasing.keepQuality ?? false, read.keepQuality);
  expectSame("missing", phrasing.missing ?? [], read.missing);
  return found;
}

function agentsOf({ intent }: Phrasing): readonly string[] {
  switch (intent) {
    case "small-talk":
      return ["supervisor"];
    case "unclear":
      return ["triage", "supervisor"];
    case "lookup":
      return ["triage", "data", "supervisor"];
    case "analysis":
      return ["triage", "data", "optimization", "actions", "reporting"];
  }
}

/** A feature that is only bounded, as in "p95 of chat under 2 s", is no filter on the question. */
function featuresOf({ features, targets }: Phrasing): readonly string[] {
  const bounded = (targets ?? []).flatMap(([kind, , segment]) =>
    kind === "latency-bound" && segment !== null ? [segment] : [],
  );
  return (features ?? []).filter((name) => !bounded.includes(name));
}

function keepsLatency({ keepLatency, targets }: Phrasing): boolean {
  return keepLatency ?? (targets ?? []).some(([kind]) => kind === "latency-bound");
}

function agentsThatRan(told: Told): string[] {
  return told.events.flatMap((event) => (event.type === "step-finished" ? [event.agent] : []));
}

function triageResult(told: Told): TriageResult | null {
  const state = runStateSchema.parse(told.checkpoints.at(-1));
  const result = state.results.triage;
  return result === undefined ? null : triageResultSchema.parse(result);
}

function inOrder(targets: NonNullable<Phrasing["targets"]>) {
  return [...targets].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

const sorted = (names: readonly string[] | undefined) => [...(names ?? [])].sort();
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString().slice(0, 16));
