import type { RichText } from "../../protocol";
import type { ActionsResult } from "../actions/result";
import type { CeilingName } from "../core/ceilings";
import type { KeptEvidence, Reused, RunState } from "../core/state";
import type { DataResult } from "../data/result";
import type { OptimizationResult } from "../optimization/result";
import type { TriageResult } from "../triage/result";

/** What the report is made of; null where an agent was skipped or failed. */
export interface ReportFacts {
  triage: TriageResult;
  data: DataResult;
  optimization: OptimizationResult | null;
  actions: ActionsResult | null;
  skipped: RunState["skipped"];
  /** The ceiling that the run reached before it was done. */
  ceiling: CeilingName | null;
  reused: readonly Reused[];
  failures: RunState["failures"];
  evidence: readonly KeptEvidence[];
}

export function evidenceOf(facts: ReportFacts, label: string | null): KeptEvidence | null {
  return label === null ? null : (facts.evidence.find((one) => one.label === label) ?? null);
}

/** Segments of an evidence that can be drawn as rows. */
export function segmentsOf(evidence: KeptEvidence | null, key: string): string[] {
  if (!evidence) return [];
  const found = evidence.values.flatMap((value) =>
    value.key === key && value.segment !== null ? [value.segment] : [],
  );
  return [...new Set(found)];
}

export const isEmpty = (text: RichText) => text.length === 0;
