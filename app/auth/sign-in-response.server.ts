import { redirect } from "#platform";
import type { SignedIn } from "../../db/postgres";
import { authPaths } from "./endpoints";
import { openSession } from "./sessions.server";
import { SignInError, type SignInProblem } from "./sign-in-error";

/** Opens a session and leads on to the page the person wanted. */
export async function signedInResponse(
  signedIn: SignedIn,
  next: string,
  cookies: readonly string[] = [],
): Promise<Response> {
  const headers = new Headers();
  for (const cookie of [await openSession(signedIn), ...cookies]) {
    headers.append("Set-Cookie", cookie);
  }
  return redirect(next, { headers });
}

/** Leads back to the login page, which says what happened; the log gets the reason. */
export function signInFailedResponse(error: unknown, cookies: readonly string[] = []): Response {
  if (error instanceof Response) return error;
  const problem: SignInProblem = error instanceof SignInError ? error.problem : "internal";
  console.warn(logLine(error));
  const headers = new Headers();
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return redirect(`${authPaths.login}?error=${problem}`, { headers });
}

/** One line without a stack. A reason may hold what a browser sent, which must not begin a line of its own. */
function logLine(error: unknown): string {
  const told = error instanceof Error ? error.message : "the reason is not known";
  const line = error instanceof SignInError ? told : `Sign-in failed (internal): ${told}`;
  return `web: ${line.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")}`;
}
