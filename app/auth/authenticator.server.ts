import { Authenticator } from "remix-auth";
import { type SignedIn, signIn } from "../../db/postgres";
import { isHttps } from "../platform/security-headers";
import type { Services } from "../platform/types";
import { DevelopmentStrategy } from "./development-strategy";
import { authPaths } from "./endpoints";
import { OidcStrategy } from "./oidc-strategy";

export interface Sign {
  authenticator: Authenticator<SignedIn>;
  /** Null where no provider is configured. */
  oidc: OidcStrategy | null;
}

const made = new WeakMap<Services, Sign>();

/** The ways to sign in that this environment allows; made once per process. */
export function authenticationOf(services: Services): Sign {
  const known = made.get(services);
  if (known) return known;
  const { config, db } = services;
  const verify = (identity: Parameters<typeof signIn>[1]) => signIn(db, identity);
  const authenticator = new Authenticator<SignedIn>();
  if (config.NETRA_ENV === "development") {
    authenticator.use(new DevelopmentStrategy(config.NETRA_ENV, verify));
  }
  const oidc =
    config.OIDC_ISSUER && config.OIDC_CLIENT_ID
      ? new OidcStrategy(
          {
            issuer: config.OIDC_ISSUER,
            clientId: config.OIDC_CLIENT_ID,
            clientSecret: config.OIDC_CLIENT_SECRET,
            redirectUri: new URL(authPaths.oidcCallback, config.APP_ORIGIN).href,
            secure: isHttps(config.APP_ORIGIN),
          },
          verify,
        )
      : null;
  if (oidc) authenticator.use(oidc);
  const sign = { authenticator, oidc };
  made.set(services, sign);
  return sign;
}
