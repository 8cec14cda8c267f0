import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { json } from "#platform";
import { requireMember } from "../auth/require-user.server";
import { readImport } from "../datasets/read-import.server";
import { requireImport } from "../datasets/require-import.server";

/** How far an import is, for a page that watches it. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request);
  const { state, bytesRead, fileBytes, rowsAccepted, rowsRejected } = readImport(
    await requireImport(workspace.id, params.importId),
  );
  return json(
    { state, bytesRead, fileBytes, rowsAccepted, rowsRejected },
    { headers: { "Cache-Control": "no-store" } },
  );
}
