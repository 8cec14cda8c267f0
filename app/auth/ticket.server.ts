import { SignJWT } from "jose";
import { v4 as newId } from "uuid";
import { getServices } from "#platform";
import {
  TICKET_AUDIENCE,
  TICKET_LIFETIME_SECONDS,
  type TicketClaims,
} from "../../party/protocol/ticket";
import type { Member } from "./require-user.server";

/** A ticket that opens the room of one thread once within a minute, while the session lasts. The caller has checked that the thread is the workspace's. */
export function issueRoomTicket(member: Member, threadId: string): Promise<string> {
  const claims: Omit<TicketClaims, "aud" | "exp"> = {
    sub: member.user.id,
    name: member.user.name,
    room: threadId,
    workspace: member.workspace.id,
    role: member.role,
    session: member.session,
    jti: newId(),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(TICKET_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + TICKET_LIFETIME_SECONDS)
    .sign(new TextEncoder().encode(getServices().config.ROOM_TICKET_SECRET));
}
