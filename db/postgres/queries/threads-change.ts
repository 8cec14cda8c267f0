import { and, eq, isNull, sql as raw, type SQL } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import type { Database } from "../client";
import { threads } from "../schema";
import type { ThreadPlace } from "./thread-record";

/*
 * What people do to a thread as a whole. Each returns whether the workspace has such a thread, so that
 * another workspace's answers like a missing one; doing it twice is like doing it once.
 */

/** The crew's titles never replace one that a person gave. */
export function renameThread(
  db: Database,
  { title, ...place }: ThreadPlace & { title: string },
): Promise<boolean> {
  return change(db, place, { title, titleSource: "human" }, isNull(threads.deletedAt));
}

export function archiveThread(db: Database, place: ThreadPlace): Promise<boolean> {
  const archivedAt = raw`coalesce(${threads.archivedAt}, now())`;
  return change(db, place, { archivedAt }, isNull(threads.deletedAt));
}

export function unarchiveThread(db: Database, place: ThreadPlace): Promise<boolean> {
  return change(db, place, { archivedAt: null }, isNull(threads.deletedAt));
}

/** Days a deleted thread can be restored. */
export const RESTORABLE_DAYS = 7;
/** Whether a deleted thread can still be restored. */
export const restorable: SQL = raw`${threads.deletedAt} > now() - make_interval(days => ${RESTORABLE_DAYS})`;

/** Hides the thread everywhere: it answers like a missing one. Nothing of it is removed yet. */
export function deleteThread(db: Database, place: ThreadPlace): Promise<boolean> {
  const deletedAt = raw`coalesce(${threads.deletedAt}, now())`;
  return change(db, place, { deletedAt }, raw`(${threads.deletedAt} is null or ${restorable})`);
}

export function restoreThread(db: Database, place: ThreadPlace): Promise<boolean> {
  return change(
    db,
    place,
    { deletedAt: null },
    raw`(${threads.deletedAt} is null or ${restorable})`,
  );
}

async function change(
  db: Database,
  { workspaceId, threadId }: ThreadPlace,
  values: PgUpdateSetSource<typeof threads>,
  where: SQL,
): Promise<boolean> {
  const changed = await db.write(
    (sql) =>
      sql
        .update(threads)
        .set(values)
        .where(and(eq(threads.id, threadId), eq(threads.workspaceId, workspaceId), where))
        .returning({ id: threads.id }),
    { idempotent: true },
  );
  return changed.length > 0;
}
