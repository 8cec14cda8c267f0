import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClickHouse } from "../../db/embedded/clickhouse";
import { startNeonEndpoint } from "../../db/embedded/neon-endpoint";
import { startPostgres } from "../../db/embedded/postgres";
import { startRedisEndpoint } from "../../db/embedded/redis-endpoint";
import { freePort } from "../support/web-server";

const SECRET = "breakable";
const log = () => undefined;

/** A real engine that can be taken away and given back at the same address with the same secret. */
export interface BreakableStore {
  /** Ends the server; connections to it are refused from then on. */
  stop(): Promise<void>;
  /** Starts it again on the same data (Redis keeps none); harmless when it runs. */
  start(): Promise<void>;
}

export interface BreakableStores {
  env: Record<string, string>;
  dataDir: string;
  postgres: BreakableStore;
  clickhouse: BreakableStore;
  redis: BreakableStore;
  /** Ends all of them and removes their data. */
  remove(): Promise<void>;
}

/** The three embedded engines, each under the test's hand. */
export async function startBreakableStores(): Promise<BreakableStores> {
  const dataDir = await mkdtemp(join(tmpdir(), "netra-outage-"));
  const [postgresPort, clickhousePort, redisPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
  ]);
  const common = { dataDir, password: SECRET, log };
  const postgres = breakable(() => startPostgres({ ...common, port: postgresPort }));
  const clickhouse = breakable(() => startClickHouse({ ...common, port: clickhousePort }));
  const redis = breakable(() => startRedisEndpoint({ token: SECRET, port: redisPort, log }));
  await Promise.all([postgres.start(), clickhouse.start(), redis.start()]);
  // As at Neon, the endpoint stays when the server behind it is away.
  const endpoint = await startNeonEndpoint({
    upstream: `postgres://netra:${SECRET}@127.0.0.1:${postgresPort}/netra`,
    log,
  });
  return {
    dataDir,
    env: {
      DATABASE_URL: endpoint.databaseUrl,
      CLICKHOUSE_URL: `http://netra:${SECRET}@127.0.0.1:${clickhousePort}/netra`,
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redisPort}`,
      UPSTASH_REDIS_REST_TOKEN: SECRET,
    },
    postgres,
    clickhouse,
    redis,
    async remove() {
      await endpoint.stop();
      await Promise.all([postgres.stop(), clickhouse.stop(), redis.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function breakable(launch: () => Promise<{ stop(): Promise<void> }>): BreakableStore {
  let running: { stop(): Promise<void> } | null = null;
  return {
    async start() {
      running ??= await launch();
    },
    async stop() {
      await running?.stop();
      running = null;
    },
  };
}
