import { and, eq, gt, lt, sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { memberships, sessions, users, workspaces } from "../schema";
import type { MemberRole } from "./people";

/** Who a session belongs to, and where they are, with the role they hold there now. */
export interface SessionOwner {
  user: { id: string; name: string; email: string | null };
  workspace: { id: string; name: string };
  role: MemberRole;
  expiresAt: Date;
}

export async function createSession(
  db: Database,
  session: { idHash: string; userId: string; workspaceId: string; expiresAt: Date },
): Promise<void> {
  await db.write((sql) => sql.insert(sessions).values(session));
}

/** Null when there is no such session, it has run out, or its user left the workspace. */
export async function findSession(
  db: Database,
  { idHash }: { idHash: string },
): Promise<SessionOwner | null> {
  const [row] = await db.read((sql) =>
    sql
      .select({
        user: { id: users.id, name: users.name, email: users.email },
        workspace: { id: workspaces.id, name: workspaces.name },
        role: memberships.role,
        expiresAt: sessions.expiresAt,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .innerJoin(workspaces, eq(workspaces.id, sessions.workspaceId))
      .innerJoin(
        memberships,
        and(
          eq(memberships.workspaceId, sessions.workspaceId),
          eq(memberships.userId, sessions.userId),
        ),
      )
      .where(and(eq(sessions.idHash, idHash), gt(sessions.expiresAt, raw`now()`))),
  );
  return row ?? null;
}

export async function deleteSession(db: Database, { idHash }: { idHash: string }): Promise<void> {
  await db.write((sql) => sql.delete(sessions).where(eq(sessions.idHash, idHash)), {
    idempotent: true,
  });
}

/** Housekeeping: removes the sessions of every workspace that have run out. */
export async function deleteExpiredSessions(db: Database): Promise<void> {
  await db.write((sql) => sql.delete(sessions).where(lt(sessions.expiresAt, raw`now()`)), {
    idempotent: true,
  });
}
