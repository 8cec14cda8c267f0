import { validate as isUuid } from "uuid";
import { getServices } from "#platform";
import { applyChange, changeRules, type MemberRole, type WorkspaceChange } from "../../db/postgres";
import type { Member } from "../auth/require-user.server";

export function mayChange(role: MemberRole): boolean {
  return changeRules.roles.some((one) => one === role);
}

/** The number that was typed into a field; NaN for anything else. */
export function numberIn(form: FormData, field: string): number {
  const text = String(form.get(field) ?? "").trim();
  return text === "" ? Number.NaN : Number(text);
}

/**
 * Makes a change that a form asks for, under the id the form came with: sent twice it is made once. Gives why
 * it was refused, for people, else null.
 */
export async function changeByHand(
  { user, workspace }: Member,
  form: FormData,
  change: WorkspaceChange,
): Promise<string | null> {
  const id = String(form.get("changeId"));
  if (!isUuid(id)) throw new Response("The form has no id.", { status: 400 });
  const order = { workspaceId: workspace.id, id, by: user, runId: null, change };
  const outcome = await applyChange(getServices().db, order);
  if (outcome.done) return null;
  const { field, problem } = outcome.refusal;
  return `${field} ${problem}.`;
}
