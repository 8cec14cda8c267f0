import {
  foreignKey,
  index,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { users } from "./people";
import { threads } from "./threads";

export const actionStateEnum = pgEnum("action_state", ["accepted", "done", "verified"]);

/** Savings of a few pico-dollars up to a thousand billion dollars. */
const usd = (name: string) => numeric(name, { precision: 24, scale: 12 });

/** Actions of reports that somebody accepted, with what they promised. One that has no row is proposed. */
export const actions = pgTable(
  "actions",
  {
    /** The action's id in its report. */
    id: uuid("id").notNull(),
    workspaceId: uuid("workspace_id").notNull(),
    threadId: uuid("thread_id").notNull(),
    runId: uuid("run_id").notNull(),
    lever: text("lever").notNull(),
    title: text("title").notNull(),
    state: actionStateEnum("state").notNull(),
    /** The feature whose calls it changes; null: calls of all features. */
    feature: text("feature"),
    /** Promised over the baseline. */
    savingLowUsd: usd("saving_low_usd").notNull(),
    savingHighUsd: usd("saving_high_usd").notNull(),
    /** The calls that the promise was computed on; null is open. */
    baselineFrom: instant("baseline_from"),
    baselineTo: instant("baseline_to"),
    /** Ids of the datasets, and labels of the evidence. */
    datasets: jsonb("datasets").notNull(),
    evidence: jsonb("evidence").notNull(),
    acceptedBy: uuid("accepted_by").references(() => users.id, { onDelete: "set null" }),
    acceptedAt: instant("accepted_at").notNull(),
    doneAt: instant("done_at"),
    /** The latest Verification of party/analysis, and when it was computed. */
    verification: jsonb("verification"),
    verifiedAt: instant("verified_at"),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.id] }),
    index("actions_thread_idx").on(table.threadId),
    foreignKey({
      name: "actions_thread_fk",
      columns: [table.threadId, table.workspaceId],
      foreignColumns: [threads.id, threads.workspaceId],
    }).onDelete("cascade"),
  ],
);
