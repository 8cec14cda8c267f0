import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { json } from "#platform";
import { readSession } from "../auth/sessions.server";

/** Who is signed in, for clients that render nothing. */
export async function loader({ request }: LoaderFunctionArgs) {
  const session = await readSession(request);
  const headers = { "Cache-Control": "no-store" };
  if (!session) return json({ error: "Nobody is signed in" }, { status: 401, headers });
  const { user, workspace, role, expiresAt } = session;
  return json({ user, workspace, role, expiresAt: expiresAt.toISOString() }, { headers });
}
