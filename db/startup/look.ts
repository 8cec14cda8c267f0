import { pendingClickHouse } from "../clickhouse/migrate";
import { pendingPostgres } from "../postgres/migrate";
import { checkVersions } from "../versions";
import type { Readings } from "./connect";
import { reasonOf } from "./exit-codes";
import { findDrift, type MigrationFiles } from "./schemas";
import type { Stores } from "./stores";

/**
 * Looks, by reading alone and without the lock, for anything that is left to do: a missing stamp, a
 * pending migration, a record that does not fit, drift, a server that is too old, an answer that did not
 * come. Null: nothing, so the process may serve. Else the first of them in words; it decides nothing, for
 * another process may just be migrating: whoever finds something takes the lock and looks again.
 *
 * Null is safe beside any other process. Postgres commits a migration together with its record, and
 * ClickHouse's record of a migration is written after its statement has ended; so a complete record is
 * never read of a migration of ours that is under way, in whichever order records and schemas are read.
 * A newer version's migration either shows (another record, another schema) or begins later than it could
 * show: then this process is one of the older ones that already serve while the newer one migrates.
 * @param readings stamps that were judged to be ours; a ClickHouse or Redis that is away is left out
 */
export async function whatIsLeft(
  stores: Stores,
  readings: Readings,
  files: MigrationFiles,
): Promise<string | null> {
  if (readings.postgres.state !== "stamped") return "Postgres has no stamp";
  if (readings.clickhouse.state === "unstamped") return "ClickHouse has no stamp";
  const clickhouse = readings.clickhouse.state === "stamped" ? stores.clickhouse : undefined;
  const { db } = stores;
  try {
    const [versions, postgresPending, clickhousePending, drifts] = await Promise.all([
      checkVersions({ db, clickhouse }),
      pendingPostgres(db, files.postgres),
      clickhouse ? pendingClickHouse(clickhouse, files.clickhouse) : [],
      findDrift({ db, clickhouse }),
    ]);
    const pending = [...postgresPending, ...clickhousePending];
    if (pending.length > 0) return `to be applied: ${pending.map(({ name }) => name).join(", ")}`;
    const [refusal] = versions.flatMap((version) => version.refusal ?? []);
    if (refusal) return refusal;
    const [drift] = drifts;
    return drift ? `${drift.object} differs` : null;
  } catch (error) {
    return reasonOf(error);
  }
}
