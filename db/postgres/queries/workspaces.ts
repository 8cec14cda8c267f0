import { asc, eq } from "drizzle-orm";
import type { Database } from "../client";
import { memberships, workspaces } from "../schema";
import type { MemberRole } from "./people";

export interface WorkspaceOfUser {
  id: string;
  name: string;
  role: MemberRole;
}

/** The workspaces a user is a member of, in the order they joined. */
export function listWorkspacesOf(
  db: Database,
  { userId }: { userId: string },
): Promise<WorkspaceOfUser[]> {
  return db.read((sql) =>
    sql
      .select({ id: workspaces.id, name: workspaces.name, role: memberships.role })
      .from(memberships)
      .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
      .where(eq(memberships.userId, userId))
      .orderBy(asc(memberships.createdAt), asc(workspaces.id)),
  );
}
