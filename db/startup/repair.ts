import { sql as raw } from "drizzle-orm";
import { writeClickHouseStamp } from "../clickhouse/stamp";
import type { Drift } from "../drift";
import { withMigrationLock } from "../postgres/migration-lock";
import { readPostgresStamp, writePostgresStamp } from "../postgres/stamp";
import type { Stamp } from "../stamp";
import type { StoresConfig } from "./config";
import { connect } from "./connect";
import { StartupError } from "./exit-codes";
import type { Stores } from "./stores";

/** Stores that hold tables but no stamp. A person must say that they are this installation's. */
export async function unstampedStores(stores: Stores): Promise<("Postgres" | "ClickHouse")[]> {
  const { postgres, clickhouse } = await connect(stores);
  return [
    ...(postgres.state === "unstamped" && !postgres.empty ? (["Postgres"] as const) : []),
    ...(clickhouse.state === "unstamped" && !clickhouse.empty ? (["ClickHouse"] as const) : []),
  ];
}

/** Gives one such store the stamp that its fellow carries, or a new one. */
export async function adoptStore(
  stores: Stores,
  config: StoresConfig,
  store: "Postgres" | "ClickHouse",
): Promise<void> {
  const { postgres, clickhouse } = await connect(stores);
  const fellow = store === "Postgres" ? clickhouse : postgres;
  if (store === "ClickHouse" && fellow.state !== "stamped") {
    throw new StartupError("environment", "Postgres must be stamped first.");
  }
  const stamp: Stamp =
    fellow.state === "stamped"
      ? fellow.stamp
      : {
          environment: config.NETRA_ENV,
          installation: config.NETRA_INSTALLATION ?? crypto.randomUUID(),
        };
  await withMigrationLock(stores.db, async () => {
    if (store === "ClickHouse") await writeClickHouseStamp(stores.clickhouse, stamp);
    else if ((await readPostgresStamp(stores.db)).state === "unstamped") {
      await writePostgresStamp(stores.db, stamp);
    }
  });
}

/**
 * Runs the statements of these differences: Postgres' in one transaction, ClickHouse's one by one.
 * Differences without statements are left. @throws the stores' errors; Postgres is then as it was
 */
export async function mend(stores: Stores, drifts: readonly Drift[]): Promise<void> {
  const statementsFor = (store: Drift["store"]) =>
    drifts.flatMap((drift) =>
      drift.store === store && drift.mend !== null ? drift.mend.split("\n") : [],
    );
  await withMigrationLock(stores.db, async () => {
    const postgres = statementsFor("postgres");
    if (postgres.length > 0) {
      await stores.db.transaction(async (sql) => {
        for (const statement of postgres) await sql.execute(raw.raw(statement));
      });
    }
    for (const statement of statementsFor("clickhouse")) {
      const sql = statement.replace(/;\s*$/, "");
      await stores.clickhouse.command({ name: "repair", sql, parameters: {} });
    }
  });
}
