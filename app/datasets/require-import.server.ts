import { validate as isUuid } from "uuid";
import { getServices } from "#platform";
import { findImport, type StoredImport } from "../../db/postgres";

/** The workspace's import, or a 404 that tells a missing import from another workspace's by nothing. */
export async function requireImport(
  workspaceId: string,
  importId: string | undefined,
): Promise<StoredImport> {
  const stored =
    importId && isUuid(importId)
      ? await findImport(getServices().db, { workspaceId, importId })
      : null;
  if (!stored) throw notFound();
  return stored;
}

export function notFound(): Response {
  return new Response(null, { status: 404, statusText: "Not Found" });
}
