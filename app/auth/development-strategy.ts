import { Strategy } from "remix-auth/strategy";
import type { Identity, SignedIn } from "../../db/postgres";

/** Someone tried to build the strategy that signs anybody in, outside development. */
export class DevelopmentStrategyRefusedError extends Error {
  override readonly name = "DevelopmentStrategyRefusedError";
  constructor(readonly environment: string) {
    super(`The development sign-in must not exist in the environment "${environment}"`);
  }
}

/** Signs everybody in as the development user, without a question. Cannot be constructed elsewhere. */
export class DevelopmentStrategy extends Strategy<SignedIn, Identity> {
  override name = "development";

  /** @throws DevelopmentStrategyRefusedError unless `environment` is `development` */
  constructor(environment: string, verify: (identity: Identity) => Promise<SignedIn>) {
    super(verify);
    if (environment !== "development") throw new DevelopmentStrategyRefusedError(environment);
  }

  override authenticate(): Promise<SignedIn> {
    return this.verify({
      issuer: "development",
      subject: "developer",
      email: "developer@localhost",
      name: "Development user",
    });
  }
}
