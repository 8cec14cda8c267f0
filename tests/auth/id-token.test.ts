import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OidcProvider } from "../../app/auth/oidc-provider";
import { SignInError } from "../../app/auth/sign-in-error";

const CLIENT = "netra";
const NONCE = "the nonce of this sign-in";

/** A provider that hands out whatever id_token the test made. */
let server: Server;
let issuer: string;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let foreignKeys: typeof keys;
let idToken = "";
let discovery: Record<string, unknown> | null = null;
let discoveries = 0;

beforeAll(async () => {
  keys = await generateKeyPair("RS256");
  foreignKeys = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256", use: "sig" };
  server = createServer((request, response) => {
    response.setHeader("Content-Type", "application/json");
    if (request.url === "/.well-known/openid-configuration") {
      discoveries++;
      if (discovery === null) response.statusCode = 503;
      response.end(JSON.stringify(discovery ?? {}));
    } else if (request.url === "/token") {
      response.end(JSON.stringify({ id_token: idToken, access_token: "a", token_type: "Bearer" }));
    } else response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  discovery = metadata();
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const metadata = () => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
});

const provider = () =>
  new OidcProvider({
    issuer,
    clientId: CLIENT,
    clientSecret: undefined,
    redirectUri: "http://127.0.0.1/callback",
  });

/** A right id_token but for these changes; `undefined` leaves a claim out. */
function claims(changes: Record<string, unknown> = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: CLIENT,
    sub: "ann",
    nonce: NONCE,
    iat: now,
    exp: now + 60,
    name: "Ann",
    ...changes,
  };
}

const sign = (payload: JWTPayload, key = keys.privateKey) =>
  new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(key);

async function problemOf(token: string): Promise<string> {
  idToken = token;
  const error = await provider()
    .redeem("code", "verifier", NONCE)
    .catch((reason: unknown) => reason);
  return error instanceof SignInError ? error.problem : `no SignInError: ${String(error)}`;
}

describe("an id_token", () => {
  it("is taken when it is the provider's, for us and for this sign-in", async () => {
    idToken = await sign(claims());
    expect(await provider().redeem("code", "verifier", NONCE)).toMatchObject({
      sub: "ann",
      name: "Ann",
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ["of another issuer", { iss: "https://evil.example" }],
    ["for another client", { aud: "another" }],
    ["for several clients without saying for whom", { aud: [CLIENT, "another"] }],
    ["handed to another client", { azp: "another" }],
    ["of another sign-in", { nonce: "another" }],
    ["without a nonce", { nonce: undefined }],
    ["that ran out", { exp: Math.floor(Date.now() / 1000) - 60 }],
    ["without an end", { exp: undefined }],
    ["that is not good yet", { nbf: Math.floor(Date.now() / 1000) + 600 }],
    ["without a subject", { sub: undefined }],
    ["with an empty subject", { sub: "" }],
  ])("is refused %s", async (_name, changes) => {
    expect(await problemOf(await sign(claims(changes)))).toBe("untrusted");
  });

  it("is refused when someone else signed it, or nobody", async () => {
    expect(await problemOf(await sign(claims(), foreignKeys.privateKey))).toBe("untrusted");
    expect(await problemOf(new UnsecuredJWT(claims()).encode())).toBe("untrusted");
    expect(await problemOf("no token at all")).toBe("untrusted");
  });

  it("is refused when it is signed with the client's own id as a shared secret", async () => {
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: "HS256", kid: "one" })
      .sign(new TextEncoder().encode("netra-netra-netra-netra-netra-netra"));
    expect(await problemOf(token)).toBe("untrusted");
  });
});

describe("discovery", () => {
  const flow = { state: "s", nonce: "n", codeChallenge: "c" };

  it("happens once, and a failure is forgotten", async () => {
    const one = provider();
    discovery = null;
    await expect(one.authorizationUrl(flow)).rejects.toMatchObject({ problem: "unreachable" });
    discovery = metadata();
    const before = discoveries;
    await one.authorizationUrl(flow);
    await one.authorizationUrl(flow);
    expect(discoveries).toBe(before + 1);
  });

  it("refuses a document that names another issuer", async () => {
    discovery = { ...metadata(), issuer: "https://evil.example" };
    await expect(provider().authorizationUrl(flow)).rejects.toMatchObject({ problem: "untrusted" });
    discovery = metadata();
  });
});
