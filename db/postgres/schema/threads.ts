import { type SQL, sql } from "drizzle-orm";
import {
  type AnyPgColumn,
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
import { searchWords } from "./search";

export const titleSourceEnum = pgEnum("title_source", ["rule", "model", "human"]);
export const messageRoleEnum = pgEnum("message_role", ["user", "assistant"]);
export const messageEndingEnum = pgEnum("message_ending", [
  "complete",
  "stopped",
  "failed",
  "withdrawn",
]);
export const writerEnum = pgEnum("writer", ["rules", "model"]);
export const runStateEnum = pgEnum("run_state", [
  "pending",
  "running",
  "waiting-approval",
  "completed",
  "cancelled",
  "failed",
]);
export const stepStateEnum = pgEnum("step_state", [
  "running",
  "completed",
  "fell-back",
  "failed",
  "stopped",
  "skipped",
]);
export const agentEnum = pgEnum("agent", [
  "supervisor",
  "triage",
  "data",
  "optimization",
  "actions",
  "reporting",
]);

export const threads = pgTable(
  "threads",
  {
    id: uuid("id").primaryKey(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    createdBy: uuid("created_by").references(() => users.id, { onDelete: "set null" }),
    title: text("title").notNull(),
    titleSource: titleSourceEnum("title_source").notNull().default("rule"),
    createdAt: instant("created_at").notNull().defaultNow(),
    lastActivityAt: instant("last_activity_at").notNull().defaultNow(),
    /** Put away by a person: out of the lists, otherwise as before. */
    archivedAt: instant("archived_at"),
    /** Hidden everywhere since then; removed for good some days later. */
    deletedAt: instant("deleted_at"),
    search: searchWords("search").generatedAlwaysAs((): SQL => sql`search_words(${threads.title})`),
  },
  (table) => [
    index("threads_workspace_activity_idx").on(
      table.workspaceId,
      table.lastActivityAt.desc(),
      table.id,
    ),
    index("threads_search_idx").using("gin", table.search),
    index("threads_deleted_idx").on(table.deletedAt).where(sql`${table.deletedAt} is not null`),
    // What rows of a thread refer to, so that none can name another workspace than their thread's.
    unique("threads_id_workspace_key").on(table.id, table.workspaceId),
  ],
);

const thread = () => uuid("thread_id").notNull();
const workspace = () => uuid("workspace_id").notNull();
const ofThread = (name: string, table: { threadId: AnyPgColumn; workspaceId: AnyPgColumn }) =>
  foreignKey({
    name,
    columns: [table.threadId, table.workspaceId],
    foreignColumns: [threads.id, threads.workspaceId],
  }).onDelete("cascade");

export const messages = pgTable(
  "messages",
  {
    id: uuid("id").primaryKey(),
    workspaceId: workspace(),
    threadId: thread(),
    /** Number of the room's event that added it: the order within the thread. */
    seq: bigint("seq", { mode: "number" }).notNull(),
    role: messageRoleEnum("role").notNull(),
    authorId: uuid("author_id").references(() => users.id, { onDelete: "set null" }),
    authorName: text("author_name"),
    /** The question that a person's message follows; those that follow the same are its versions. */
    parentId: uuid("parent_id"),
    runId: uuid("run_id"),
    /** RichText of the protocol. */
    text: jsonb("text").notNull(),
    /** Choices of the protocol, on a message of the crew that asks back. */
    choices: jsonb("choices"),
    writer: writerEnum("writer"),
    ending: messageEndingEnum("ending").notNull(),
    createdAt: instant("created_at").notNull(),
    search: searchWords("search").generatedAlwaysAs(
      (): SQL => sql`search_words(rich_text_words(${messages.text}))`,
    ),
  },
  (table) => [
    unique("messages_thread_seq_key").on(table.threadId, table.seq),
    index("messages_search_idx").using("gin", table.search),
    ofThread("messages_thread_fk", table),
  ],
);

export const runs = pgTable(
  "runs",
  {
    id: uuid("id").primaryKey(),
    workspaceId: workspace(),
    threadId: thread(),
    messageId: uuid("message_id").notNull(),
    state: runStateEnum("state").notNull(),
    /** Name of the language model, or null: rules only. */
    model: text("model"),
    reason: text("reason"),
    startedAt: instant("started_at").notNull(),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    index("runs_thread_idx").on(table.threadId, table.startedAt),
    index("runs_state_idx").on(table.state),
    ofThread("runs_thread_fk", table),
  ],
);

export const steps = pgTable(
  "steps",
  {
    id: uuid("id").primaryKey(),
    workspaceId: workspace(),
    threadId: thread(),
    runId: uuid("run_id")
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    agent: agentEnum("agent").notNull(),
    state: stepStateEnum("state").notNull(),
    writer: writerEnum("writer").notNull(),
    /** Why the supervisor chose the agent, or why it was skipped. */
    reason: text("reason").notNull(),
    /** RichText of the protocol: what it found. */
    summary: jsonb("summary"),
    /** Why it fell back, failed or stopped. */
    problem: text("problem"),
    startedAt: instant("started_at").notNull(),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    index("steps_run_idx").on(table.runId),
    index("steps_thread_idx").on(table.threadId),
    ofThread("steps_thread_fk", table),
  ],
);

export const evidence = pgTable(
  "evidence",
  {
    id: uuid("id").primaryKey(),
    workspaceId: workspace(),
    threadId: thread(),
    runId: uuid("run_id").notNull(),
    stepId: uuid("step_id").notNull(),
    label: text("label").notNull(),
    tool: text("tool").notNull(),
    /** The whole evidence of the protocol, never changed after it is written. */
    body: jsonb("body").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    unique("evidence_thread_label_key").on(table.threadId, table.label),
    ofThread("evidence_thread_fk", table),
  ],
);

/** Calls of language models, one row each. */
export const modelCalls = pgTable(
  "model_calls",
  {
    id: uuid("id").primaryKey(),
    workspaceId: workspace(),
    threadId: thread(),
    runId: uuid("run_id").notNull(),
    /** The whole call of the protocol: tokens, times, cost, what the cache gave. No text of it. */
    body: jsonb("body").notNull(),
    startedAt: instant("started_at").notNull(),
  },
  (table) => [
    index("model_calls_thread_idx").on(table.threadId, table.startedAt),
    ofThread("model_calls_thread_fk", table),
  ],
);

export const reports = pgTable(
  "reports",
  {
    runId: uuid("run_id").primaryKey(),
    workspaceId: workspace(),
    threadId: thread(),
    title: text("title").notNull(),
    writer: writerEnum("writer").notNull(),
    /** The whole report of the protocol. */
    body: jsonb("body").notNull(),
    figuresChecked: integer("figures_checked").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [index("reports_thread_idx").on(table.threadId), ofThread("reports_thread_fk", table)],
);

/** Links that show a thread to whoever has them, without a sign-in. */
export const threadShares = pgTable(
  "thread_shares",
  {
    id: uuid("id").primaryKey(),
    workspaceId: workspace(),
    threadId: thread(),
    /** SHA-256 of the token in hexadecimal: the table opens nothing to whoever reads it. */
    tokenHash: text("token_hash").notNull(),
    createdBy: uuid("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    unique("thread_shares_token_key").on(table.tokenHash),
    index("thread_shares_thread_idx").on(table.threadId),
    ofThread("thread_shares_thread_fk", table),
  ],
);
