import { validate as isUuid } from "uuid";
import {
  type Database,
  findEvidence,
  findThread,
  type Thread,
  type ThreadPlace,
} from "../../db/postgres";
import { type Evidence, evidenceLabelSchema, evidenceSchema } from "../../party/protocol";

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

/** The thread's evidence with this label, or a 404. The caller has checked that the thread may be read. */
export async function requireEvidence(
  db: Database,
  { workspaceId, threadId }: ThreadPlace,
  label: string | undefined,
): Promise<Evidence> {
  const asked = evidenceLabelSchema.safeParse(label);
  const stored = asked.success
    ? await findEvidence(db, { workspaceId, threadId, label: asked.data })
    : null;
  if (!stored) throw notFound();
  return evidenceSchema.parse(stored.body);
}

export function notFound(): Response {
  return new Response(null, { status: 404, statusText: "Not Found" });
}
