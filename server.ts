import * as compiled from "@remix-run/dev/server-build";
import { createRequestHandler } from "@remix-run/express";
import { broadcastDevReady, type ServerBuild } from "@remix-run/node";
import compression from "compression";
import express, { type NextFunction, type Request, type Response } from "express";
import { keepHouse } from "./app/auth/housekeeping.server";
import { roomsAt } from "./app/chat/room-door.server";
import { watchInterruptedImports } from "./app/datasets/interrupted-imports.server";
import { background } from "./app/platform/node";
import { withOutageAnswers } from "./app/platform/outage.server";
import { assertSameOrigin, ForeignOriginError } from "./app/platform/same-origin";
import { securityHeaders } from "./app/platform/security-headers";
import { provideServices } from "./app/platform/services";
import { type Config, exitCodes, StartupError, startup } from "./db/startup";
import { listen, stopOnSignals } from "./db/startup/listen";

// The compiler's declaration says `undefined` where the runtime's leaves out.
const build = compiled as ServerBuild;

/** Sign-ins keep house too; this is for servers to which nobody signs in. */
const HOUSEKEEPING_EVERY_MS = 60 * 60 * 1_000;

/** The Node server: startup first, then serve. Nothing listens before every check has passed. */
async function main(): Promise<void> {
  const { config, databases, close } = await startup(process.env, {
    log: console.log,
    onRefused: end,
  });
  provideServices({ config, ...databases, rooms: roomsAt(config.ROOMS_URL) });
  const server = await listen(createApp(config), config);
  const stopWatching = watchInterruptedImports(databases);
  stopOnSignals(server, () => {
    stopWatching();
    return close();
  });
  setInterval(() => background(keepHouse()), HOUSEKEEPING_EVERY_MS).unref();
  console.log(`web: listening at ${config.APP_ORIGIN}`);
  if (process.env.NODE_ENV === "development") await broadcastDevReady(build);
}

function createApp(config: Config): express.Express {
  const app = express();
  app.disable("x-powered-by");
  // Behind a proxy on the same host the browser's protocol and host come in X-Forwarded headers.
  app.set("trust proxy", "loopback");
  const headers = securityHeaders(config);
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.set(headers);
    next();
  });
  app.use(redirectLoopbackNames(config));
  app.use(compression());
  app.use(
    "/build",
    express.static("public/build", { immutable: true, maxAge: "1y", fallthrough: false }),
  );
  app.use(express.static("public", { maxAge: "1h" }));
  app.use((request: Request, response: Response, next: NextFunction) => {
    try {
      assertSameOrigin(
        { method: request.method, headers: { get: (name) => request.get(name) ?? null } },
        config,
      );
      next();
    } catch (error) {
      if (!(error instanceof ForeignOriginError)) throw error;
      response.status(403).type("text/plain").send(`${error.message}.\n`);
    }
  });
  app.all(
    "*",
    createRequestHandler({
      build: withOutageAnswers(build),
      mode: process.env.NODE_ENV ?? "production",
    }),
  );
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) {
      console.error(`web: unexpected: ${error instanceof Error ? error.message : String(error)}`);
    }
    response
      .status(status)
      .type("text/plain")
      .send(status === 404 ? "Not found\n" : "Failed\n");
  });
  return app;
}

/**
 * Someone who types localhost for 127.0.0.1 (or the other way round) would be a foreign origin to
 * the rooms and to every form: they are led to the configured name before that can hurt.
 */
function redirectLoopbackNames(config: Config) {
  const origin = new URL(config.APP_ORIGIN);
  const names = new Set(["localhost", "127.0.0.1", "[::1]"]);
  return (request: Request, response: Response, next: NextFunction) => {
    const host = request.get("host") ?? "";
    const asked = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
    const another =
      asked?.port === origin.port &&
      asked.hostname !== origin.hostname &&
      names.has(asked.hostname) &&
      names.has(origin.hostname);
    if (another && request.method === "GET" && request.accepts("html")) {
      response.redirect(302, `${origin.origin}${request.originalUrl}`);
    } else next();
  };
}

/** express.static and the body reader put a status on their errors. */
function statusOf(error: unknown): number {
  return error instanceof Error && "status" in error && typeof error.status === "number"
    ? error.status
    : 500;
}

/** A wrong store is not served from: the process ends at once, and a supervisor's next start says why. */
function end(error: unknown): never {
  const known = error instanceof StartupError;
  console.error(known ? `Netra cannot serve. ${error.message}` : error);
  process.exit(known ? error.exitCode : exitCodes.unexpected);
}

await main().catch(end);
