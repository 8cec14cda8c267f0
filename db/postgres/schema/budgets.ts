import { foreignKey, integer, numeric, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { workspaces } from "./people";

/** Whole cents, up to a thousand million dollars. */
const usd = (name: string) => numeric(name, { precision: 14, scale: 2 });

/** What a workspace means to spend in a calendar month (UTC). */
export const budgets = pgTable(
  "budgets",
  {
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    /** The feature whose calls it bounds; empty: all calls. */
    feature: text("feature").notNull(),
    amountUsd: usd("amount_usd").notNull(),
    /** Share of the amount at which people are told, besides 100. */
    alertPercent: integer("alert_percent").notNull(),
    setAt: instant("set_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.feature] })],
);

/** That a month's spend reached a share of its budget. Told once; goes with the budget, and when it is changed. */
export const budgetAlerts = pgTable(
  "budget_alerts",
  {
    workspaceId: uuid("workspace_id").notNull(),
    feature: text("feature").notNull(),
    /** `2026-03` */
    month: text("month").notNull(),
    percent: integer("percent").notNull(),
    /** What was spent and allowed when it was found. */
    spentUsd: numeric("spent_usd", { precision: 24, scale: 12 }).notNull(),
    amountUsd: usd("amount_usd").notNull(),
    raisedAt: instant("raised_at").notNull().defaultNow(),
    /** Somebody of the workspace has put it away. */
    dismissedAt: instant("dismissed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.feature, table.month, table.percent] }),
    foreignKey({
      name: "budget_alerts_budget_fk",
      columns: [table.workspaceId, table.feature],
      foreignColumns: [budgets.workspaceId, budgets.feature],
    }).onDelete("cascade"),
  ],
);
