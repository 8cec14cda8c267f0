import { sql as raw } from "drizzle-orm";
import type { Database } from "./client";
import { PostgresQueryError } from "./errors";

/** One migration as drizzle-kit wrote it and `readMigrationFiles` of drizzle-orm reads it. */
export interface PostgresMigration {
  /** Statements of one file. */
  sql: string[];
  /** When it was generated, Unix ms: its place in the order and its name in the database. */
  folderMillis: number;
  /** SHA-256 of the file. */
  hash: string;
}

/** A migration could not be applied. Nothing was changed: all of them run in one transaction. */
export class PostgresMigrationError extends Error {
  override readonly name = "PostgresMigrationError";
  readonly retryable = false;
  constructor(
    readonly migration: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Postgres migration of ${migration} failed: ${reason}`, options);
  }
}

/** Any number, the same in every process: who holds this lock migrates. */
const LOCK = 6_387_201;
/** How long to wait for another process that is migrating. */
const LOCK_WAIT = "60s";

/**
 * Brings the schema up to date and returns how many migrations were applied. The bookkeeping is
 * drizzle's own (`drizzle.__drizzle_migrations`); its migrator is not used because it takes no lock,
 * and an advisory lock of the session does not hold behind a connection pooler. Here lock, check and
 * statements share one transaction. Up to date costs a single read.
 * @throws PostgresMigrationError, PostgresError
 */
export async function migratePostgres(
  db: Database,
  migrations: readonly PostgresMigration[],
): Promise<number> {
  if (pendingAfter(await readApplied(db), migrations).length === 0) return 0;
  return db.transaction(async (sql) => {
    await sql.execute(raw.raw(`set local lock_timeout = '${LOCK_WAIT}'`));
    await sql.execute(raw`select pg_advisory_xact_lock(${LOCK})`);
    await sql.execute(raw`create schema if not exists drizzle`);
    await sql.execute(raw`create table if not exists drizzle.__drizzle_migrations (
      id serial primary key, hash text not null, created_at bigint)`);
    const { rows } = await sql.execute<AppliedRow>(APPLIED);
    // Another process may have migrated while this one waited for the lock.
    const pending = pendingAfter(rows, migrations);
    for (const migration of pending) {
      for (const statement of migration.sql) {
        try {
          await sql.execute(raw.raw(statement));
        } catch (error) {
          throw new PostgresMigrationError(nameOf(migration), reasonOf(error), { cause: error });
        }
      }
      await sql.execute(raw`insert into drizzle.__drizzle_migrations (hash, created_at)
        values (${migration.hash}, ${migration.folderMillis})`);
    }
    return pending.length;
  });
}

interface AppliedRow extends Record<string, unknown> {
  hash: string;
  created_at: string | number;
}

const APPLIED = raw`select hash, created_at from drizzle.__drizzle_migrations order by created_at`;
const UNDEFINED_TABLE = "42P01";

async function readApplied(db: Database): Promise<AppliedRow[]> {
  try {
    return await db.read(async (sql) => (await sql.execute<AppliedRow>(APPLIED)).rows);
  } catch (error) {
    if (error instanceof PostgresQueryError && error.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}

function pendingAfter(
  applied: readonly AppliedRow[],
  migrations: readonly PostgresMigration[],
): PostgresMigration[] {
  const hashes = new Map(applied.map((row) => [Number(row.created_at), row.hash]));
  const known = new Set(migrations.map((migration) => migration.folderMillis));
  const stranger = [...hashes.keys()].find((at) => !known.has(at));
  if (stranger !== undefined) {
    throw new PostgresMigrationError(
      new Date(stranger).toISOString(),
      "the database has a migration that this version does not know; run the version that made it, or a newer one",
    );
  }
  return migrations.filter((migration) => {
    const hash = hashes.get(migration.folderMillis);
    if (hash !== undefined && hash !== migration.hash) {
      throw new PostgresMigrationError(
        nameOf(migration),
        "its file was changed after it was applied; add a new migration instead",
      );
    }
    return hash === undefined;
  });
}

function nameOf(migration: PostgresMigration): string {
  return new Date(migration.folderMillis).toISOString();
}

/** Postgres' own words: they name the table or column and hold no data. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
