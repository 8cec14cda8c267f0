import { redirect } from "#platform";
import type { MemberRole } from "../../db/postgres";
import { authPaths } from "./endpoints";
import { readSession } from "./sessions.server";

/** Who asks, and in which workspace. Every query of a page is scoped by `workspace.id`. */
export interface Member {
  user: { id: string; name: string; email: string | null };
  workspace: { id: string; name: string };
  role: MemberRole;
  /** The hash that the session is known by. */
  session: string;
}

const ORDER: Record<MemberRole, number> = { viewer: 0, member: 1, admin: 2, owner: 3 };

/**
 * The signed-in member, or a thrown redirect to the login page, which leads back. With `atLeast`, a
 * member of a lesser role gets a thrown 403.
 */
export async function requireMember(
  request: Request,
  { atLeast = "viewer" }: { atLeast?: MemberRole } = {},
): Promise<Member> {
  const session = await readSession(request);
  if (!session) throw redirect(loginFor(request));
  const { user, workspace, role, idHash } = session;
  if (ORDER[role] < ORDER[atLeast]) {
    throw new Response(`This needs the role ${atLeast}; yours is ${role}.`, {
      status: 403,
      statusText: "Forbidden",
    });
  }
  return { user, workspace, role, session: idHash };
}

/** Only the address of a page leads back; that of a form's target does not show anything. */
function loginFor(request: Request): string {
  if (request.method !== "GET") return authPaths.login;
  const url = new URL(request.url);
  // Remix asks for data with these; they are no part of the page's address.
  url.searchParams.delete("_data");
  url.searchParams.delete("index");
  const next = `${url.pathname}${url.search}`;
  return next === "/" ? authPaths.login : `${authPaths.login}?next=${encodeURIComponent(next)}`;
}
