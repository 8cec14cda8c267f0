import { and, asc, desc, eq, isNull, lte, sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { budgetAlerts, budgets } from "../schema";

/** Amounts are decimal text in USD. */
export interface Budget {
  /** Empty: all calls of the workspace. */
  feature: string;
  amountUsd: string;
  alertPercent: number;
  setAt: Date;
}

/** The workspace's budgets, that of all calls first. */
export function listBudgets(
  db: Database,
  { workspaceId }: { workspaceId: string },
): Promise<Budget[]> {
  return db.read((sql) =>
    sql
      .select({
        feature: budgets.feature,
        amountUsd: budgets.amountUsd,
        alertPercent: budgets.alertPercent,
        setAt: budgets.setAt,
      })
      .from(budgets)
      .where(eq(budgets.workspaceId, workspaceId))
      .orderBy(asc(budgets.feature)),
  );
}

/** Housekeeping: every workspace that has a budget. */
export async function listBudgetedWorkspaces(db: Database): Promise<string[]> {
  const rows = await db.read((sql) =>
    sql.selectDistinct({ workspaceId: budgets.workspaceId }).from(budgets),
  );
  return rows.map(({ workspaceId }) => workspaceId);
}

export interface BudgetAlert {
  feature: string;
  /** `2026-03` */
  month: string;
  percent: number;
  spentUsd: string;
  amountUsd: string;
  raisedAt: Date;
}

/** Tells once that a month's spend reached a share of its budget. Nothing when the budget has been changed meanwhile. */
export async function raiseBudgetAlert(
  db: Database,
  {
    workspaceId,
    feature,
    month,
    percent,
    spentUsd,
    amountUsd,
  }: Omit<BudgetAlert, "raisedAt"> & { workspaceId: string },
): Promise<void> {
  await db.write(
    (sql) =>
      sql
        .insert(budgetAlerts)
        .select(
          sql
            .select({
              workspaceId: budgets.workspaceId,
              feature: budgets.feature,
              month: raw<string>`${month}::text`.as("month"),
              percent: raw<number>`${percent}::integer`.as("percent"),
              spentUsd: raw<string>`${spentUsd}::numeric`.as("spent_usd"),
              amountUsd: budgets.amountUsd,
              raisedAt: raw<Date>`now()`.as("raised_at"),
              dismissedAt: raw<Date | null>`null::timestamptz`.as("dismissed_at"),
            })
            .from(budgets)
            .where(
              and(
                eq(budgets.workspaceId, workspaceId),
                eq(budgets.feature, feature),
                eq(budgets.amountUsd, amountUsd),
              ),
            ),
        )
        .onConflictDoNothing(),
    { idempotent: true },
  );
}

/** What nobody has put away yet, newest first. */
export function listOpenAlerts(
  db: Database,
  { workspaceId }: { workspaceId: string },
): Promise<BudgetAlert[]> {
  return db.read((sql) =>
    sql
      .select({
        feature: budgetAlerts.feature,
        month: budgetAlerts.month,
        percent: budgetAlerts.percent,
        spentUsd: budgetAlerts.spentUsd,
        amountUsd: budgetAlerts.amountUsd,
        raisedAt: budgetAlerts.raisedAt,
      })
      .from(budgetAlerts)
      .where(and(eq(budgetAlerts.workspaceId, workspaceId), isNull(budgetAlerts.dismissedAt)))
      .orderBy(desc(budgetAlerts.raisedAt), desc(budgetAlerts.percent)),
  );
}

/** Puts an alert, and those of lesser shares, away for everybody of the workspace; they are not raised again. */
export async function dismissBudgetAlert(
  db: Database,
  alert: { workspaceId: string; feature: string; month: string; percent: number },
): Promise<void> {
  await db.write(
    (sql) =>
      sql
        .update(budgetAlerts)
        .set({ dismissedAt: raw`coalesce(${budgetAlerts.dismissedAt}, now())` })
        .where(
          and(
            eq(budgetAlerts.workspaceId, alert.workspaceId),
            eq(budgetAlerts.feature, alert.feature),
            eq(budgetAlerts.month, alert.month),
            lte(budgetAlerts.percent, alert.percent),
          ),
        ),
    { idempotent: true },
  );
}
