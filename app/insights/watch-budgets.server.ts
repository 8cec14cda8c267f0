import {
  type Database,
  listBudgetedWorkspaces,
  listBudgets,
  raiseBudgetAlert,
} from "../../db/postgres";
import type { Services } from "../platform/types";
import { type BudgetStanding, readStandings } from "./budget-standing.server";

type Stores = Pick<Services, "db" | "clickhouse">;

/** Housekeeping: looks at the budgets of every workspace. One that cannot be read keeps no other from it. */
export async function watchBudgets(stores: Stores): Promise<void> {
  const failures: unknown[] = [];
  for (const workspaceId of await listBudgetedWorkspaces(stores.db)) {
    await watchBudgetsOf(stores, workspaceId).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** Tells a workspace, once a month and share, that its spend reached an alert's share of a budget, or all of it. */
export async function watchBudgetsOf(stores: Stores, workspaceId: string): Promise<void> {
  const budgets = await listBudgets(stores.db, { workspaceId });
  if (budgets.length === 0) return;
  const standings = await readStandings(stores, { workspaceId, budgets });
  await raiseReached(stores.db, workspaceId, standings);
}

/** Raises the alerts that the standings reach; those that were raised before stay as they are. */
export async function raiseReached(
  db: Database,
  workspaceId: string,
  standings: readonly BudgetStanding[],
): Promise<void> {
  for (const { budget, month, spentUsd, percent } of standings) {
    if (month === null || spentUsd === null || percent === null) continue;
    for (const share of new Set([budget.alertPercent, 100])) {
      if (percent < share) continue;
      const { feature, amountUsd } = budget;
      const alert = { workspaceId, feature, month, percent: share, spentUsd, amountUsd };
      await raiseBudgetAlert(db, alert);
    }
  }
}
