import type { ActionFunctionArgs } from "@remix-run/server-runtime";
import { getServices, json } from "#platform";
import { requireMember } from "../auth/require-user.server";
import { issueRoomTicket } from "../auth/ticket.server";
import { requireThread } from "../chat/require-thread.server";

/** A ticket for one connection to the thread's room, good for a minute. */
export async function action({ request, params }: ActionFunctionArgs) {
  const member = await requireMember(request);
  const thread = await requireThread(getServices().db, member.workspace.id, params.threadId);
  return json(
    { ticket: await issueRoomTicket(member, thread.id) },
    { headers: { "Cache-Control": "no-store" } },
  );
}
