import type { Config } from "../../db/startup/config";

/** Headers of every response, whatever it is. */
export function securityHeaders(config: Pick<Config, "APP_ORIGIN">): Record<string, string> {
  const headers: Record<string, string> = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
  };
  if (isHttps(config.APP_ORIGIN)) headers["Strict-Transport-Security"] = "max-age=31536000";
  return headers;
}

export function isHttps(url: string): boolean {
  return new URL(url).protocol === "https:";
}

/** The policy of a page: its own scripts by nonce, and sockets to the rooms. */
export function contentSecurityPolicy(
  config: Pick<Config, "NETRA_ENV" | "ROOMS_URL">,
  nonce: string,
): string {
  const rooms = new URL(config.ROOMS_URL);
  const connect = ["'self'", rooms.origin, rooms.origin.replace(/^http/, "ws")];
  // `remix dev` tells pages about a rebuild over a socket of its own.
  if (config.NETRA_ENV === "development") connect.push("ws://127.0.0.1:*", "ws://localhost:*");
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    // Bars and columns set their size by style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${connect.join(" ")}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
