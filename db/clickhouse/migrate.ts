import { z } from "zod";
import type { ClickHouse } from "./client";
import { ask } from "./queries/ask";

/** One numbered SQL file with one statement that may run twice, e.g. `0001_calls_v1.sql`. */
export interface ClickHouseMigration {
  name: string;
  sql: string;
}

/** A migration that ran before has another text now. The files are append-only: add a new one. */
export class ChangedMigrationError extends Error {
  override readonly name = "ChangedMigrationError";
  readonly retryable = false;
  constructor(
    readonly migration: string,
    readonly recordedSha256: string,
    readonly sha256: string,
  ) {
    super(
      `ClickHouse migration ${migration} was changed after it ran (recorded ${recordedSha256.slice(0, 12)}, now ${sha256.slice(0, 12)}): add a new file instead`,
    );
  }
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

const recordedRow = z.object({ name: z.string(), sha256: z.string() });

/** Runs the migrations that did not run yet, in the order of their names, and returns those names. */
export async function migrateClickHouse(
  clickhouse: ClickHouse,
  migrations: readonly ClickHouseMigration[],
): Promise<string[]> {
  await clickhouse.command({
    name: "create-migrations-table",
    sql: `CREATE TABLE IF NOT EXISTS netra_migrations
(name String, sha256 String, ran_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY name`,
    parameters: {},
  });
  const recorded = await ask(
    clickhouse,
    {
      name: "list-migrations",
      sql: "SELECT name, sha256 FROM netra_migrations FINAL ORDER BY name",
      parameters: {},
    },
    recordedRow,
  );
  const ran = new Map(recorded.rows.map(({ name, sha256 }) => [name, sha256]));
  const ordered = [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1));
  const pending: Array<ClickHouseMigration & { sha256: string }> = [];
  // All are checked before one runs, so that a changed file stops the start with nothing done.
  for (const migration of ordered) {
    const sha256 = await sha256Of(migration.sql);
    const known = ran.get(migration.name);
    if (known === undefined) pending.push({ ...migration, sha256 });
    else if (known !== sha256) throw new ChangedMigrationError(migration.name, known, sha256);
  }
  for (const { name, sql, sha256 } of pending) {
    try {
      await clickhouse.command({ name: `migrate ${name}`, sql, parameters: {} });
      await clickhouse.insert("netra_migrations", [{ name, sha256 }]);
    } catch (error) {
      throw new FailedMigrationError(name, error);
    }
  }
  return pending.map(({ name }) => name);
}

/** Over the text with Unix line ends, so that a checkout on another system is no change. */
async function sha256Of(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text.replaceAll("\r\n", "\n"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
