import { z } from "zod";
import { questionOf } from "../../analysis/ask-again";
import { askCalls } from "../../analysis/ask-calls";
import type { AskedCallsResult } from "../../analysis/results";
import type { ChangeOutcome } from "../../ports/changes";
import type { EvidenceDraft, EvidenceValue, WorkspaceChange } from "../../protocol";
import { CALLS, cite, counted, rich } from "../core/figures";
import type { ChangeContext, ChangeTool, Tool, ToolFinding } from "../core/tool";

const countInput = z.object({
  dataset: z.object({ id: z.string(), name: z.string(), version: z.number().int() }),
  /** Unix ms; null counts all calls. */
  before: z.number().int().nullable(),
});

/** What a change would take away, before anybody is asked about it. */
export const countStoredCalls: Tool<z.infer<typeof countInput>, AskedCallsResult> = {
  name: "count_stored_calls",
  title: ({ before }) => (before === null ? "Calls of the dataset" : "Calls that are too old"),
  description: "Counts the calls of a dataset, or those from before a day, and what they cost.",
  input: countInput,
  effect: "read",
  async run({ dataset, before }, { analytics, state, signal }) {
    const scope = {
      workspaceId: state.workspaceId,
      datasets: [dataset],
      from: null,
      to: null,
      filters: {},
    };
    const query = { measures: ["calls", "spend"] as const, range: { from: null, to: before } };
    const { draft, result } = await askCalls(analytics, scope, query, signal);
    return { draft: { ...draft, question: questionOf(scope, "ask_calls", query) }, result };
  },
  summarise: (_result, evidence) =>
    evidence ? rich`${counted(evidence, "calls", CALLS)}, ${cite(evidence, "spend")}.` : [],
};

const setBudgetInput = z.object({
  feature: z.string(),
  amountUsd: z.number(),
  alertPercent: z.number(),
});
const setRetentionInput = z.object({ datasetId: z.string(), days: z.number().nullable() });

export const setBudget: ChangeTool<z.infer<typeof setBudgetInput>> = {
  name: "set_budget",
  title: () => "Set the monthly budget",
  description: "Sets what may be spent in a month, and when people are told, once it is approved.",
  input: setBudgetInput,
  effect: "changes",
  run: (input, context) => order({ kind: "set-budget", ...input }, context),
  summarise: told,
};

export const removeBudget: ChangeTool<{ feature: string }> = {
  name: "remove_budget",
  title: () => "Remove the monthly budget",
  description: "Removes a monthly budget, once it is approved.",
  input: z.object({ feature: z.string() }),
  effect: "changes",
  run: (input, context) => order({ kind: "remove-budget", ...input }, context),
  summarise: told,
};

export const setRetention: ChangeTool<z.infer<typeof setRetentionInput>> = {
  name: "set_retention",
  title: () => "Set how long calls are kept",
  description: "Sets for how many days a dataset keeps its calls, once it is approved.",
  input: setRetentionInput,
  effect: "changes",
  run: (input, context) => order({ kind: "set-retention", ...input }, context),
  summarise: told,
};

export const deleteDataset: ChangeTool<{ datasetId: string }> = {
  name: "delete_dataset",
  title: () => "Delete the dataset",
  description: "Deletes a dataset with its calls, once it is approved.",
  input: z.object({ datasetId: z.string() }),
  effect: "changes",
  run: (input, context) => order({ kind: "delete-dataset", ...input }, context),
  summarise: told,
};

async function order(
  change: WorkspaceChange,
  { state, changes, approval }: ChangeContext,
): Promise<ToolFinding<ChangeOutcome>> {
  const { workspaceId, runId } = state;
  const outcome = await changes.apply({ workspaceId, runId, ...approval, change });
  return {
    draft: outcome.done ? receipt(change, approval.by.name, outcome.at) : null,
    result: outcome,
  };
}

function told(outcome: ChangeOutcome) {
  return outcome.done
    ? ["Done."]
    : [`Refused. ${outcome.refusal.field}: ${outcome.refusal.problem}.`];
}

/** What was approved, by whom and when, so that the answer can cite it. */
function receipt(change: WorkspaceChange, by: string, at: number): EvidenceDraft {
  return {
    tool: change.kind,
    what: `What ${by} approved, and when it was done.`,
    ground: "stated",
    formula: null,
    sql: null,
    parameters: change,
    rowsRead: null,
    elapsedMs: 0,
    catalogueVersion: "",
    datasets: [],
    assumptions: [],
    segmentLabel: null,
    values: [...valuesOf(change), value("at", "Done", "date", new Date(at).toISOString())],
  };
}

function valuesOf(change: WorkspaceChange): EvidenceValue[] {
  switch (change.kind) {
    case "set-budget":
      return [
        value("budget", "Budget a month", "USD", change.amountUsd.toFixed(2)),
        value("alert", "Alert at", "percent", String(change.alertPercent)),
      ];
    case "set-retention":
      return change.days === null ? [] : [value("days", "Days", "count", String(change.days))];
    case "remove-budget":
    case "delete-dataset":
      return [];
  }
}

function value(
  key: string,
  label: string,
  unit: EvidenceValue["unit"],
  text: string,
): EvidenceValue {
  return { segment: null, key, label, unit, value: text };
}
