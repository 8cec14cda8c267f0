import { Client, neon, neonConfig } from "@neondatabase/serverless";
import { DrizzleQueryError } from "drizzle-orm";
import { drizzle as drizzleHttp, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import { drizzle as drizzleSocket, type NeonDatabase } from "drizzle-orm/neon-serverless";
import { NeonSocket } from "#neon-socket";
import { type RetryPolicy, withRetry } from "../retry";
import { PostgresTimeoutError, PostgresUnreachableError, postgresErrorOf } from "./errors";
import * as schema from "./schema";

/** Drizzle over one HTTP request per statement or batch (`batch([...])` is one transaction). */
export type HttpSql = NeonHttpDatabase<typeof schema>;
/** Drizzle inside an interactive transaction. */
export type TransactionSql = Parameters<
  Parameters<NeonDatabase<typeof schema>["transaction"]>[0]
>[0];

/**
 * The record. All methods throw a `PostgresError` (db/postgres/errors): unreachable, timed out or
 * refused, each saying whether asking again may help.
 */
export interface Database {
  /** A statement without effects. Asked again, a bounded number of times, when Postgres cannot be reached. */
  read<T>(ask: (sql: HttpSql) => PromiseLike<T>): Promise<T>;
  /** One statement, or one batch, with effects. Asked once; `idempotent` ones are asked again like a read. */
  write<T>(ask: (sql: HttpSql) => PromiseLike<T>, options?: { idempotent?: boolean }): Promise<T>;
  /** An interactive transaction on a connection of its own, closed afterwards. Rolled back when `work` throws. */
  transaction<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>;
}

interface DatabaseOptions {
  /** ms for one HTTP request, one connection, or one statement of a transaction. */
  timeoutMs?: number;
  /** ms for one statement of a transaction, where that may take longer than the rest. */
  statementTimeoutMs?: number;
  retry?: RetryPolicy;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_RETRY: RetryPolicy = { attempts: 3, firstWaitMs: 80 };

/** Hosts at which Netra's own endpoint, not Neon's cloud, speaks the Neon protocol: plain, with its port. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host === "::1" || /^127\./.test(host);
}

/**
 * The driver takes these settings per process only. They are functions of the host, so that clients
 * of a loopback endpoint and of Neon's cloud live side by side.
 */
const cloudEndpoint = neonConfig.fetchEndpoint;
neonConfig.fetchEndpoint = (host, port, options) =>
  isLoopback(host)
    ? `http://${host}:${port}/sql`
    : typeof cloudEndpoint === "function"
      ? cloudEndpoint(host, port, options)
      : cloudEndpoint;

export function createDatabase(
  config: { DATABASE_URL: string },
  {
    timeoutMs = DEFAULT_TIMEOUT_MS,
    statementTimeoutMs = timeoutMs,
    retry = DEFAULT_RETRY,
  }: DatabaseOptions = {},
): Database {
  const url = config.DATABASE_URL;
  const local = isLoopback(new URL(url).hostname);
  const http = drizzleHttp({
    client: neon(url, {
      // A getter, so that each request gets a time-out of its own: the driver spreads these options per request.
      fetchOptions: {
        get signal() {
          return AbortSignal.timeout(timeoutMs);
        },
      },
    }),
    schema,
  });

  const connect = async (): Promise<Client> => {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: statementTimeoutMs,
    });
    client.neonConfig.webSocketConstructor = NeonSocket;
    if (local) {
      client.neonConfig.wsProxy = (host, port) => `${host}:${port}/v2`;
      client.neonConfig.useSecureWebSocket = false;
      client.neonConfig.pipelineTLS = false;
      client.neonConfig.pipelineConnect = false;
    }
    // A connection that breaks between statements would otherwise end the process; the statement under way rejects.
    client.on("error", () => {});
    await connectWithin(client, timeoutMs);
    return client;
  };

  const asking = <T>(policy: RetryPolicy, ask: () => PromiseLike<T>): Promise<T> =>
    withRetry(
      policy,
      async (attempt) => {
        try {
          return await ask();
        } catch (error) {
          const known = postgresErrorOf(error, timeoutMs);
          throw known instanceof PostgresUnreachableError
            ? new PostgresUnreachableError(attempt, known.cause)
            : known;
        }
      },
      (error) => error instanceof PostgresUnreachableError,
    );
  const once: RetryPolicy = { attempts: 1, firstWaitMs: 0 };

  return {
    read: (ask) => asking(retry, () => ask(http)),
    write: (ask, options) => asking(options?.idempotent ? retry : once, () => ask(http)),
    transaction: async (work) => {
      const client = await asking(retry, connect);
      try {
        return await drizzleSocket({ client, schema }).transaction(work);
      } catch (error) {
        // What `work` threw by itself passes through as it is.
        throw error instanceof DrizzleQueryError ? postgresErrorOf(error, timeoutMs) : error;
      } finally {
        await client.end().catch(() => {});
      }
    },
  };
}

/** The driver's own connection time-out does not cover the WebSocket's handshake. */
async function connectWithin(client: Client, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PostgresTimeoutError(timeoutMs, undefined)), timeoutMs);
  });
  try {
    await Promise.race([client.connect(), late]);
  } catch (error) {
    void client.end().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
