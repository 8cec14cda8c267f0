/** The platform at the edge (workerd): the same names as node.ts, on Web APIs alone. */
import { createCookieFactory } from "@remix-run/server-runtime";
import { signCookie, unsignCookie } from "./cookie-signature";

export { json, redirect } from "@remix-run/server-runtime";
export { getServices } from "./services";

export const createCookie = createCookieFactory({ sign: signCookie, unsign: unsignCookie });

/** What keeps an isolate alive until work is done; given by the entry with each request. */
let waitUntil: ((work: Promise<unknown>) => void) | null = null;

export function provideWaitUntil(given: (work: Promise<unknown>) => void): void {
  waitUntil = given;
}

/** Work that goes on after the response. Its failure is logged by name. */
export function background(work: Promise<unknown>): void {
  const watched = work.catch((error: unknown) => {
    console.error(`background work failed: ${error instanceof Error ? error.message : error}`);
  });
  waitUntil?.(watched);
}
