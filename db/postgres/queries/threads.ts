import { and, desc, eq, isNotNull, isNull, sql as raw, type SQL } from "drizzle-orm";
import type { Database } from "../client";
import { messages, runs, threads } from "../schema";
import type { RunState } from "./runs";
import { searchQuery } from "./search-text";
import { storable } from "./storable";
import { restorable } from "./threads-change";

/** Which of the workspace's threads a list shows. A deleted one is in no other list. */
export type ThreadFilter = "current" | "archived" | "deleted";

interface ThreadSummary {
  id: string;
  title: string;
  createdAt: Date;
  lastActivityAt: Date;
  deletedAt: Date | null;
  /** State of the newest run; null before the first. */
  runState: RunState | null;
  /** The newest message that holds every word searched for; null without one, or without a search. */
  found: string | null;
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
  archivedAt: Date | null;
}

/** Makes the thread; the same id again changes nothing. */
export async function createThread(
  db: Database,
  thread: { id: string; workspaceId: string; createdBy: string; title: string },
): Promise<void> {
  await db.write((sql) => sql.insert(threads).values(storable(thread)).onConflictDoNothing(), {
    idempotent: true,
  });
}

/** Null when the workspace has no such thread, or deleted it. */
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
        archivedAt: threads.archivedAt,
      })
      .from(threads)
      .where(
        and(
          eq(threads.id, threadId),
          eq(threads.workspaceId, workspaceId),
          isNull(threads.deletedAt),
        ),
      ),
  );
  return row ?? null;
}

/**
 * The workspace's threads, the one with the newest activity first. `search` leaves those whose title,
 * or one message, holds every word of it or a longer word that begins so.
 */
export async function listThreads(
  db: Database,
  params: {
    workspaceId: string;
    limit: number;
    after?: string | null;
    filter?: ThreadFilter;
    search?: string;
  },
): Promise<ThreadPage> {
  const { workspaceId, limit } = params;
  const asked = searchQuery(params.search ?? "");
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
        deletedAt: threads.deletedAt,
        runState: newestRun.state,
        found: asked === null ? raw<null>`null` : foundIn(asked),
        // As text: a Date has ms, the column has µs, and a rounded cursor would skip or repeat threads.
        cursorTime: raw<string>`${threads.lastActivityAt}::text`,
      })
      .from(threads)
      .leftJoinLateral(newestRun, raw`true`)
      .where(
        and(
          eq(threads.workspaceId, workspaceId),
          within(params.filter ?? "current"),
          asked === null ? undefined : holding(workspaceId, asked),
          afterCursor(params.after),
        ),
      )
      .orderBy(desc(threads.lastActivityAt), threads.id)
      .limit(limit + 1);
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    threads: page.map(({ cursorTime: _, ...thread }) => thread),
    next: rows.length > limit && last ? `${last.cursorTime}~${last.id}` : null,
  };
}

function within(filter: ThreadFilter): SQL | undefined {
  switch (filter) {
    case "current":
      return and(isNull(threads.deletedAt), isNull(threads.archivedAt));
    case "archived":
      return and(isNull(threads.deletedAt), isNotNull(threads.archivedAt));
    case "deleted":
      return restorable;
  }
}

/** Both halves read an index of their own, which an `or` over the two tables would not. */
function holding(workspaceId: string, asked: string): SQL {
  const query = raw`to_tsquery('simple', ${asked})`;
  return raw`${threads.id} in (
    select named.id from ${threads} named
    where named.workspace_id = ${workspaceId} and named.search @@ ${query}
    union all
    select said.thread_id from ${messages} said
    where said.workspace_id = ${workspaceId} and said.search @@ ${query})`;
}

function foundIn(asked: string): SQL<string | null> {
  return raw<string | null>`(
    select rich_text_words(said.text) from ${messages} said
    where said.thread_id = ${threads.id} and said.workspace_id = ${threads.workspaceId}
      and said.search @@ to_tsquery('simple', ${asked})
    order by said.seq desc limit 1)`;
}

const CURSOR = /^(\d{4}-\d\d-\d\d [\d:.]+[+-][\d:]+)~([\da-f-]{36})$/;

/** A cursor that is none (edited by hand) starts at the beginning. */
function afterCursor(cursor: string | null | undefined): SQL | undefined {
  const [, time, id] = CURSOR.exec(cursor ?? "") ?? [];
  if (time === undefined || id === undefined) return undefined;
  return raw`(${threads.lastActivityAt} < ${time}::timestamptz
    or (${threads.lastActivityAt} = ${time}::timestamptz and ${threads.id} > ${id}::uuid))`;
}
