import { index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { users, workspaces } from "./people";

/** What people changed of a workspace, by hand or by approving it in a thread: each once, under the id of the order. */
export const changes = pgTable(
  "changes",
  {
    /** Of the approval, or of the form that was sent. */
    id: uuid("id").notNull(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    kind: text("kind").notNull(),
    /** WorkspaceChange of queries/changes: what was ordered. */
    body: jsonb("body").notNull(),
    /** ChangeRefusal of queries/changes; null when it was done. */
    refusal: jsonb("refusal"),
    /** The run that asked for it; null when it was done by hand. */
    runId: uuid("run_id"),
    byId: uuid("by_id").references(() => users.id, { onDelete: "set null" }),
    byName: text("by_name").notNull(),
    at: instant("at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.id] }),
    index("changes_workspace_at_idx").on(table.workspaceId, table.at),
  ],
);
