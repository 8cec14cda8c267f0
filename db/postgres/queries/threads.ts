import { and, desc, eq, sql as raw, type SQL } from "drizzle-orm";
import type { Database } from "../client";
import { runs, threads } from "../schema";
import type { RunState } from "./runs";

interface ThreadSummary {
  id: string;
  title: string;
  createdAt: Date;
  lastActivityAt: Date;
  /** State of the newest run; null before the first. */
  runState: RunState | null;
}

export interface ThreadPage {
  threads: ThreadSummary[];
  /** Hand it back for the next page; null on the last one. */
  next: string | null;
}

export interface Thread {
  id: string;
  title: string;
  titleSource: "rule" | "model" | "human";
  createdAt: Date;
  lastActivityAt: Date;
}

/** Makes the thread; the same id again changes nothing. */
export async function createThread(
  db: Database,
  thread: { id: string; workspaceId: string; createdBy: string; title: string },
): Promise<void> {
  await db.write((sql) => sql.insert(threads).values(thread).onConflictDoNothing(), {
    idempotent: true,
  });
}

/** Null when the workspace has no such thread. */
export async function findThread(
  db: Database,
  { workspaceId, threadId }: { workspaceId: string; threadId: string },
): Promise<Thread | null> {
  const [row] = await db.read((sql) =>
    sql
      .select({
        id: threads.id,
        title: threads.title,
        titleSource: threads.titleSource,
        createdAt: threads.createdAt,
        lastActivityAt: threads.lastActivityAt,
      })
      .from(threads)
      .where(and(eq(threads.id, threadId), eq(threads.workspaceId, workspaceId))),
  );
  return row ?? null;
}

/** The workspace's threads, the one with the newest activity first. */
export async function listThreads(
  db: Database,
  params: { workspaceId: string; limit: number; after?: string | null },
): Promise<ThreadPage> {
  const rows = await db.read((sql) => {
    const newestRun = sql
      .select({ state: runs.state })
      .from(runs)
      .where(and(eq(runs.threadId, threads.id), eq(runs.workspaceId, threads.workspaceId)))
      .orderBy(desc(runs.startedAt))
      .limit(1)
      .as("newest_run");
    return sql
      .select({
        id: threads.id,
        title: threads.title,
        createdAt: threads.createdAt,
        lastActivityAt: threads.lastActivityAt,
        runState: newestRun.state,
        // As text: a Date has ms, the column has µs, and a rounded cursor would skip or repeat threads.
        cursorTime: raw<string>`${threads.lastActivityAt}::text`,
      })
      .from(threads)
      .leftJoinLateral(newestRun, raw`true`)
      .where(and(eq(threads.workspaceId, params.workspaceId), afterCursor(params.after)))
      .orderBy(desc(threads.lastActivityAt), threads.id)
      .limit(params.limit + 1);
  });
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return {
    threads: page.map(({ cursorTime: _, ...thread }) => thread),
    next: rows.length > params.limit && last ? `${last.cursorTime}~${last.id}` : null,
  };
}

const CURSOR = /^(\d{4}-\d\d-\d\d [\d:.]+[+-][\d:]+)~([\da-f-]{36})$/;

/** A cursor that is none (edited by hand) starts at the beginning. */
function afterCursor(cursor: string | null | undefined): SQL | undefined {
  const [, time, id] = CURSOR.exec(cursor ?? "") ?? [];
  if (time === undefined || id === undefined) return undefined;
  return raw`(${threads.lastActivityAt} < ${time}::timestamptz
    or (${threads.lastActivityAt} = ${time}::timestamptz and ${threads.id} > ${id}::uuid))`;
}
