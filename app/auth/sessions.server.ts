import { background, createCookie, getServices } from "#platform";
import {
  createSession,
  deleteExpiredSessions,
  deleteSession,
  findSession,
  type SessionOwner,
  type SignedIn,
} from "../../db/postgres";
import { purgeExpiredThreads } from "../chat/purge-threads.server";
import { isHttps } from "../platform/security-headers";
import { isToken, newToken, tokenHash } from "./random-token";

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
  background(deleteExpiredSessions(db));
  background(purgeExpiredThreads(db));
  return sessionCookie().serialize(id);
}

/** Whose session the request's cookie names; null when nobody's (any more). */
export async function readSession(request: Request): Promise<SessionOwner | null> {
  const id = await sessionIdOf(request);
  return id === null ? null : findSession(getServices().db, { idHash: await tokenHash(id) });
}

/** Deletes the row, so that the cookie cannot be used again. Returns the Set-Cookie header that clears it. */
export async function closeSession(request: Request): Promise<string> {
  const id = await sessionIdOf(request);
  if (id !== null) await deleteSession(getServices().db, { idHash: await tokenHash(id) });
  return sessionCookie().serialize("", { maxAge: 0 });
}

async function sessionIdOf(request: Request): Promise<string | null> {
  const value: unknown = await sessionCookie().parse(request.headers.get("Cookie"));
  return isToken(value) ? value : null;
}
