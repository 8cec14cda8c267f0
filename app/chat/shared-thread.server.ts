import { type Database, findSharedThread, type ThreadPlace } from "../../db/postgres";
import type { Evidence } from "../../party/protocol";
import { isToken, tokenHash } from "../auth/random-token";
import { notFound } from "./require-thread.server";

/** No search engine keeps a shared page, and no site it links to learns the address. */
export const sharedHeaders = {
  "X-Robots-Tag": "noindex, nofollow",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "private, no-store",
};

/** The thread behind a link, or a 404: made up, revoked and deleted ones are told apart by nothing. */
export async function requireSharedThread(
  db: Database,
  token: string | undefined,
): Promise<ThreadPlace & { title: string }> {
  const thread = isToken(token)
    ? await findSharedThread(db, { tokenHash: await tokenHash(token) })
    : null;
  if (!thread) throw notFound();
  return thread;
}

/** The evidence for readers outside the workspace, whose id its queries carry as a parameter. */
export function withoutWorkspace(evidence: Evidence, workspaceId: string): Evidence {
  const parameters = Object.entries(evidence.parameters).map(([name, value]) => [
    name,
    value === workspaceId ? "(the workspace)" : value,
  ]);
  return { ...evidence, parameters: Object.fromEntries(parameters) };
}
