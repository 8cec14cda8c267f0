/** A request that would change something came from another site's page. Answered with 403. */
export class ForeignOriginError extends Error {
  override readonly name = "ForeignOriginError";
  constructor(readonly origin: string | null) {
    super(
      origin === null
        ? "A request that changes something must say where it comes from"
        : `Requests from ${origin} may not change anything here`,
    );
  }
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site's page, or a page of a sibling domain, could make a browser send with our
 * cookies. Every browser sends Origin with such a request; where it is absent, Sec-Fetch-Site must
 * say that the page was ours (or that no page was involved). Covers documents and Remix's `?_data=` alike.
 * @throws ForeignOriginError
 */
export function assertSameOrigin(
  request: { method: string; headers: { get(name: string): string | null } },
  config: { APP_ORIGIN: string },
): void {
  if (SAFE_METHODS.has(request.method.toUpperCase())) return;
  const origin = request.headers.get("Origin");
  if (origin !== null) {
    if (origin === new URL(config.APP_ORIGIN).origin) return;
    throw new ForeignOriginError(origin);
  }
  const site = request.headers.get("Sec-Fetch-Site");
  if (site === "same-origin" || site === "none") return;
  throw new ForeignOriginError(null);
}
