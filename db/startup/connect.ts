import { type ClickHouse, ClickHouseQueryError, ClickHouseUnreachableError } from "../clickhouse";
import { readClickHouseStamp } from "../clickhouse/stamp";
import { type Database, PostgresQueryError } from "../postgres";
import { readPostgresStamp } from "../postgres/stamp";
import { RedisRefusedError, type RedisStamp } from "../redis";
import { type RetryPolicy, withRetry } from "../retry";
import { ForeignStampError, type Stamp, type StampReading } from "../stamp";
import { reasonOf, StartupError } from "./exit-codes";
import { CONNECTING, type Stores } from "./stores";

/** A store that gave no answer; `reason` in words. */
export interface Unreachable {
  state: "unreachable";
  reason: string;
}

export interface Readings {
  postgres: StampReading;
  clickhouse: StampReading | Unreachable;
  redis: Stamp | null | Unreachable;
}

/**
 * Connects to all stores at once by reading their stamps, which is the first and, until they were
 * judged, the only statement there. Only Postgres must answer.
 * @throws StartupError: Postgres does not answer, or a store answers and refuses us
 */
export async function connect(stores: Stores, patience = CONNECTING): Promise<Readings> {
  const [postgres, clickhouse, redis] = await Promise.all([
    connectPostgres(stores.db, patience),
    connectClickHouse(stores.clickhouse, patience),
    connectRedis(stores.redisStamp),
  ]);
  return { postgres, clickhouse, redis };
}

async function connectPostgres(db: Database, patience: RetryPolicy): Promise<StampReading> {
  try {
    return await withRetry(
      patience,
      () => readPostgresStamp(db),
      // Refused (wrong user, no such database) will not change by waiting.
      (error) =>
        !(error instanceof ForeignStampError) &&
        (!(error instanceof PostgresQueryError) || error.retryable),
    );
  } catch (error) {
    if (error instanceof ForeignStampError) throw foreign(error);
    throw new StartupError(
      "postgres",
      `Postgres does not serve us: ${reasonOf(error)}. Check DATABASE_URL and that the server runs.`,
      { cause: error },
    );
  }
}

/** @throws StartupError when ClickHouse answers and refuses us */
export async function connectClickHouse(
  clickhouse: ClickHouse,
  patience: RetryPolicy,
): Promise<StampReading | Unreachable> {
  try {
    return await withRetry(patience, () => readClickHouseStamp(clickhouse), mayAnswerLater);
  } catch (error) {
    if (error instanceof ForeignStampError) throw foreign(error);
    if (mayAnswerLater(error)) return { state: "unreachable", reason: reasonOf(error) };
    throw new StartupError(
      "clickhouse",
      `ClickHouse refuses us: ${reasonOf(error)}. Check user, password and database in CLICKHOUSE_URL.`,
      { cause: error },
    );
  }
}

/** Whether the failure says no more than that ClickHouse is not there just now. */
export function mayAnswerLater(error: unknown): boolean {
  return (
    error instanceof ClickHouseUnreachableError ||
    (error instanceof ClickHouseQueryError && error.retryable)
  );
}

async function connectRedis(redis: RedisStamp): Promise<Stamp | null | Unreachable> {
  try {
    return await redis.read();
  } catch (error) {
    if (error instanceof ForeignStampError) throw foreign(error);
    if (!(error instanceof RedisRefusedError)) {
      return { state: "unreachable", reason: reasonOf(error) };
    }
    throw new StartupError("redis", `${error.message}. Check UPSTASH_REDIS_REST_TOKEN.`, {
      cause: error,
    });
  }
}

/** A foreign stamp as the end of the start. */
export function foreign(error: ForeignStampError): StartupError {
  return new StartupError("environment", `${error.message} Nothing was changed there.`, {
    cause: error,
  });
}
