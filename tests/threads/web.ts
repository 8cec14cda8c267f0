import { type ClickHouse, createClickHouse } from "../../db/clickhouse";
import { createDatabase, type Database } from "../../db/postgres";
import { startTestEngines } from "../embedded/support";
import { builtWeb } from "../support/built-web";
import { CookieJar } from "../support/cookie-jar";
import { startOidcProvider } from "../support/oidc-provider";
import { freePort, startWeb } from "../support/web-server";

const client = { clientId: "netra-test", clientSecret: "a secret" };

export interface TestWeb {
  origin: string;
  db: Database;
  clickhouse: ClickHouse;
  /** Everything the server printed so far. */
  output(): string;
  signIn(person: string): Promise<TestMember>;
  stop(): Promise<void>;
}

/** A signed-in person, as a browser without script. */
export interface TestMember {
  userId: string;
  workspaceId: string;
  get(path: string): Promise<Response>;
  post(path: string, form: Record<string, string>): Promise<Response>;
}

export const ROOM_TICKET_SECRET = "a secret of at least thirty-two characters";

/** The compiled web server with real engines; without `roomsUrl` its rooms are away. */
export async function startTestWeb({
  roomsUrl = "http://127.0.0.1:1999",
}: {
  roomsUrl?: string;
} = {}): Promise<TestWeb> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const build = await builtWeb();
  const engines = await startTestEngines({});
  const provider = await startOidcProvider({
    ...client,
    redirectUris: [`${origin}/auth/oidc/callback`],
  });
  const web = await startWeb(build, {
    ...engines.env,
    NETRA_ENV: "production",
    APP_ORIGIN: origin,
    PORT: String(port),
    ROOMS_URL: roomsUrl,
    ROOM_TICKET_SECRET,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: client.clientId,
    OIDC_CLIENT_SECRET: client.clientSecret,
  });
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: engines.env.CLICKHOUSE_URL ?? "" });
  return {
    origin,
    clickhouse,
    output: web.output,
    db: createDatabase({ DATABASE_URL: engines.env.DATABASE_URL ?? "" }),
    signIn: (person) => signIn(origin, person),
    async stop() {
      await web.stop();
      await clickhouse.close();
      await provider.stop();
      await engines.stop();
    },
  };
}

async function signIn(origin: string, person: string): Promise<TestMember> {
  const jar = new CookieJar();
  const form = await jar.visit(`${origin}/auth/oidc`);
  await jar.visit(form.url, { method: "POST", body: new URLSearchParams({ login: person }) });
  const session = await (await jar.fetch(`${origin}/auth/session`)).json();
  return {
    userId: session.user.id,
    workspaceId: session.workspace.id,
    get: (path) => jar.fetch(`${origin}${path}`),
    post: (path, fields) =>
      jar.fetch(`${origin}${path}`, {
        method: "POST",
        headers: { Origin: origin },
        body: new URLSearchParams(fields),
      }),
  };
}
