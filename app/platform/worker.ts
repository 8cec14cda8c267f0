/** The platform at the edge (workerd): the same names as node.ts, on Web APIs alone. */
import { AsyncLocalStorage } from "node:async_hooks";
import { createCookieFactory } from "@remix-run/server-runtime";
import { signCookie, unsignCookie } from "./cookie-signature";

export { json, redirect } from "@remix-run/server-runtime";
export { getServices } from "./services";

export const createCookie = createCookieFactory({ sign: signCookie, unsign: unsignCookie });

/** Keeps an isolate alive until work is done. Each request has its own. */
export type WaitUntil = (work: Promise<unknown>) => void;

const waitUntil = new AsyncLocalStorage<WaitUntil>();

/** Answers a request, whose background work `given` keeps alive. */
export function answeringWith<T>(given: WaitUntil, answer: () => Promise<T>): Promise<T> {
  return waitUntil.run(given, answer);
}

/** Work that goes on after the response. Its failure is logged by name. */
export function background(work: Promise<unknown>): void {
  const watched = work.catch((error: unknown) => {
    console.error(`background work failed: ${error instanceof Error ? error.message : error}`);
  });
  waitUntil.getStore()?.(watched);
}
