import { type ClickHouse, FailedMigrationError } from "../clickhouse";
import { migrateClickHouse, pendingClickHouse } from "../clickhouse/migrate";
import { checkClickHouseSchema } from "../clickhouse/schema-check";
import { type Drift, describeDrift } from "../drift";
import { MigrationHistoryError } from "../migration-history";
import type { Database } from "../postgres";
import { migratePostgres, PostgresMigrationError, pendingPostgres } from "../postgres/migrate";
import { checkPostgresSchema } from "../postgres/schema-check";
import { checkVersions } from "../versions";
import type { StoresConfig } from "./config";
import { mayAnswerLater } from "./connect";
import { reasonOf, StartupError } from "./exit-codes";
import { type MigrationFiles, readMigrations } from "./migration-files";

export type { MigrationFiles };

/** @throws StartupError with the stage `migration` */
export function migrationFiles(folder?: string): Promise<MigrationFiles> {
  return migrating("The migration files", readMigrations(folder));
}

/** What is still to be applied; changes nothing. @throws StartupError when the record does not fit the files */
export function planPostgres(db: Database, files: MigrationFiles) {
  return migrating("Postgres", pendingPostgres(db, files.postgres));
}

/** As planPostgres. @throws StartupError, the client's errors while it is away */
export function planClickHouse(clickhouse: ClickHouse, files: MigrationFiles) {
  return migrating("ClickHouse", pendingClickHouse(clickhouse, files.clickhouse));
}

/** Resolves to the names of what was applied. @throws StartupError */
export function applyPostgres(db: Database, files: MigrationFiles): Promise<string[]> {
  return migrating("Postgres", migratePostgres(db, files.postgres));
}

/** Resolves to the names of what was applied. @throws StartupError, the client's errors while it is away */
export function applyClickHouse(clickhouse: ClickHouse, files: MigrationFiles): Promise<string[]> {
  return migrating("ClickHouse", migrateClickHouse(clickhouse, files.clickhouse));
}

/** Either store, or both. */
interface LiveSchemas {
  db?: Database | undefined;
  clickhouse?: ClickHouse | undefined;
}

/** @throws StartupError with the stage `drift` when a server is older than the oldest that works; the stores' errors */
export async function requireVersions(live: LiveSchemas): Promise<void> {
  const refusals = (await checkVersions(live)).flatMap(({ refusal }) => refusal ?? []);
  if (refusals.length > 0) throw new StartupError("drift", refusals.join("\n"));
}

/** Compares live schemas with the code. @throws StartupError with the stage `drift`; the stores' errors */
export async function validate(
  live: LiveSchemas,
  environment: StoresConfig["NETRA_ENV"],
): Promise<void> {
  const drifts = await findDrift(live);
  if (drifts.length === 0) return;
  const advice =
    environment === "development"
      ? "`npm run db -- repair` runs these statements after asking."
      : 'Nothing was changed; see "Repair" in docs/operations.md.';
  throw new StartupError(
    "drift",
    `The schema is not what this version expects:\n${describeDrift(drifts)}\n${advice}`,
  );
}

export async function findDrift({ db, clickhouse }: LiveSchemas): Promise<Drift[]> {
  const lists = await Promise.all([
    db ? checkPostgresSchema(db) : [],
    clickhouse ? checkClickHouseSchema(clickhouse) : [],
  ]);
  return lists.flat();
}

async function migrating<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (mayAnswerLater(error)) throw error;
    const named =
      error instanceof MigrationHistoryError ||
      error instanceof PostgresMigrationError ||
      error instanceof FailedMigrationError;
    throw new StartupError(
      "migration",
      named ? `${error.message}.` : `${what}: migrating failed: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}
