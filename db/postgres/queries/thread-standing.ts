import { and, eq, gt, inArray, sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { memberships, sessions, threads } from "../schema";
import type { MemberRole } from "./people";
import type { ThreadPlace } from "./thread-record";

/** Where a thread and the people in it stand. */
export interface ThreadStanding {
  /** Null when the workspace has no such thread. */
  thread: { title: string; titleSource: "rule" | "model" | "human"; deleted: boolean } | null;
  /** Those of the users who are members of the workspace. */
  roles: { userId: string; role: MemberRole }[];
  /** Those of the sessions that have not ended, each in this workspace. */
  sessions: { idHash: string }[];
}

/** Reads all of it at one moment, in one request. */
export async function findThreadStanding(
  db: Database,
  place: ThreadPlace,
  visitors: { userIds: readonly string[]; sessions: readonly string[] },
): Promise<ThreadStanding> {
  const { workspaceId, threadId } = place;
  const [found, roles, alive] = await db.read((sql) =>
    sql.batch([
      sql
        .select({
          title: threads.title,
          titleSource: threads.titleSource,
          deleted: raw<boolean>`${threads.deletedAt} is not null`,
        })
        .from(threads)
        .where(and(eq(threads.id, threadId), eq(threads.workspaceId, workspaceId))),
      sql
        .select({ userId: memberships.userId, role: memberships.role })
        .from(memberships)
        .where(
          and(
            eq(memberships.workspaceId, workspaceId),
            inArray(memberships.userId, [...visitors.userIds]),
          ),
        ),
      sql
        .select({ idHash: sessions.idHash })
        .from(sessions)
        .where(
          and(
            eq(sessions.workspaceId, workspaceId),
            inArray(sessions.idHash, [...visitors.sessions]),
            gt(sessions.expiresAt, raw`now()`),
          ),
        ),
    ]),
  );
  return { thread: found[0] ?? null, roles, sessions: alive };
}
