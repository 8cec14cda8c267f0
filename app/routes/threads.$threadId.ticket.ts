import type { ActionFunctionArgs } from "@remix-run/server-runtime";
import { background, getServices, json } from "#platform";
import { requireMember } from "../auth/require-user.server";
import { rememberRoom } from "../auth/session-rooms.server";
import { issueRoomTicket } from "../auth/ticket.server";
import { requireThread } from "../chat/require-thread.server";

/** A ticket for one connection to the thread's room, good for a minute. */
export async function action({ request, params }: ActionFunctionArgs) {
  const member = await requireMember(request);
  const { db, redis } = getServices();
  const thread = await requireThread(db, member.workspace.id, params.threadId);
  const place = { workspaceId: member.workspace.id, threadId: thread.id };
  background(rememberRoom(redis, member.session, place));
  return json(
    { ticket: await issueRoomTicket(member, thread.id) },
    { headers: { "Cache-Control": "no-store" } },
  );
}
