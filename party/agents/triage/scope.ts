import type { Scope } from "../../analysis/source";
import type { RunState } from "../core/state";
import type { TriageResult } from "./result";

/** The calls that the question is about. */
export function scopeOf(state: RunState, triage: TriageResult): Scope {
  const { provider, model, feature, notFeature } = triage.filters;
  return {
    workspaceId: state.workspaceId,
    datasets: triage.datasets,
    // A change shows against what was before it.
    from: triage.changeDays === null ? triage.range.from : null,
    to: triage.range.to,
    filters: {
      ...(provider ? { provider } : {}),
      ...(model ? { model } : {}),
      ...(feature ? { feature } : {}),
      ...(notFeature ? { notFeature } : {}),
    },
  };
}
