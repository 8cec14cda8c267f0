import { type ClickHouse, FailedMigrationError } from "../clickhouse";
import { ChangedMigrationError, migrateClickHouse } from "../clickhouse/migrate";
import type { Database } from "../postgres";
import { migratePostgres, PostgresMigrationError } from "../postgres/migrate";
import { StartupError } from "./exit-codes";
import { readMigrations } from "./migration-files";

/**
 * Brings both schemas up to date from the files on disk and says in words what was done.
 * @throws StartupError with the stage `migration`
 */
export async function migrateSchemas(databases: {
  db: Database;
  clickhouse: ClickHouse;
}): Promise<string> {
  const files = await migrating("The migration files", readMigrations());
  const [postgres, clickhouse] = await Promise.all([
    migrating("Postgres", migratePostgres(databases.db, files.postgres)),
    migrating("ClickHouse", migrateClickHouse(databases.clickhouse, files.clickhouse)),
  ]);
  return postgres + clickhouse.length === 0
    ? "up to date"
    : `migrated (Postgres ${postgres}, ClickHouse ${clickhouse.length})`;
}

async function migrating<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const named =
      error instanceof PostgresMigrationError ||
      error instanceof FailedMigrationError ||
      error instanceof ChangedMigrationError;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError("migration", named ? reason : `${what}: migrating failed: ${reason}`, {
      cause: error,
    });
  }
}
