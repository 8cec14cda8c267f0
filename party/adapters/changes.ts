import { applyChange, changeRules, type Database, RESTORABLE_DAYS } from "../../db/postgres";
import type { WorkspaceChanges } from "../ports/changes";

/** The port on Postgres. Throws the errors of db/postgres/errors.ts. */
export function createWorkspaceChanges(db: Database): WorkspaceChanges {
  return {
    rules: { ...changeRules, roles: [...changeRules.roles] },
    restorableDays: RESTORABLE_DAYS,
    apply: async (order) => {
      const outcome = await applyChange(db, order);
      return outcome.done ? { done: true, at: outcome.at.getTime() } : outcome;
    },
  };
}
