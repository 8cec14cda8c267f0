import { writeClickHouseStamp } from "../clickhouse/stamp";
import { readPostgresStamp, writePostgresStamp } from "../postgres/stamp";
import { ensureRedisStamp, RedisUnavailableError } from "../redis";
import { assertOwnStamp, ForeignStampError, type Stamp, type StampReading } from "../stamp";
import type { StoresConfig } from "./config";
import type { Readings, Unreachable } from "./connect";
import { foreign } from "./connect";
import type { Stores } from "./stores";

/**
 * Reads Postgres' stamp again where others carry one and it did not: it is stamped first, so another
 * process may have stamped all of them between the questions.
 */
export async function settleReadings(stores: Stores, readings: Readings): Promise<Readings> {
  const { postgres, clickhouse, redis } = readings;
  const another = clickhouse.state === "stamped" || (redis !== null && !("state" in redis));
  if (postgres.state === "stamped" || !another) return readings;
  return { ...readings, postgres: await readPostgresStamp(stores.db) };
}

/**
 * Judges what was read, before anything else is done anywhere. Postgres says which installation this
 * is; every other store that carries a stamp must say the same.
 * @throws StartupError with the stage `environment`, naming the store
 */
export function judgeStamps(config: StoresConfig, { postgres, clickhouse, redis }: Readings): void {
  const environment = config.NETRA_ENV;
  refusing(() => {
    let installation = config.NETRA_INSTALLATION ?? null;
    if (postgres.state === "stamped") {
      assertOwnStamp("Postgres", postgres.stamp, { environment, installation });
      installation = postgres.stamp.installation;
    }
    const own = { environment, installation };
    if (clickhouse.state === "stamped") assertOwnStamp("ClickHouse", clickhouse.stamp, own);
    if (redis !== null && !("state" in redis)) assertOwnStamp("Redis", redis, own);
    if (postgres.state === "stamped") return;
    assertMayBeStamped("Postgres", postgres);
    // Postgres would get a new installation's stamp, which the others could not carry.
    if (clickhouse.state === "stamped") refuseNewBesideOld("ClickHouse", clickhouse.stamp);
    if (redis !== null && !("state" in redis)) refuseNewBesideOld("Redis", redis);
  });
  if (clickhouse.state === "unstamped")
    refusing(() => assertMayBeStamped("ClickHouse", clickhouse));
}

/** Stamps what carries no stamp. The caller holds the migration lock. Resolves to the installation's stamp. */
export async function stampPostgres(stores: Stores, config: StoresConfig): Promise<Stamp> {
  const environment = config.NETRA_ENV;
  // Another process may have written it since it was read.
  let reading = await readPostgresStamp(stores.db);
  if (reading.state === "unstamped") {
    const installation = config.NETRA_INSTALLATION ?? crypto.randomUUID();
    await writePostgresStamp(stores.db, { environment, installation });
    reading = await readPostgresStamp(stores.db);
  }
  if (reading.state !== "stamped") throw new Error("The stamp of Postgres was not kept");
  const { stamp } = reading;
  const installation = config.NETRA_INSTALLATION ?? null;
  refusing(() => assertOwnStamp("Postgres", stamp, { environment, installation }));
  return stamp;
}

/** Stamps ClickHouse where it is empty. `reading` was read under the migration lock. @throws StartupError, the client's errors */
export async function stampClickHouse(
  stores: Stores,
  own: Stamp,
  reading: StampReading,
): Promise<void> {
  refusing(() => {
    if (reading.state === "stamped") assertOwnStamp("ClickHouse", reading.stamp, own);
    else assertMayBeStamped("ClickHouse", reading);
  });
  if (reading.state === "unstamped") await writeClickHouseStamp(stores.clickhouse, own);
}

/** Redis may have lost its stamp and gets it again. Null: done; else why not. */
export async function stampRedis(stores: Stores, own: Stamp): Promise<Unreachable | null> {
  try {
    await ensureRedisStamp(stores.redisStamp, own);
    return null;
  } catch (error) {
    if (error instanceof RedisUnavailableError) {
      return { state: "unreachable", reason: error.message };
    }
    throw error instanceof ForeignStampError ? foreign(error) : error;
  }
}

function assertMayBeStamped(store: "Postgres" | "ClickHouse", reading: StampReading): void {
  if (reading.state === "stamped" || reading.empty) return;
  throw new ForeignStampError(
    store,
    "holds tables but no stamp, so it is not known to be this installation's. If it is, `npm run db -- repair` stamps it after asking.",
  );
}

function refuseNewBesideOld(store: "ClickHouse" | "Redis", stamp: Stamp): never {
  throw new ForeignStampError(
    store,
    `belongs to the installation ${stamp.installation}, but Postgres is empty and would start a new one. Restore Postgres, or give this installation a ${store} of its own.`,
  );
}

function refusing(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof ForeignStampError ? foreign(error) : error;
  }
}
