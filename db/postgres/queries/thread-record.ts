import { and, eq, inArray, ne, sql as raw } from "drizzle-orm";
import type { Database, HttpSql } from "../client";
import { PostgresQueryError } from "../errors";
import { evidence, messages, modelCalls, reports, runs, steps, threads } from "../schema";
import type { MessageEnding } from "./messages";
import type { Agent, RunState, StepState } from "./runs";
import { storable } from "./storable";

/** One thing that happened in a thread, as the record keeps it. Applying it twice changes nothing. */
export type ThreadWrite =
  | {
      kind: "message-added";
      id: string;
      seq: number;
      role: "user" | "assistant";
      authorId: string | null;
      authorName: string | null;
      /** Absent on a person's message: it follows the question before it. */
      parentId?: string | null | undefined;
      runId: string | null;
      text: unknown;
      /** Absent on a message that does not ask back. */
      choices?: unknown;
      writer: "rules" | "model" | null;
      ending: MessageEnding;
      at: Date;
    }
  | { kind: "message-withdrawn"; id: string }
  | { kind: "run-started"; runId: string; messageId: string; model: string | null; at: Date }
  /** It waits for an approval. */
  | { kind: "run-paused"; runId: string }
  | { kind: "run-continued"; runId: string }
  | {
      kind: "run-finished";
      runId: string;
      state: Extract<RunState, "completed" | "cancelled" | "failed">;
      reason: string | null;
      at: Date;
    }
  | {
      kind: "step-started";
      stepId: string;
      runId: string;
      agent: Agent;
      writer: "rules" | "model";
      reason: string;
      at: Date;
    }
  | { kind: "step-skipped"; stepId: string; runId: string; agent: Agent; reason: string; at: Date }
  | {
      kind: "step-finished";
      stepId: string;
      state: Exclude<StepState, "running" | "skipped">;
      summary: unknown;
      problem: string | null;
      at: Date;
    }
  | {
      kind: "evidence-recorded";
      id: string;
      runId: string;
      stepId: string;
      label: string;
      tool: string;
      body: unknown;
      at: Date;
    }
  | { kind: "model-called"; id: string; runId: string; body: unknown; startedAt: Date }
  | {
      kind: "report-written";
      runId: string;
      title: string;
      writer: "rules" | "model";
      body: unknown;
      figuresChecked: number;
      at: Date;
    }
  | { kind: "thread-titled"; title: string; source: "rule" | "model" | "human" };

export interface ThreadPlace {
  workspaceId: string;
  threadId: string;
}

/** The workspace has no such thread, so nothing was written. */
export class NoSuchThreadError extends Error {
  override readonly name = "NoSuchThreadError";
  readonly retryable = false;
  constructor(
    readonly place: ThreadPlace,
    options?: ErrorOptions,
  ) {
    super(`Workspace ${place.workspaceId} has no thread ${place.threadId}`, options);
  }
}

/**
 * Applies writes in order, all or none, in one request. A run or step that already ended stays as it
 * ended; a title given by a person is not replaced by one of the crew's.
 * @throws NoSuchThreadError, PostgresError
 */
export async function recordThread(
  db: Database,
  place: ThreadPlace,
  writes: readonly ThreadWrite[],
): Promise<void> {
  if (writes.length === 0) return;
  const newest = newestInstant(writes)?.toISOString() ?? null;
  try {
    await db.write(
      (sql) =>
        sql.batch([
          sql
            .update(threads)
            .set({
              lastActivityAt: raw`greatest(${threads.lastActivityAt}, ${newest}::timestamptz)`,
            })
            .where(and(eq(threads.id, place.threadId), eq(threads.workspaceId, place.workspaceId))),
          ...writes.map((write) => statementOf(sql, place, storable(write))),
        ]),
      { idempotent: true },
    );
  } catch (error) {
    // Every row of a thread refers to the thread and its workspace together.
    if (error instanceof PostgresQueryError && error.constraint?.endsWith("_thread_fk")) {
      throw new NoSuchThreadError(place, { cause: error });
    }
    throw error;
  }
}

