import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import { SignInError } from "./sign-in-error";

const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
});
type Metadata = z.infer<typeof metadataSchema>;

const tokensSchema = z.object({ id_token: z.string() });
const claimsSchema = z.object({
  sub: z.string().min(1),
  nonce: z.string().optional(),
  azp: z.string().optional(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
});
export type IdTokenClaims = z.infer<typeof claimsSchema>;

export interface OidcClient {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  redirectUri: string;
}

const TIMEOUT_MS = 5_000;
const CLOCK_TOLERANCE_SECONDS = 30;
/** Signatures by a public key only: with `none` or a shared secret anybody could have made the token. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "EdDSA",
];

/** An OpenID Connect provider as found by its issuer URL. Discovery happens once; a failed one is forgotten. */
export class OidcProvider {
  #metadata: Promise<Metadata> | null = null;
  #keys: ReturnType<typeof createRemoteJWKSet> | null = null;

  constructor(private readonly client: OidcClient) {}

  /** The URL that sends a browser to the provider. @throws SignInError */
  async authorizationUrl(flow: {
    state: string;
    nonce: string;
    codeChallenge: string;
  }): Promise<string> {
    const url = new URL((await this.#discover()).authorization_endpoint);
    const parameters = {
      response_type: "code",
      client_id: this.client.clientId,
      redirect_uri: this.client.redirectUri,
      scope: "openid profile email",
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: flow.codeChallenge,
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Trades the code for an id_token and verifies it. @throws SignInError */
  async redeem(code: string, codeVerifier: string, nonce: string): Promise<IdTokenClaims> {
    const metadata = await this.#discover();
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: this.client.redirectUri,
      code_verifier: codeVerifier,
    });
    const headers = new Headers({ Accept: "application/json" });
    this.#authenticate(metadata, headers, body);
    // Not tried again: a code is good for one use.
    const answer = await send("token", metadata.token_endpoint, { method: "POST", headers, body });
    const tokens = tokensSchema.safeParse(answer);
    if (!tokens.success) throw new SignInError("untrusted", "the token answer has no id_token");
    return this.#verify(tokens.data.id_token, metadata, nonce);
  }

  async #verify(idToken: string, metadata: Metadata, nonce: string): Promise<IdTokenClaims> {
    this.#keys ??= createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: TIMEOUT_MS });
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(idToken, this.#keys, {
        issuer: metadata.issuer,
        audience: this.client.clientId,
        algorithms: ALGORITHMS,
        requiredClaims: ["sub", "iat", "exp"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      }));
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
        throw new SignInError("unreachable", "the provider's keys could not be read", {
          cause: error,
        });
      }
      throw new SignInError("untrusted", error.message, { cause: error });
    }
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw new SignInError("untrusted", "the id_token lacks claims");
    if (claims.data.nonce !== nonce) {
      throw new SignInError("untrusted", "the id_token was made for another sign-in (nonce)");
    }
    const audiences = Array.isArray(payload.aud) ? payload.aud.length : 1;
    if ((audiences > 1 || claims.data.azp) && claims.data.azp !== this.client.clientId) {
      throw new SignInError("untrusted", "the id_token was made for another client (azp)");
    }
    return claims.data;
  }

  #authenticate(metadata: Metadata, headers: Headers, body: URLSearchParams): void {
    const { clientId, clientSecret } = this.client;
    if (clientSecret === undefined) {
      body.set("client_id", clientId);
      return;
    }
    // The default of the specification when the provider does not say.
    const methods = metadata.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    if (methods.includes("client_secret_basic")) {
      const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
      headers.set("Authorization", `Basic ${btoa(pair)}`);
      return;
    }
    body.set("client_id", clientId);
    body.set("client_secret", clientSecret);
  }

  #discover(): Promise<Metadata> {
    this.#metadata ??= this.#fetchMetadata().catch((error: unknown) => {
      this.#metadata = null;
      throw error;
    });
    return this.#metadata;
  }

  async #fetchMetadata(): Promise<Metadata> {
    const address = `${this.client.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const metadata = metadataSchema.safeParse(await send("discovery", address, {}));
    if (!metadata.success)
      throw new SignInError("untrusted", "the discovery document is incomplete");
    // A document that names another issuer could redirect trust to it (OpenID Connect Discovery 4.3).
    if (metadata.data.issuer.replace(/\/$/, "") !== this.client.issuer.replace(/\/$/, "")) {
      throw new SignInError("untrusted", "the discovery document names another issuer");
    }
    return metadata.data;
  }
}

async function send(what: string, address: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(address, {
      ...init,
      // A redirect is no answer; `error` does not exist at the edge.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await response.json();
  } catch (error) {
    throw new SignInError("unreachable", `no answer to ${what}`, { cause: error });
  }
  if (response.ok) return body;
  const reason = z.object({ error: z.string() }).safeParse(body).data?.error ?? "no reason";
  throw new SignInError(
    response.status >= 500 ? "unreachable" : "refused",
    `${what} answered ${response.status} (${reason})`,
  );
}

/** RFC 6749, 2.3.1: id and secret are form-encoded before they become a Basic credential. */
function formEncode(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}
