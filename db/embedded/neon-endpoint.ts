import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { createWebSocketStream, WebSocketServer } from "ws";
import { z } from "zod";
import {
  BodyTooLargeError,
  closeServer,
  type Log,
  listenOnLoopback,
  loopbackHost,
  onClientGone,
  readBody,
  secretsEqual,
  sendJson,
} from "./loopback";
import { type NeonOptions, runNeonBatch, runNeonQuery } from "./neon-sql";

const bodyLimitBytes = 64 * 1024 * 1024;
const connectionsPerDatabase = 10;
const webSocketLimit = 60;

const querySchema = z.object({ query: z.string(), params: z.array(z.unknown()).optional() });
const bodySchema = z.union([z.object({ queries: z.array(querySchema) }), querySchema]);

export interface NeonEndpoint {
  /** What `@neondatabase/serverless` is given; its host and port are this endpoint's. */
  databaseUrl: string;
  stop(): Promise<void>;
}

/**
 * Serves the Neon serverless protocol on loopback in front of any Postgres: `POST /sql` for single
 * statements and batches, and a WebSocket on `/v2` that is a pipe to the server.
 *
 * A client proves itself with the user and password of `upstream`: for HTTP the endpoint compares
 * them, over the WebSocket Postgres itself does.
 */
export async function startNeonEndpoint(options: {
  /** `postgres://user:password@host:port/database` of the server behind. */
  upstream: string;
  /** Any free one when absent. */
  port?: number | undefined;
  log: Log;
}): Promise<NeonEndpoint> {
  const upstream = new pg.Client({ connectionString: options.upstream });
  const database = upstream.database ?? upstream.user ?? "postgres";
  const user = upstream.user ?? "postgres";
  const password = typeof upstream.password === "string" ? upstream.password : "";
  const pools = new Map<string, pg.Pool>();

  const poolFor = (name: string): pg.Pool => {
    const known = pools.get(name);
    if (known) return known;
    const pool = new pg.Pool({
      host: upstream.host,
      port: upstream.port,
      user,
      password,
      database: name,
      ssl: upstream.ssl,
      max: connectionsPerDatabase,
      idleTimeoutMillis: 30_000,
      application_name: "neon-endpoint",
    });
    // An idle connection that breaks (the server restarted) is replaced by the next request.
    pool.on("error", () => undefined);
    // One that breaks under a statement reports it there, and here, where nobody would listen.
    pool.on("connect", (client) => client.on("error", () => undefined));
    pools.set(name, pool);
    return pool;
  };

  /** The database that the connection string names, if its user and password are right. */
  const authenticate = (request: IncomingMessage): { database: string } | null => {
    try {
      const header = String(request.headers["neon-connection-string"] ?? "");
      const url = new URL(header.replace(/^postgres(ql)?:/, "http:"));
      const isUser = secretsEqual(decodeURIComponent(url.username), user);
      const isPassword = secretsEqual(decodeURIComponent(url.password), password);
      const name = decodeURIComponent(url.pathname.slice(1));
      return isUser && isPassword ? { database: name || database } : null;
    } catch {
      return null;
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "POST" || request.url?.split("?")[0] !== "/sql") {
      sendJson(response, 404, { message: "POST /sql is what is served here" });
      return;
    }
    const granted = authenticate(request);
    if (!granted) {
      sendJson(response, 400, {
        message: `password authentication failed for user '${user}'`,
        code: "28P01",
        severity: "FATAL",
      });
      return;
    }
    const raw = await readBody(request, bodyLimitBytes);
    const body = bodySchema.safeParse(parseJson(raw.toString("utf8")));
    if (!body.success) {
      sendJson(response, 400, { message: "the body is neither {query, params} nor {queries}" });
      return;
    }
    const pool = poolFor(granted.database);
    const client = await pool.connect();
    let isRunning = true;
    onClientGone(response, () => {
      if (isRunning) cancelBackend(pool, client);
    });
    try {
      const neon = optionsFrom(request);
      const result =
        "queries" in body.data
          ? { results: await runNeonBatch(client, body.data.queries, neon) }
          : await runNeonQuery(client, body.data, neon);
      sendJson(response, 200, result);
    } finally {
      isRunning = false;
      // Settings, locks and open transactions must not reach the next request on this connection.
      client.query("DISCARD ALL").then(
        () => client.release(),
        () => client.release(true),
      );
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof BodyTooLargeError) {
        sendJson(response, 413, { message: error.message });
      } else sendJson(response, 400, errorFields(error));
    });
  });

  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("upgrade", (request, socket: Duplex, head) => {
    socket.on("error", () => undefined);
    if (request.url?.split("?")[0] !== "/v2" || sockets.clients.size >= webSocketLimit) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // Always to our upstream: the address in the query string is not obeyed, this is no open proxy.
      const target = connectTcp({ host: upstream.host, port: upstream.port, noDelay: true });
      const stream = createWebSocketStream(webSocket);
      // Either side may vanish at any time; pipeline ends the other one.
      pipeline(stream, target, stream).catch(() => {
        target.destroy();
        webSocket.terminate();
      });
    });
  });

  const port = await listenOnLoopback(server, "the Neon endpoint", options.port);
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return {
    databaseUrl: `postgres://${credentials}@${loopbackHost}:${port}/${encodeURIComponent(database)}`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      await closeServer(server);
      await Promise.all([...pools.values()].map((pool) => pool.end().catch(() => undefined)));
    },
  };
}

function cancelBackend(pool: pg.Pool, client: pg.PoolClient): void {
  const { processID } = client as unknown as { processID: number | null };
  if (processID !== null) {
    pool.query("SELECT pg_cancel_backend($1)", [processID]).catch(() => undefined);
  }
}

function optionsFrom(request: IncomingMessage): NeonOptions {
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const flag = (name: string) => {
    const value = header(name)?.toLowerCase();
    return value === undefined ? undefined : value === "true";
  };
  return {
    arrayMode: flag("neon-array-mode") ?? false,
    rawText: flag("neon-raw-text-output") ?? false,
    isolationLevel: header("neon-batch-isolation-level"),
    readOnly: flag("neon-batch-read-only"),
    deferrable: flag("neon-batch-deferrable"),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Postgres' own fields, under the names that the client copies onto its error. */
const errorFieldNames = [
  "severity",
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const fields = error as unknown as Record<string, unknown>;
  return {
    message: error.message,
    ...Object.fromEntries(errorFieldNames.map((name) => [name, fields[name]])),
  };
}
