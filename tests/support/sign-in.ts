import { createSession, type Database, type SignedIn } from "../../db/postgres";

/** The sign-in that tickets name which no web server issued. */
export const TEST_SESSION = "a sign-in of the tests";

/** Makes the sign-in hold, for one person of a database: its rooms ask. */
export function recordSignIn(
  db: Database,
  { userId, workspaceId }: SignedIn,
  idHash = TEST_SESSION,
): Promise<void> {
  const expiresAt = new Date(Date.now() + 24 * 3_600_000);
  return createSession(db, { idHash, userId, workspaceId, expiresAt });
}
