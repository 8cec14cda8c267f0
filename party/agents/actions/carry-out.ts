import type { ChangeOutcome } from "../../ports/changes";
import type { ApprovalValues, WorkspaceChange } from "../../protocol";
import type { StepContext } from "../core/step-context";
import type { ToolUse } from "../core/tool";
import { deleteDataset, removeBudget, setBudget, setRetention } from "./change-tools";
import type { ChangeStanding } from "./result";

/** What became of a proposal once somebody has decided. */
export async function carryOut(
  { subject, change: proposed }: Extract<ChangeStanding, { state: "proposed" }>,
  context: StepContext,
): Promise<ChangeStanding> {
  const asked = context.state.approvals.findLast(({ agent }) => agent === context.agent);
  if (!asked?.by) throw new Error("the proposal waits for a decision");
  const { by } = asked;
  if (asked.decision === "reject") return { state: "rejected", subject, by };
  const change = withValues(proposed, asked.values);
  const { result, evidence } = await order(change, context);
  if (!result.done) return { state: "refused", refusal: result.refusal, choices: [] };
  if (!evidence) throw new Error("a change leaves its receipt");
  return { state: "done", subject, change, by, evidence: evidence.label };
}

/** The values that were decided on, which the room has checked against the request's fields. Pure. */
function withValues(change: WorkspaceChange, values: ApprovalValues): WorkspaceChange {
  const number = (name: string, proposed: number) => {
    const value = values[name];
    return typeof value === "number" ? value : proposed;
  };
  switch (change.kind) {
    case "set-budget":
      return {
        ...change,
        amountUsd: number("amountUsd", change.amountUsd),
        alertPercent: number("alertPercent", change.alertPercent),
      };
    case "set-retention":
      return change.days === null ? change : { ...change, days: number("days", change.days) };
    case "remove-budget":
    case "delete-dataset":
      return change;
  }
}

function order(change: WorkspaceChange, context: StepContext): Promise<ToolUse<ChangeOutcome>> {
  switch (change.kind) {
    case "set-budget":
      return context.change(setBudget, change);
    case "remove-budget":
      return context.change(removeBudget, change);
    case "set-retention":
      return context.change(setRetention, change);
    case "delete-dataset":
      return context.change(deleteDataset, change);
  }
}
