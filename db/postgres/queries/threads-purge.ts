import { and, asc, eq, lt, sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { threads } from "../schema";
import type { ThreadPlace } from "./thread-record";
import { RESTORABLE_DAYS } from "./threads-change";

const expired = raw`now() - make_interval(days => ${RESTORABLE_DAYS})`;

/** Housekeeping: threads of every workspace that were deleted too long ago to be restored, the oldest first. */
export function listExpiredThreads(
  db: Database,
  { limit }: { limit: number },
): Promise<ThreadPlace[]> {
  return db.read((sql) =>
    sql
      .select({ workspaceId: threads.workspaceId, threadId: threads.id })
      .from(threads)
      .where(lt(threads.deletedAt, expired))
      .orderBy(asc(threads.deletedAt))
      .limit(limit),
  );
}

/** Removes the thread for good if it expired, with its messages, runs, steps, evidence, reports and links. */
export async function purgeThread(
  db: Database,
  { workspaceId, threadId }: ThreadPlace,
): Promise<boolean> {
  const gone = await db.write(
    (sql) =>
      sql
        .delete(threads)
        .where(
          and(
            eq(threads.id, threadId),
            eq(threads.workspaceId, workspaceId),
            lt(threads.deletedAt, expired),
          ),
        )
        .returning({ id: threads.id }),
    { idempotent: true },
  );
  return gone.length > 0;
}
