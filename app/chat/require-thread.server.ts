import { validate as isUuid } from "uuid";
import { type Database, findThread, type Thread } from "../../db/postgres";

/** The workspace's thread, or a 404 that tells a missing thread from a deleted or another workspace's by nothing. */
export async function requireThread(
  db: Database,
  workspaceId: string,
  threadId: string | undefined,
): Promise<Thread> {
  const thread =
    threadId && isUuid(threadId) ? await findThread(db, { workspaceId, threadId }) : null;
  if (!thread) throw notFound();
  return thread;
}

export function notFound(): Response {
  return new Response(null, { status: 404, statusText: "Not Found" });
}
