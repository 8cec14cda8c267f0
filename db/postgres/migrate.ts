import { sql as raw } from "drizzle-orm";
import { type MigrationName, pendingMigrations } from "../migration-history";
import type { Database } from "./client";
import { PostgresQueryError } from "./errors";

/** A migration by its name and by the moment at which it was generated, Unix ms. */
export interface GeneratedMigration extends MigrationName {
  generatedAt: number;
}

/** One migration as drizzle-kit wrote it. */
export interface PostgresMigration extends GeneratedMigration {
  /** Its statements, in order. */
  statements: string[];
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
    super(`Postgres migration ${migration} failed: ${reason}`, options);
  }
}

/** Held by the transaction that migrates, besides the lock of the whole startup (migration-lock.ts). */
const LOCK = 6_387_201;
/** How long a migration waits for rows and tables that older servers still use. */
const LOCK_WAIT = "60s";

/**
 * Brings the schema up to date and returns the names of the migrations that were applied. The
 * bookkeeping is drizzle's own (`drizzle.__drizzle_migrations`) with the name added; its migrator is
 * not used because it takes no lock and checks no sums. Lock, check and statements share one
 * transaction: killed at any point, nothing or everything is done. Up to date costs a single read.
 * @throws MigrationHistoryError, PostgresMigrationError, PostgresError
 */
export async function migratePostgres(
  db: Database,
  migrations: readonly PostgresMigration[],
): Promise<string[]> {
  if ((await pendingPostgres(db, migrations)).length === 0) return [];
  return db.transaction(async (sql) => {
    await sql.execute(raw.raw(`set local lock_timeout = '${LOCK_WAIT}'`));
    await sql.execute(raw.raw(NOTICE_DEATH));
    await sql.execute(raw`select pg_advisory_xact_lock(${LOCK})`);
    await sql.execute(raw`create schema if not exists drizzle`);
    await sql.execute(raw`create table if not exists drizzle.__drizzle_migrations (
      id serial primary key, hash text not null, created_at bigint, name text)`);
    await sql.execute(
      raw`alter table drizzle.__drizzle_migrations add column if not exists name text`,
    );
    const { rows } = await sql.execute<AppliedRow>(APPLIED);
    // Another process may have migrated while this one waited for the lock.
    const pending = pendingMigrations("Postgres", namesOf(rows, migrations), migrations);
    for (const migration of pending) {
      for (const statement of migration.statements) {
        try {
          await sql.execute(raw.raw(statement));
        } catch (error) {
          throw new PostgresMigrationError(migration.name, reasonOf(error), { cause: error });
        }
      }
      await sql.execute(raw`insert into drizzle.__drizzle_migrations (hash, created_at, name)
        values (${migration.checksum}, ${migration.generatedAt}, ${migration.name})`);
    }
    return pending.map(({ name }) => name);
  });
}

/** The migrations that are still to be applied. Changes nothing. @throws MigrationHistoryError, PostgresError */
export async function pendingPostgres<File extends GeneratedMigration>(
  db: Database,
  migrations: readonly File[],
): Promise<File[]> {
  const applied = namesOf(await readApplied(db), migrations);
  return pendingMigrations("Postgres", applied, migrations);
}

interface AppliedRow extends Record<string, unknown> {
  name: string | null;
  hash: string;
  created_at: string | number;
}

/** By way of JSON, because a table made by drizzle's migrator has no column for the name. */
const APPLIED = raw`select to_jsonb(m) ->> 'name' as name, m.hash, m.created_at
  from drizzle.__drizzle_migrations m order by m.id`;
const UNDEFINED_TABLE = "42P01";
/** The server looks every 2 s whether we still live, also during a long statement; not all systems can. */
const NOTICE_DEATH = `do $$ begin perform set_config('client_connection_check_interval', '2s', true);
  exception when others then null; end $$`;

async function readApplied(db: Database): Promise<AppliedRow[]> {
  try {
    return await db.read(async (sql) => (await sql.execute<AppliedRow>(APPLIED)).rows);
  } catch (error) {
    if (error instanceof PostgresQueryError && error.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}

/** A row without a name is told by the moment at which its migration was generated. */
function namesOf(
  rows: readonly AppliedRow[],
  migrations: readonly GeneratedMigration[],
): MigrationName[] {
  return rows.map(({ name, hash, created_at }) => {
    const generatedAt = Number(created_at);
    const file = migrations.find((migration) => migration.generatedAt === generatedAt);
    return {
      name: name ?? file?.name ?? new Date(generatedAt).toISOString(),
      checksum: hash,
    };
  });
}

/** Postgres' own words: they name the table or column and hold no data. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
