import { and, asc, eq, inArray } from "drizzle-orm";
import type { Database } from "../client";
import { runs, steps } from "../schema";

export type RunState = (typeof runs.$inferSelect)["state"];
export type StepState = (typeof steps.$inferSelect)["state"];
export type Agent = (typeof steps.$inferSelect)["agent"];

export interface StoredRun {
  id: string;
  messageId: string;
  state: RunState;
  model: string | null;
  reason: string | null;
  startedAt: Date;
  finishedAt: Date | null;
}

/** A thread's runs, oldest first. */
export function listRuns(
  db: Database,
  { workspaceId, threadId }: { workspaceId: string; threadId: string },
): Promise<StoredRun[]> {
  return db.read((sql) =>
    sql
      .select({
        id: runs.id,
        messageId: runs.messageId,
        state: runs.state,
        model: runs.model,
        reason: runs.reason,
        startedAt: runs.startedAt,
        finishedAt: runs.finishedAt,
      })
      .from(runs)
      .where(and(eq(runs.workspaceId, workspaceId), eq(runs.threadId, threadId)))
      .orderBy(asc(runs.startedAt)),
  );
}

export interface StoredStep {
  id: string;
  runId: string;
  agent: Agent;
  state: StepState;
  writer: "rules" | "model";
  reason: string;
  /** RichText of the protocol; null while it runs. */
  summary: unknown;
  problem: string | null;
  startedAt: Date;
  finishedAt: Date | null;
}

/** The steps of all runs of a thread, oldest first; those of one moment in the crew's order of work. */
export function listSteps(
  db: Database,
  { workspaceId, threadId }: { workspaceId: string; threadId: string },
): Promise<StoredStep[]> {
  return db.read((sql) =>
    sql
      .select({
        id: steps.id,
        runId: steps.runId,
        agent: steps.agent,
        state: steps.state,
        writer: steps.writer,
        reason: steps.reason,
        summary: steps.summary,
        problem: steps.problem,
        startedAt: steps.startedAt,
        finishedAt: steps.finishedAt,
      })
      .from(steps)
      .where(and(eq(steps.workspaceId, workspaceId), eq(steps.threadId, threadId)))
      .orderBy(asc(steps.startedAt), asc(steps.agent)),
  );
}

export interface UnfinishedRun {
  runId: string;
  workspaceId: string;
  threadId: string;
  startedAt: Date;
}

/**
 * Runs of every workspace that the record holds as not finished: the host of the rooms wakes these
 * threads' rooms after a crash. The one query that is not scoped by workspace.
 */
export function listUnfinishedRuns(
  db: Database,
  { limit = 1_000 }: { limit?: number } = {},
): Promise<UnfinishedRun[]> {
  return db.read((sql) =>
    sql
      .select({
        runId: runs.id,
        workspaceId: runs.workspaceId,
        threadId: runs.threadId,
        startedAt: runs.startedAt,
      })
      .from(runs)
      .where(inArray(runs.state, ["pending", "running"]))
      .orderBy(asc(runs.startedAt))
      .limit(limit),
  );
}
