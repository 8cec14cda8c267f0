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

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;
/** 256 random bits in base64url. */
const ID_SHAPE = /^[\w-]{43}$/;

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
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const id = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
  const { db } = getServices();
  await createSession(db, {
    idHash: await hashOf(id),
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
  return id === null ? null : findSession(getServices().db, { idHash: await hashOf(id) });
}

/** Deletes the row, so that the cookie cannot be used again. Returns the Set-Cookie header that clears it. */
export async function closeSession(request: Request): Promise<string> {
  const id = await sessionIdOf(request);
  if (id !== null) await deleteSession(getServices().db, { idHash: await hashOf(id) });
  return sessionCookie().serialize("", { maxAge: 0 });
}

async function sessionIdOf(request: Request): Promise<string | null> {
  const value: unknown = await sessionCookie().parse(request.headers.get("Cookie"));
  return typeof value === "string" && ID_SHAPE.test(value) ? value : null;
}

/** What is stored: whoever reads the table cannot sign in with it. */
async function hashOf(id: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
