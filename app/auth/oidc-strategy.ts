import { Strategy } from "remix-auth/strategy";
import { z } from "zod";
import { createCookie, redirect } from "#platform";
import type { Identity, SignedIn } from "../../db/postgres";
import { OidcProvider } from "./oidc-provider";
import { safePath } from "./safe-path";
import { SignInError } from "./sign-in-error";

/** What must be remembered between leaving for the provider and coming back. */
const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  next: z.string(),
});
type Flow = z.infer<typeof flowSchema>;

/** How long a person may take at the provider. */
const FLOW_SECONDS = 600;

export interface OidcStrategyOptions {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  /** This site's callback, as registered at the provider. */
  redirectUri: string;
  secure: boolean;
}

/**
 * Sign-in at an OpenID Connect provider: authorization code flow with PKCE, state and nonce, and an
 * id_token verified against the provider's keys. A request without `state` leaves for the provider
 * (throws a redirect, as remix-auth has it); one with `state` comes back from it.
 */
export class OidcStrategy extends Strategy<SignedIn, Identity> {
  override name = "oidc";
  readonly #provider: OidcProvider;
  readonly #cookie;

  constructor(
    private readonly options: OidcStrategyOptions,
    verify: (identity: Identity) => Promise<SignedIn>,
  ) {
    super(verify);
    this.#provider = new OidcProvider(options);
    this.#cookie = createCookie("netra_oidc", {
      path: "/auth/oidc",
      httpOnly: true,
      // Lax, not Strict: the provider's redirect back is a navigation from another site.
      sameSite: "lax",
      secure: options.secure,
      maxAge: FLOW_SECONDS,
    });
  }

  /** @throws SignInError, or a redirect to the provider */
  override async authenticate(request: Request): Promise<SignedIn> {
    const answer = new URL(request.url).searchParams;
    const state = answer.get("state");
    if (state === null && !answer.has("error") && !answer.has("code")) {
      throw await this.#leave(request);
    }
    const flow = await this.#flowOf(request);
    if (!flow || state === null || state !== flow.state) {
      throw new SignInError("expired", "the state does not match this browser's");
    }
    const issuer = answer.get("iss");
    // RFC 9207: an answer of another provider, mixed into this sign-in.
    if (issuer !== null && bare(issuer) !== bare(this.options.issuer)) {
      throw new SignInError("untrusted", "the answer names another issuer");
    }
    const error = answer.get("error");
    if (error !== null) throw new SignInError("refused", error.slice(0, 80));
    const code = answer.get("code");
    if (!code) throw new SignInError("refused", "the answer has no code");
    const claims = await this.#provider.redeem(code, flow.codeVerifier, flow.nonce);
    return this.verify({
      issuer: this.options.issuer,
      subject: claims.sub,
      email: claims.email ?? null,
      name: claims.name ?? claims.preferred_username ?? claims.email ?? "New user",
    });
  }

  /** Where the person wanted to go when the sign-in began. */
  async nextOf(request: Request): Promise<string> {
    return safePath((await this.#flowOf(request))?.next);
  }

  /** A Set-Cookie header that ends the flow: its cookie is good for one answer. */
  clearing(): Promise<string> {
    return this.#cookie.serialize("", { maxAge: 0 });
  }

  async #leave(request: Request): Promise<Response> {
    const flow: Flow = {
      state: randomText(),
      nonce: randomText(),
      codeVerifier: randomText(),
      next: safePath(new URL(request.url).searchParams.get("next")),
    };
    const address = await this.#provider.authorizationUrl({
      state: flow.state,
      nonce: flow.nonce,
      codeChallenge: await sha256(flow.codeVerifier),
    });
    return redirect(address, { headers: { "Set-Cookie": await this.#cookie.serialize(flow) } });
  }

  async #flowOf(request: Request): Promise<Flow | null> {
    const stored: unknown = await this.#cookie.parse(request.headers.get("Cookie"));
    return flowSchema.safeParse(stored).data ?? null;
  }
}

function bare(issuer: string): string {
  return issuer.replace(/\/$/, "");
}

/** 256 bits, base64url: also a valid PKCE verifier (43 characters). */
function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

async function sha256(text: string): Promise<string> {
  return base64url(
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
  );
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
