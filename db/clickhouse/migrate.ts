import { z } from "zod";
import { type MigrationName, pendingMigrations } from "../migration-history";
import type { ClickHouse } from "./client";
import { ClickHouseQueryError, ClickHouseUnreachableError } from "./errors";
import { ask } from "./queries/ask";

/** One numbered SQL file with one statement that may run twice, e.g. `0001_calls_v1.sql`. */
export interface ClickHouseMigration extends MigrationName {
  sql: string;
}

/** A migration failed; the ones before it stand. */
export class FailedMigrationError extends Error {
  override readonly name = "FailedMigrationError";
  readonly retryable = false;
  constructor(
    readonly migration: string,
    override readonly cause: unknown,
  ) {
    super(
      `ClickHouse migration ${migration} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

const UNKNOWN_TABLE = 60;
const recordedRow = z
  .object({ name: z.string(), sha256: z.string() })
  .transform(({ name, sha256 }) => ({ name, checksum: sha256 }));

/**
 * Runs the migrations that did not run yet, in the order of their names, and returns those names.
 * ClickHouse has no transactions: killed between a statement and its record, the statement runs again,
 * which it must bear. The caller sees to it that no other process migrates meanwhile.
 * @throws MigrationHistoryError, FailedMigrationError, the client's errors
 */
export async function migrateClickHouse(
  clickhouse: ClickHouse,
  migrations: readonly ClickHouseMigration[],
): Promise<string[]> {
  // All are checked before one runs, so that a changed file stops the start with nothing done.
  const pending = await pendingClickHouse(clickhouse, migrations);
  if (pending.length === 0) return [];
  await clickhouse.command({
    name: "create-migrations-table",
    sql: `CREATE TABLE IF NOT EXISTS netra_migrations
(name String, sha256 String, ran_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY name`,
    parameters: {},
  });
  for (const { name, sql, checksum } of pending) {
    try {
      await clickhouse.command({ name: `migrate ${name}`, sql, parameters: {} });
      await clickhouse.insert("netra_migrations", [{ name, sha256: checksum }]);
    } catch (error) {
      // Not the migration's fault: it goes on when ClickHouse is back.
      if (error instanceof ClickHouseUnreachableError) throw error;
      throw new FailedMigrationError(name, error);
    }
  }
  return pending.map(({ name }) => name);
}

/** The migrations that are still to run. Changes nothing. @throws MigrationHistoryError, the client's errors */
export async function pendingClickHouse<File extends MigrationName>(
  clickhouse: ClickHouse,
  migrations: readonly File[],
): Promise<File[]> {
  return pendingMigrations("ClickHouse", await readApplied(clickhouse), migrations);
}

/** In the order of their names, in which they ran. */
async function readApplied(clickhouse: ClickHouse): Promise<MigrationName[]> {
  const question = {
    name: "list-migrations",
    sql: "SELECT name, sha256 FROM netra_migrations FINAL ORDER BY name",
    parameters: {},
  };
  try {
    return (await ask(clickhouse, question, recordedRow)).rows;
  } catch (error) {
    if (error instanceof ClickHouseQueryError && error.code === UNKNOWN_TABLE) return [];
    throw error;
  }
}
