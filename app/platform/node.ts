/** The platform of the Node server. Routes import `#platform`; at the edge they get worker.ts. */
export { createCookie, json, redirect } from "@remix-run/node";
export { getServices } from "./services";

/** Work that goes on after the response: here the process lives on anyway. Its failure is logged by name. */
export function background(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    console.error(`background work failed: ${error instanceof Error ? error.message : error}`);
  });
}
