import type { Config } from "../../db/startup/config";

/** Everything a client needs to know to sign in, stay signed in and reach the rooms. */
export interface AuthConfig {
  login: string;
  /** POST. */
  logout: string;
  /** GET: who is signed in; 401 when nobody is. */
  session: string;
  strategies: Array<{
    name: "development" | "oidc";
    label: string;
    /** GET, with an optional `next` (a path of this site). */
    start: string;
  }>;
  rooms: {
    url: string;
    /** POST, with the thread's id in place of `:threadId`: a ticket for its room. */
    ticket: string;
  };
}

/** Where each part of sign-in lives. Pages take these from here or from `GET /auth/config`. */
export const authPaths = {
  login: "/login",
  logout: "/logout",
  session: "/auth/session",
  development: "/auth/development",
  oidc: "/auth/oidc",
  oidcCallback: "/auth/oidc/callback",
  ticket: "/threads/:threadId/ticket",
} as const;

export function authConfigOf(
  config: Pick<Config, "NETRA_ENV" | "APP_ORIGIN" | "ROOMS_URL" | "OIDC_ISSUER">,
): AuthConfig {
  const at = (path: string) => `${new URL(config.APP_ORIGIN).origin}${path}`;
  const strategies: AuthConfig["strategies"] = [];
  if (config.OIDC_ISSUER) {
    const host = new URL(config.OIDC_ISSUER).host;
    strategies.push({ name: "oidc", label: `Sign in with ${host}`, start: at(authPaths.oidc) });
  }
  if (config.NETRA_ENV === "development") {
    strategies.push({
      name: "development",
      label: "Sign in as the development user",
      start: at(authPaths.development),
    });
  }
  return {
    login: at(authPaths.login),
    logout: at(authPaths.logout),
    session: at(authPaths.session),
    strategies,
    rooms: { url: config.ROOMS_URL, ticket: at(authPaths.ticket) },
  };
}
