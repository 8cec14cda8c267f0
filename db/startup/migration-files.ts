import { join } from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { ClickHouseMigration } from "../clickhouse/migrate";
import { readClickHouseMigrations } from "../clickhouse/migration-files";
import { type PostgresMigration, PostgresMigrationError } from "../postgres/migrate";
import { projectFolder } from "./project-folder";

export interface MigrationFiles {
  postgres: PostgresMigration[];
  clickhouse: ClickHouseMigration[];
}

/** Reads all migrations from disk; Node only, so that everything that applies them can run anywhere. */
export async function readMigrations(folder = projectFolder()): Promise<MigrationFiles> {
  return {
    postgres: readPostgresMigrations(join(folder, "db/postgres/migrations")),
    clickhouse: await readClickHouseMigrations(join(folder, "db/clickhouse/migrations")),
  };
}

function readPostgresMigrations(migrationsFolder: string): PostgresMigration[] {
  try {
    return readMigrationFiles({ migrationsFolder });
  } catch (error) {
    throw new PostgresMigrationError("the files", "they could not be read", { cause: error });
  }
}
