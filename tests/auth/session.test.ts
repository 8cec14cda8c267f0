import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEngines, type TestEngines } from "../embedded/support";
import { builtWeb } from "../support/built-web";
import { CookieJar } from "../support/cookie-jar";
import { type RunningOidcProvider, startOidcProvider } from "../support/oidc-provider";
import { freePort, startWeb, type WebBuild, type WebServer } from "../support/web-server";

const client = { clientId: "netra-test", clientSecret: "a secret & more of it" };

let engines: TestEngines;
let provider: RunningOidcProvider;
let build: WebBuild;
let web: WebServer;

beforeAll(async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  build = await builtWeb();
  engines = await startTestEngines({});
  provider = await startOidcProvider({ ...client, redirectUris: [`${origin}/auth/oidc/callback`] });
  web = await startWeb(build, {
    ...engines.env,
    NETRA_ENV: "production",
    APP_ORIGIN: origin,
    PORT: String(port),
    ROOMS_URL: "http://127.0.0.1:1999",
    ROOM_TICKET_SECRET: "a secret of at least thirty-two characters",
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: client.clientId,
    OIDC_CLIENT_SECRET: client.clientSecret,
  });
});
afterAll(async () => {
  await web?.stop();
  await provider?.stop();
  await engines?.stop();
});

const isCallback = (url: URL) => url.pathname === "/auth/oidc/callback";

/** Goes to the provider and says who one is; stops before the answer reaches Netra. */
async function comeBack(
  jar: CookieJar,
  person: string,
  { next, tamper }: { next?: string; tamper?: (authorization: URL) => void } = {},
): Promise<URL> {
  const start = new URL("/auth/oidc", web.origin);
  if (next) start.searchParams.set("next", next);
  const left = await jar.fetch(start);
  expect(left.status).toBe(302);
  const authorization = new URL(left.headers.get("Location") ?? "");
  tamper?.(authorization);
  const form = await jar.visit(authorization, {}, isCallback);
  if (form.next) return form.next;
  const answered = await jar.visit(
    form.url,
    { method: "POST", body: new URLSearchParams({ login: person }) },
    isCallback,
  );
  if (!answered.next) throw new Error(`No way back from ${answered.url}`);
  return answered.next;
}

async function signIn(person: string): Promise<CookieJar> {
  const jar = new CookieJar();
  const response = await jar.fetch(await comeBack(jar, person));
  expect(response.headers.get("Location")).toBe("/threads");
  return jar;
}

const session = (jar: CookieJar) => jar.fetch(`${web.origin}/auth/session`);

/** What the login page says after a sign-in that failed. */
async function problemAfter(jar: CookieJar, callback: URL): Promise<string> {
  const { response, url } = await jar.visit(callback);
  expect(url.pathname).toBe("/login");
  expect(await response.text()).toContain('role="alert"');
  expect((await session(jar)).status).toBe(401);
  return url.searchParams.get("error") ?? "";
}

