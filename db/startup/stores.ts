import { type ClickHouse, createClickHouse } from "../clickhouse";
import { createDatabase, type Database } from "../postgres";
import { createRedis, createRedisStamp, type RedisCache, type RedisStamp } from "../redis";
import type { RetryPolicy } from "../retry";
import type { StoresConfig } from "./config";

/** The stores as startup works on them: one try for each question, and time for a long migration. */
export interface Stores {
  db: Database;
  clickhouse: ClickHouse;
  redisStamp: RedisStamp;
}

/** The stores as the application works on them. */
export interface Databases {
  db: Database;
  clickhouse: ClickHouse;
  redis: RedisCache;
}

/** Three tries of 9 s with at most 3 s of waiting in between: 30 s in total. */
export const CONNECTING: RetryPolicy = { attempts: 3, firstWaitMs: 1_000 };
const TRY_MS = 9_000;
/** A statement of a migration may rewrite a table. */
const MIGRATION_STATEMENT_MS = 60 * 60_000;

export function openStores(config: StoresConfig): Stores {
  return {
    db: createDatabase(config, {
      timeoutMs: TRY_MS,
      statementTimeoutMs: MIGRATION_STATEMENT_MS,
      retry: { attempts: 1, firstWaitMs: 0 },
    }),
    clickhouse: createClickHouse(config, { timeoutMs: TRY_MS, attempts: 1 }),
    redisStamp: createRedisStamp(config),
  };
}

/** For the statements of migrations alone. */
export function patientClickHouse(config: StoresConfig): ClickHouse {
  return createClickHouse(config, { timeoutMs: MIGRATION_STATEMENT_MS, attempts: 1 });
}

export function openDatabases(config: StoresConfig): Databases {
  return {
    db: createDatabase(config),
    clickhouse: createClickHouse(config),
    redis: createRedis(config),
  };
}
