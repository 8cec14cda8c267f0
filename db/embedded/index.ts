/**
 * The engines of one machine: PostgreSQL, ClickHouse and Redis on loopback, behind the protocols
 * that production speaks (Neon, ClickHouse's HTTP interface, Upstash REST).
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { startClickHouse } from "./clickhouse";
import { claimDataVersion, folderErrorOf } from "./data-folder";
import { acquireDataFolder, type DataFolderLock } from "./lock";
import type { Log } from "./loopback";
import { startNeonEndpoint } from "./neon-endpoint";
import { startPostgres } from "./postgres";
import { startRedisEndpoint } from "./redis-endpoint";

export { DataFolderInUseError, readNote } from "./lock";

/** The variables that the engines stand in for. Those of engines left out are absent. */
export interface EngineEnvironment {
  DATABASE_URL?: string;
  CLICKHOUSE_URL?: string;
  UPSTASH_REDIS_REST_URL?: string;
  UPSTASH_REDIS_REST_TOKEN?: string;
}

export interface EngineOptions {
  /** The folder that holds everything; created when absent. One process at a time. */
  dataDir: string;
  /** Which engines to start; those not named start too. `false` leaves one out. */
  only?: { postgres?: boolean; clickhouse?: boolean; redis?: boolean } | undefined;
  /** Where the engines listen; those not named take any free port. */
  ports?: { postgres?: number; clickhouse?: number; redis?: number } | undefined;
  /** Servers that already run and only need the production protocol in front of them. */
  upstream?: { postgresUrl?: string | undefined; redisUrl?: string | undefined } | undefined;
  log?: Log | undefined;
}

export interface Engines {
  env: EngineEnvironment;
  /** Leaves a JSON value for `readNote`, which other processes read while this one lives. */
  writeNote(note: unknown): void;
  /** Stops everything in order and gives the folder back. Harmless when called twice. */
  stop(): Promise<void>;
}

interface Started {
  env: EngineEnvironment;
  stop(): Promise<void>;
}

/**
 * Starts the engines in parallel, with new secrets.
 * @throws {DataFolderInUseError} when another process works in the folder.
 * @throws {EnginePackageMissingError} when an engine's package is not installed.
 * @throws {UnreachableFolderError} when PostgreSQL's system user cannot reach a folder.
 * @throws {DiskFullError} {DataFolderNotWritableError} {DataFolderTooNewError} {EnginePortTakenError}
 */
export async function startEngines(options: EngineOptions): Promise<Engines> {
  const dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => undefined);
  const { postgres = true, clickhouse = true, redis = true } = options.only ?? {};
  const lock = openDataFolder(dataDir);
  const starting: Promise<Started>[] = [];
  if (postgres) starting.push(startPostgresBehindNeon(dataDir, options, log));
  if (clickhouse) starting.push(startClickHouseEngine(dataDir, options, log));
  if (redis) starting.push(startRedis(options, log));

  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stopAll = async () => {
    await Promise.allSettled(started.map((one) => one.stop()));
    lock.release();
  };
  const failed = outcomes.find((one) => one.status === "rejected");
  if (failed) {
    await stopAll();
    throw folderErrorOf(failed.reason, dataDir);
  }
  let stopping: Promise<void> | null = null;
  return {
    env: Object.assign({}, ...started.map((one) => one.env)) as EngineEnvironment,
    writeNote: (note) => lock.writeNote(note),
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

function openDataFolder(dataDir: string): DataFolderLock {
  let lock: DataFolderLock | null = null;
  try {
    lock = acquireDataFolder(dataDir);
    claimDataVersion(dataDir);
    return lock;
  } catch (error) {
    lock?.release();
    throw folderErrorOf(error, dataDir);
  }
}

async function startPostgresBehindNeon(
  dataDir: string,
  { upstream, ports }: EngineOptions,
  log: Log,
): Promise<Started> {
  if (upstream?.postgresUrl !== undefined) {
    const endpoint = await startNeonEndpoint({
      upstream: upstream.postgresUrl,
      port: ports?.postgres,
      log,
    });
    return { env: { DATABASE_URL: endpoint.databaseUrl }, stop: endpoint.stop };
  }
  const server = await startPostgres({ dataDir, password: newSecret(), log });
  try {
    const endpoint = await startNeonEndpoint({
      upstream: server.connectionString,
      port: ports?.postgres,
      log,
    });
    return {
      env: { DATABASE_URL: endpoint.databaseUrl },
      async stop() {
        await endpoint.stop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startClickHouseEngine(
  dataDir: string,
  { ports }: EngineOptions,
  log: Log,
): Promise<Started> {
  const port = ports?.clickhouse;
  const server = await startClickHouse({ dataDir, password: newSecret(), port, log });
  return { env: { CLICKHOUSE_URL: server.url }, stop: server.stop };
}

async function startRedis({ upstream, ports }: EngineOptions, log: Log): Promise<Started> {
  const token = newSecret();
  const port = ports?.redis;
  const endpoint = await startRedisEndpoint({ token, upstream: upstream?.redisUrl, port, log });
  return {
    env: { UPSTASH_REDIS_REST_URL: endpoint.url, UPSTASH_REDIS_REST_TOKEN: token },
    stop: endpoint.stop,
  };
}

function newSecret(): string {
  return randomBytes(24).toString("base64url");
}
