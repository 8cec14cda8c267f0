import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import type { EntryContext } from "@remix-run/server-runtime";
import { isbot } from "isbot";
// Web streams, so that one entry serves Node and the edge.
import { renderToReadableStream } from "react-dom/server.browser";
import { getServices } from "#platform";
import { NonceProvider } from "./platform/nonce";
import { RETRY_AFTER_SECONDS } from "./platform/outage.server";
import { contentSecurityPolicy } from "./platform/security-headers";

/** A page that is not rendered within this time is given up. */
const RENDER_WITHIN_MS = 10_000;

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
): Promise<Response> {
  const nonce = newNonce();
  let finalStatus = status;
  const giveUp = new AbortController();
  const timer = setTimeout(
    () => giveUp.abort(new Error(`not rendered within ${RENDER_WITHIN_MS} ms`)),
    RENDER_WITHIN_MS,
  );
  const page = await renderToReadableStream(
    <NonceProvider value={nonce}>
      <RemixServer context={context} url={request.url} nonce={nonce} />
    </NonceProvider>,
    {
      nonce,
      signal: giveUp.signal,
      onError(error: unknown) {
        finalStatus = 500;
        logFailure(request, error);
      },
    },
  );
  // An abort after the end would be an error of its own.
  const whole = page.allReady.finally(() => clearTimeout(timer));
  if (isbot(request.headers.get("User-Agent"))) await whole;
  else whole.catch(() => {}); // Told to onError already.
  headers.set("Content-Type", "text/html; charset=utf-8");
  headers.set("Content-Security-Policy", contentSecurityPolicy(getServices().config, nonce));
  // Every page shows one person's data.
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "private, no-store");
  if (finalStatus === 503) headers.set("Retry-After", RETRY_AFTER_SECONDS);
  return new Response(page, { headers, status: finalStatus });
}

/** A loader or action failed unexpectedly: the page shows an honest error, the log says which path. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  // An address that does not exist, or a refusal, is an answer and no failure.
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) logFailure(request, error);
}

function logFailure(request: Request, error: unknown): void {
  const path = new URL(request.url).pathname;
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(`${request.method} ${path} failed: ${told}`);
  if (getServices().config.NETRA_ENV !== "production" && error instanceof Error) {
    console.error(error.stack);
  }
}

function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
}
