import { asc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "../client";
import { memberships, users, workspaces } from "../schema";

export type MemberRole = (typeof memberships.$inferSelect)["role"];

/** Who signed in, as the identity provider vouches for them. */
export interface Identity {
  /** The issuer URL, or `development`. */
  issuer: string;
  subject: string;
  email: string | null;
  name: string;
}

export interface SignedIn {
  userId: string;
  /** The workspace to open: the first one the user became a member of. */
  workspaceId: string;
}

/**
 * The user behind an identity. The first sign-in makes the user, a personal workspace and the
 * membership as its owner. Twice at once makes them once: the upsert holds the user's row until the
 * transaction ends, so the second one finds the membership of the first.
 */
export function signIn(db: Database, identity: Identity): Promise<SignedIn> {
  return db.transaction(async (sql) => {
    const [user] = await sql
      .insert(users)
      .values({ id: uuidv7(), ...identity })
      .onConflictDoUpdate({
        target: [users.issuer, users.subject],
        set: { email: identity.email, name: identity.name },
      })
      .returning({ id: users.id });
    if (!user) throw new Error("An upsert of a user returned no row");

    const [membership] = await sql
      .select({ workspaceId: memberships.workspaceId })
      .from(memberships)
      .where(eq(memberships.userId, user.id))
      .orderBy(asc(memberships.createdAt), asc(memberships.workspaceId))
      .limit(1);
    if (membership) return { userId: user.id, workspaceId: membership.workspaceId };

    const workspaceId = uuidv7();
    await sql.insert(workspaces).values({ id: workspaceId, name: `${identity.name}'s workspace` });
    await sql.insert(memberships).values({ workspaceId, userId: user.id, role: "owner" });
    return { userId: user.id, workspaceId };
  });
}
