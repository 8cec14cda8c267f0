import { and, desc, eq, isNull } from "drizzle-orm";
import type { Database } from "../client";
import { threadShares, threads, users } from "../schema";
import type { ThreadPlace } from "./thread-record";

/** A link to a thread, as those see it who may revoke it. Its token is known to nobody any more. */
export interface ThreadShare {
  id: string;
  createdAt: Date;
  /** Null when that person is gone. */
  createdBy: string | null;
}

/** Makes a link under the SHA-256 of its token. The caller has checked that the thread is the workspace's. */
export async function createThreadShare(
  db: Database,
  share: ThreadPlace & { id: string; tokenHash: string; createdBy: string },
): Promise<void> {
  await db.write((sql) => sql.insert(threadShares).values(share).onConflictDoNothing(), {
    idempotent: true,
  });
}

/** The links of a thread that work, newest first. */
export function listThreadShares(
  db: Database,
  { workspaceId, threadId }: ThreadPlace,
): Promise<ThreadShare[]> {
  return db.read((sql) =>
    sql
      .select({
        id: threadShares.id,
        createdAt: threadShares.createdAt,
        createdBy: users.name,
      })
      .from(threadShares)
      .leftJoin(users, eq(users.id, threadShares.createdBy))
      .where(and(eq(threadShares.workspaceId, workspaceId), eq(threadShares.threadId, threadId)))
      .orderBy(desc(threadShares.createdAt), desc(threadShares.id)),
  );
}

/** The link never works again. A link that is not the thread's stays; revoking twice changes nothing. */
export async function revokeThreadShare(
  db: Database,
  { workspaceId, threadId, shareId }: ThreadPlace & { shareId: string },
): Promise<void> {
  await db.write(
    (sql) =>
      sql
        .delete(threadShares)
        .where(
          and(
            eq(threadShares.id, shareId),
            eq(threadShares.workspaceId, workspaceId),
            eq(threadShares.threadId, threadId),
          ),
        ),
    { idempotent: true },
  );
}

/** The thread that a link shows; null when there is no such link, or its thread was deleted. */
export async function findSharedThread(
  db: Database,
  { tokenHash }: { tokenHash: string },
): Promise<(ThreadPlace & { title: string }) | null> {
  const [row] = await db.read((sql) =>
    sql
      .select({
        workspaceId: threads.workspaceId,
        threadId: threads.id,
        title: threads.title,
      })
      .from(threadShares)
      .innerJoin(
        threads,
        and(
          eq(threads.id, threadShares.threadId),
          eq(threads.workspaceId, threadShares.workspaceId),
        ),
      )
      .where(and(eq(threadShares.tokenHash, tokenHash), isNull(threads.deletedAt))),
  );
  return row ?? null;
}
