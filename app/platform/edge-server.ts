import * as compiled from "@remix-run/dev/server-build";
import { createRequestHandler, type ServerBuild } from "@remix-run/server-runtime";
import { type Config, ConfigError, parseConfig } from "../../db/startup/config";
import { openGuardedStores } from "../../db/startup/guarded-stores";
import { type KnownMigrations, type Refusal, standingOf } from "../../db/startup/standing";
import { keepHouse } from "../auth/housekeeping.server";
import type { RoomDoor } from "../chat/room-door.server";
import { InterruptedImports } from "../datasets/interrupted-imports.server";
import { RETRY_AFTER_SECONDS, withOutageAnswers } from "./outage.server";
import { assertSameOrigin, ForeignOriginError } from "./same-origin";
import { securityHeaders } from "./security-headers";
import { provideServices } from "./services";
import { answeringWith, type WaitUntil } from "./worker";

/** What the worker gives to the app: once, with its first request. */
export interface EdgeHost {
  /** The variables of .env.example that are set. */
  env: Record<string, unknown>;
  /** The rooms, which are in the same worker. */
  rooms: RoomDoor;
  migrations: KnownMigrations;
}

/** The app in this isolate, or why its configuration does not do. */
type Instance = { config: Config; standing: () => Promise<Refusal>; look: () => Promise<unknown> };
let instance: Instance | ConfigError | null = null;

const answer = createRequestHandler(
  withOutageAnswers(compiled as unknown as ServerBuild),
  "production",
);

/** The app as a worker serves it: the Remix build behind what server.ts does for Node. Never throws. */
export async function handle(
  request: Request,
  host: EdgeHost,
  waitUntil: WaitUntil,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  instance ??= start(host);
  if (instance instanceof ConfigError) {
    return pathname === "/healthz" ? alive() : unavailable(pathname, instance.message);
  }
  const { config, standing } = instance;
  const response = await answeringWith(waitUntil, async () => {
    if (pathname === "/healthz") return alive();
    const refusal = await standing();
    if (refusal !== null) return unavailable(pathname, refusal);
    try {
      assertSameOrigin(request, config);
      return await answer(request);
    } catch (error) {
      if (error instanceof ForeignOriginError) return plain(403, `${error.message}.`);
      console.error(`web: unexpected: ${error instanceof Error ? error.message : String(error)}`);
      return plain(500, "Failed");
    }
  });
  for (const [name, value] of Object.entries(securityHeaders(config))) {
    response.headers.set(name, value);
  }
  return response;
}

/** What a server does now and then by itself; here somebody has to call it: a schedule. */
export async function keepGoing(host: EdgeHost): Promise<void> {
  instance ??= start(host);
  if (instance instanceof ConfigError || (await instance.standing()) !== null) return;
  await Promise.all([keepHouse(), instance.look()]);
}

function start({ env, rooms, migrations }: EdgeHost): Instance | ConfigError {
  try {
    const config = parseConfig(env);
    const stores = openGuardedStores(config, (error) => console.error(error.message));
    provideServices({ config, ...stores, rooms });
    const imports = new InterruptedImports(stores);
    return { config, standing: standingOf(config, migrations), look: () => imports.lookTwice() };
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function alive(): Response {
  return plain(200, "ok");
}

/** Names of variables, tables and migrations are told; nothing here holds an address or a secret. */
function unavailable(pathname: string, reason: string): Response {
  console.error(`not served: ${reason}`);
  const response =
    pathname === "/readyz"
      ? Response.json({ status: "unavailable", ready: false, reason }, { status: 503 })
      : plain(
          503,
          `Netra cannot serve right now. Nothing was lost; it goes on by itself once this is mended.\n\n${reason}`,
        );
  response.headers.set("Retry-After", RETRY_AFTER_SECONDS);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
  });
}