describe("sign-in through a real OpenID Connect provider", () => {
  it("makes the person, a workspace of their own and their ownership", async () => {
    const jar = await signIn("ann");
    expect(await (await session(jar)).json()).toMatchObject({
      user: { name: "ann", email: "ann@example.com" },
      workspace: { name: "ann's workspace" },
      role: "owner",
    });
  });

  it("finds the same person and workspace the next time", async () => {
    const first = await (await session(await signIn("bea"))).json();
    const second = await (await session(await signIn("bea"))).json();
    expect(second.user.id).toBe(first.user.id);
    expect(second.workspace.id).toBe(first.workspace.id);
  });

  it("makes them once when two browsers sign in for the first time at once", async () => {
    const jars = [new CookieJar(), new CookieJar(), new CookieJar()];
    const callbacks = await Promise.all(jars.map((jar) => comeBack(jar, "carl")));
    await Promise.all(jars.map((jar, index) => jar.fetch(callbacks[index] ?? "")));
    const sessions = await Promise.all(jars.map(async (jar) => (await session(jar)).json()));
    expect(new Set(sessions.map((one) => one.workspace.id)).size).toBe(1);
    expect(new Set(sessions.map((one) => one.user.id)).size).toBe(1);
  });

  it("leads to the page that was asked for, and to no other site", async () => {
    const jar = new CookieJar();
    const asked = await jar.visit(`${web.origin}/threads?after=x`, {}, () => true);
    expect(asked.next?.href).toBe(`${web.origin}/login?next=%2Fthreads%3Fafter%3Dx`);
    const back = await jar.fetch(await comeBack(jar, "dan", { next: "/threads?after=x" }));
    expect(back.headers.get("Location")).toBe("/threads?after=x");

    for (const next of [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "/\t/x.example",
    ]) {
      const other = new CookieJar();
      const response = await other.fetch(await comeBack(other, "dan", { next }));
      expect(response.headers.get("Location")).toBe("/threads");
    }
  });

  it("sets a cookie that scripts cannot read and that holds nothing", async () => {
    const jar = new CookieJar();
    const response = await jar.fetch(await comeBack(jar, "eve"));
    const line = response.headers.getSetCookie().find((one) => one.startsWith("netra_session="));
    expect(line).toMatch(
      /^netra_session=[\w%]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  it("refuses an answer with another state, without one, or to a browser that asked nothing", async () => {
    const jar = new CookieJar();
    const changed = await comeBack(jar, "fay");
    changed.searchParams.set("state", "another");
    expect(await problemAfter(jar, changed)).toBe("expired");

    const without = await comeBack(jar, "fay");
    without.searchParams.delete("state");
    expect(await problemAfter(jar, without)).toBe("expired");

    expect(await problemAfter(new CookieJar(), await comeBack(jar, "fay"))).toBe("expired");
  });

  it("refuses an id_token with another nonce and an answer that names another issuer", async () => {
    const jar = new CookieJar();
    const nonce = await comeBack(jar, "gus", {
      tamper: (authorization) => authorization.searchParams.set("nonce", "another"),
    });
    expect(await problemAfter(jar, nonce)).toBe("untrusted");

    const issuer = await comeBack(jar, "gus");
    expect(issuer.searchParams.get("iss")).toBe(provider.issuer);
    issuer.searchParams.set("iss", "https://evil.example");
    expect(await problemAfter(jar, issuer)).toBe("untrusted");
  });

  it("refuses a code without its PKCE verifier, and the same answer twice", async () => {
    const jar = new CookieJar();
    const swapped = await comeBack(jar, "hal", {
      tamper: (authorization) =>
        authorization.searchParams.set(
          "code_challenge",
          "q1Z2w3E4r5T6y7U8i9O0pAsDfGhJkLzXcVbNm123456",
        ),
    });
    expect(await problemAfter(jar, swapped)).toBe("refused");

    const callback = await comeBack(jar, "hal");
    const thief = jar.copy();
    await jar.fetch(callback);
    expect((await session(jar)).status).toBe(200);
    expect(await problemAfter(thief, callback)).toBe("refused");
  });
});

describe("a session", () => {
  it("ends for good with the sign-out: its cookie cannot be used again", async () => {
    const jar = await signIn("ida");
    const copied = jar.copy();
    const left = await jar.fetch(`${web.origin}/logout`, {
      method: "POST",
      headers: { Origin: web.origin },
    });
    expect(left.headers.get("Location")).toBe("/login?signed-out");
    expect((await session(copied)).status).toBe(401);
    const page = await copied.visit(`${web.origin}/threads`);
    expect(page.url.pathname).toBe("/login");
  });

  it("is not ended by a link", async () => {
    const jar = await signIn("jan");
    await jar.fetch(`${web.origin}/logout`);
    expect((await session(jar)).status).toBe(200);
  });
});

describe("a request that changes something", () => {
  it.each([
    ["a form of another site", "/logout", { Origin: "https://evil.example" }],
    ["Remix's data request of another site", "/logout?_data=routes%2Flogout", { Origin: "null" }],
    ["another port of this host", "/logout", { Origin: "http://127.0.0.1:1" }],
    ["a sibling site", "/logout", { "Sec-Fetch-Site": "same-site" }],
    ["nothing said", "/logout", {}],
  ])("is refused from %s", async (_name, path, headers) => {
    const jar = await signIn("kim");
    const response = await jar.fetch(`${web.origin}${path}`, { method: "POST", headers });
    expect(response.status).toBe(403);
    expect((await session(jar)).status).toBe(200);
  });
});

describe("GET /auth/config", () => {
  it("tells every endpoint, and none of development in production", async () => {
    const config = await (await fetch(`${web.origin}/auth/config`)).json();
    expect(config).toEqual({
      login: `${web.origin}/login`,
      logout: `${web.origin}/logout`,
      session: `${web.origin}/auth/session`,
      strategies: [
        {
          name: "oidc",
          label: `Sign in with ${new URL(provider.issuer).host}`,
          start: `${web.origin}/auth/oidc`,
        },
      ],
      rooms: {
        url: "http://127.0.0.1:1999",
        ticket: `${web.origin}/threads/:threadId/ticket`,
      },
    });
  });

  it("is all there is: the development sign-in does not exist in production", async () => {
    const jar = new CookieJar();
    const { url } = await jar.visit(`${web.origin}/auth/development`);
    expect(url.searchParams.get("error")).toBe("unavailable");
    expect((await session(jar)).status).toBe(401);
  });
});

describe("every response", () => {
  it("forbids framing and foreign scripts, and lets the page reach its rooms", async () => {
    const { headers } = await fetch(`${web.origin}/login`);
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:1999 ws://127.0.0.1:1999;");
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/]{24}'/);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  it("gives every script of a page the nonce of its policy", async () => {
    const response = await fetch(`${web.origin}/login`);
    const nonce = /'nonce-([^']+)'/.exec(
      response.headers.get("Content-Security-Policy") ?? "",
    )?.[1];
    const scripts = (await response.text()).match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  });

  it("answers an unknown address with 404 and a page that says so", async () => {
    const response = await fetch(`${web.origin}/no/such/page`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("Not found");
  });
});
