import { sql } from "drizzle-orm";
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { users, workspaces } from "./people";

export const datasetSourceEnum = pgEnum("dataset_source", ["import", "demo", "crew"]);
export const importStateEnum = pgEnum("import_state", ["running", "completed", "failed"]);

/** A set of calls. The calls stand in ClickHouse under the same id. */
export const datasets = pgTable(
  "datasets",
  {
    id: uuid("id").primaryKey(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    source: datasetSourceEnum("source").notNull(),
    /** Raised by each import that added calls, and when calls went by age; evidence names the version it saw. */
    version: integer("version").notNull().default(0),
    calls: bigint("calls", { mode: "number" }).notNull().default(0),
    firstCallAt: instant("first_call_at"),
    lastCallAt: instant("last_call_at"),
    createdBy: uuid("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** Calls go when they are older than this many whole days; null keeps them. */
    retentionDays: integer("retention_days"),
    /** Calls that went by age so far, and before when no call is left. */
    removedCalls: bigint("removed_calls", { mode: "number" }).notNull().default(0),
    removedBefore: instant("removed_before"),
    /** Hidden everywhere since then; removed for good, with its calls, some days later. */
    deletedAt: instant("deleted_at"),
  },
  (table) => [
    index("datasets_workspace_idx").on(table.workspaceId, table.createdAt),
    index("datasets_deleted_idx").on(table.deletedAt).where(sql`${table.deletedAt} is not null`),
    unique("datasets_id_workspace_key").on(table.id, table.workspaceId),
  ],
);

/** One file brought into a dataset, with its receipt. */
export const imports = pgTable(
  "imports",
  {
    id: uuid("id").primaryKey(),
    workspaceId: uuid("workspace_id").notNull(),
    datasetId: uuid("dataset_id").notNull(),
    fileName: text("file_name").notNull(),
    /** Size the browser announced, bytes; null when unknown. */
    fileBytes: bigint("file_bytes", { mode: "number" }),
    state: importStateEnum("state").notNull(),
    /** ImportOptions of db/ingest: assigned model, start date. */
    options: jsonb("options").notNull(),
    bytesRead: bigint("bytes_read", { mode: "number" }).notNull().default(0),
    rowsAccepted: bigint("rows_accepted", { mode: "number" }).notNull().default(0),
    rowsRejected: bigint("rows_rejected", { mode: "number" }).notNull().default(0),
    /** ImportReceipt of db/ingest, once it ended. */
    receipt: jsonb("receipt"),
    /** Why it failed as a whole. */
    problem: text("problem"),
    createdBy: uuid("created_by").references(() => users.id, { onDelete: "set null" }),
    startedAt: instant("started_at").notNull().defaultNow(),
    /** When the process that reads the file was last known to live; see import-heartbeat.ts. */
    heartbeatAt: instant("heartbeat_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    index("imports_workspace_idx").on(table.workspaceId, table.startedAt),
    // An import cannot name another workspace than its dataset's.
    foreignKey({
      name: "imports_dataset_fk",
      columns: [table.datasetId, table.workspaceId],
      foreignColumns: [datasets.id, datasets.workspaceId],
    }).onDelete("cascade"),
  ],
);
