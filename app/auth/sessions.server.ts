import { background, createCookie, getServices } from "#platform";
import {
  createSession,
  deleteSession,
  findSession,
  type SessionOwner,
  type SignedIn,
} from "../../db/postgres";
import { orderRoom } from "../chat/order-room.server";
import { isHttps } from "../platform/security-headers";
import { keepHouse } from "./housekeeping.server";
import { isToken, newToken, tokenHash } from "./random-token";
import { roomsOf } from "./session-rooms.server";

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** The cookie holds only a random id; everything else is a row, so that a logout ends it for good. */
function sessionCookie() {
  return createCookie("netra_session", {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure: isHttps(getServices().config.APP_ORIGIN),
    maxAge: LIFETIME_SECONDS,
  });
}

/** Writes the session down. Returns the Set-Cookie header that gives it to the browser. */
export async function openSession({ userId, workspaceId }: SignedIn): Promise<string> {
  const id = newToken();
  const { db } = getServices();
  await createSession(db, {
    idHash: await tokenHash(id),
    userId,
    workspaceId,
    expiresAt: new Date(Date.now() + LIFETIME_SECONDS * 1000),
  });
  // A sign-in is rare and has just shown that the database answers: a good moment to tidy up.
  background(keepHouse());
  return sessionCookie().serialize(id);
}

/** Whose session the request's cookie names, with the hash it is known by; null when nobody's (any more). */
export async function readSession(
  request: Request,
): Promise<(SessionOwner & { idHash: string }) | null> {
  const id = await sessionIdOf(request);
  if (id === null) return null;
  const idHash = await tokenHash(id);
  const owner = await findSession(getServices().db, { idHash });
  return owner && { ...owner, idHash };
}

/**
 * Deletes the row, so that the cookie cannot be used again, and has the sign-in's sockets closed. Returns
 * the Set-Cookie header that clears the cookie.
 */
export async function closeSession(request: Request): Promise<string> {
  const id = await sessionIdOf(request);
  if (id !== null) {
    const idHash = await tokenHash(id);
    await deleteSession(getServices().db, { idHash });
    background(tellRooms(idHash));
  }
  return sessionCookie().serialize("", { maxAge: 0 });
}

/** A room that cannot be told finds out by itself within a minute. */
async function tellRooms(idHash: string): Promise<void> {
  const services = getServices();
  const entered = await roomsOf(services.redis, idHash);
  await Promise.all(entered.map((place) => orderRoom(services, place, "look")));
}

async function sessionIdOf(request: Request): Promise<string | null> {
  const value: unknown = await sessionCookie().parse(request.headers.get("Cookie"));
  return isToken(value) ? value : null;
}