function parentOf(
  { role, seq, parentId }: Extract<ThreadWrite, { kind: "message-added" }>,
  { threadId }: ThreadPlace,
) {
  if (role !== "user") return null;
  if (parentId !== undefined) return parentId;
  return raw<string | null>`(
    select before.id from ${messages} before
    where before.thread_id = ${threadId} and before.role = 'user' and before.seq < ${seq}
    order by before.seq desc limit 1
  )`;
}

function newestInstant(writes: readonly ThreadWrite[]): Date | null {
  const times = writes.flatMap((write) => ("at" in write ? [write.at.getTime()] : []));
  return times.length === 0 ? null : new Date(Math.max(...times));
}

function statementOf(sql: HttpSql, place: ThreadPlace, write: ThreadWrite) {
  switch (write.kind) {
    case "message-added": {
      const { kind: _, at, parentId, ...row } = write;
      return sql
        .insert(messages)
        .values({ ...place, ...row, parentId: parentOf(write, place), createdAt: at })
        .onConflictDoNothing();
    }
    case "message-withdrawn":
      return sql
        .update(messages)
        .set({ ending: "withdrawn" })
        .where(
          and(
            eq(messages.id, write.id),
            eq(messages.workspaceId, place.workspaceId),
            eq(messages.threadId, place.threadId),
          ),
        );
    case "run-started":
      return sql
        .insert(runs)
        .values({
          ...place,
          id: write.runId,
          messageId: write.messageId,
          state: "running",
          model: write.model,
          startedAt: write.at,
        })
        .onConflictDoNothing();
    case "run-paused":
    case "run-continued":
      return sql
        .update(runs)
        .set({ state: write.kind === "run-paused" ? "waiting-approval" : "running" })
        .where(
          and(
            eq(runs.id, write.runId),
            eq(runs.workspaceId, place.workspaceId),
            eq(runs.threadId, place.threadId),
            inArray(runs.state, ["pending", "running", "waiting-approval"]),
          ),
        );
    case "run-finished":
      return sql
        .update(runs)
        .set({ state: write.state, reason: write.reason, finishedAt: write.at })
        .where(
          and(
            eq(runs.id, write.runId),
            eq(runs.workspaceId, place.workspaceId),
            eq(runs.threadId, place.threadId),
            inArray(runs.state, ["pending", "running", "waiting-approval"]),
          ),
        );
    case "step-started":
      return sql
        .insert(steps)
        .values({
          ...place,
          id: write.stepId,
          runId: write.runId,
          agent: write.agent,
          state: "running",
          writer: write.writer,
          reason: write.reason,
          startedAt: write.at,
        })
        .onConflictDoNothing();
    case "step-skipped":
      return sql
        .insert(steps)
        .values({
          ...place,
          id: write.stepId,
          runId: write.runId,
          agent: write.agent,
          state: "skipped",
          writer: "rules",
          reason: write.reason,
          startedAt: write.at,
          finishedAt: write.at,
        })
        .onConflictDoNothing();
    case "step-finished":
      return sql
        .update(steps)
        .set({
          state: write.state,
          summary: write.summary,
          problem: write.problem,
          finishedAt: write.at,
        })
        .where(
          and(
            eq(steps.id, write.stepId),
            eq(steps.workspaceId, place.workspaceId),
            eq(steps.threadId, place.threadId),
            eq(steps.state, "running"),
          ),
        );
    case "evidence-recorded": {
      const { kind: _, at, ...row } = write;
      return sql
        .insert(evidence)
        .values({ ...place, ...row, createdAt: at })
        .onConflictDoNothing();
    }
    case "model-called": {
      const { kind: _, ...row } = write;
      return sql
        .insert(modelCalls)
        .values({ ...place, ...row })
        .onConflictDoNothing();
    }
    case "report-written": {
      const { kind: _, at, ...row } = write;
      return sql
        .insert(reports)
        .values({ ...place, ...row, createdAt: at })
        .onConflictDoNothing();
    }
    case "thread-titled":
      return sql
        .update(threads)
        .set({ title: write.title, titleSource: write.source })
        .where(
          and(
            eq(threads.id, place.threadId),
            eq(threads.workspaceId, place.workspaceId),
            write.source === "human" ? undefined : ne(threads.titleSource, "human"),
          ),
        );
  }
}
