import { ClickHouseNotReadyError, createClickHouse, guardClickHouse } from "../clickhouse";
import { checkClickHouseSchema } from "../clickhouse/schema-check";
import { readClickHouseStamp } from "../clickhouse/stamp";
import { createDatabase } from "../postgres";
import { readPostgresStamp } from "../postgres/stamp";
import { createRedis, createRedisStamp, ensureRedisStamp, guardRedis } from "../redis";
import { assertOwnStamp, ForeignStampError, type Stamp } from "../stamp";
import type { StoresConfig } from "./config";
import type { Databases } from "./stores";

/**
 * The stores for code that runs where nothing comes before serving (a room, a worker at the edge). The
 * host's or the deploy's startup has verified them; here ClickHouse and Redis are looked at again before
 * they are asked and after each failure, because what comes back may be another one. Web APIs only.
 * @param onForeign told when a store belongs to somebody else
 */
export function openGuardedStores(
  config: StoresConfig,
  onForeign: (error: ForeignStampError) => void,
): Databases {
  const db = createDatabase(config);
  const clickhouse = createClickHouse(config);
  const redisStamp = createRedisStamp(config);
  let known: Stamp | null = config.NETRA_INSTALLATION
    ? { environment: config.NETRA_ENV, installation: config.NETRA_INSTALLATION }
    : null;
  const ownStamp = async (): Promise<Stamp> => {
    if (known) return known;
    const reading = await readPostgresStamp(db);
    if (reading.state === "unstamped") {
      throw new ForeignStampError("Postgres", "carries no stamp: run `npm run db -- migrate`.");
    }
    assertOwnStamp("Postgres", reading.stamp, {
      environment: config.NETRA_ENV,
      installation: null,
    });
    known = reading.stamp;
    return known;
  };
  return {
    db,
    clickhouse: guardClickHouse(clickhouse, async () => {
      try {
        const [own, reading] = await Promise.all([ownStamp(), readClickHouseStamp(clickhouse)]);
        if (reading.state === "unstamped") {
          throw new ClickHouseNotReadyError("it has not been set up yet");
        }
        assertOwnStamp("ClickHouse", reading.stamp, own);
      } catch (error) {
        if (error instanceof ForeignStampError) onForeign(error);
        throw error;
      }
      const drifts = await checkClickHouseSchema(clickhouse);
      if (drifts.length > 0) {
        throw new ClickHouseNotReadyError("its schema is not what this version expects");
      }
    }),
    redis: guardRedis(
      createRedis(config),
      async () => ensureRedisStamp(redisStamp, await ownStamp()),
      onForeign,
    ),
  };
}
