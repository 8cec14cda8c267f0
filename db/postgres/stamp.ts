import { sql as raw } from "drizzle-orm";
import { type Stamp, type StampReading, stampOf } from "../stamp";
import type { Database } from "./client";
import { PostgresQueryError } from "./errors";

/** UNDEFINED_TABLE; a missing schema gives the same. */
const UNDEFINED_TABLE = "42P01";

/**
 * Reads the stamp: one statement on a stamped database. It has a schema of its own, outside of
 * drizzle's, because it stands before the first migration. The schema is not called "netra": one with
 * the user's name would come first in the search path and take the tables meant for "public".
 * @throws PostgresError, ForeignStampError when the stamp is unreadable
 */
export async function readPostgresStamp(db: Database): Promise<StampReading> {
  let stamp = stampOf("Postgres", await stampRows(db));
  if (!stamp && (await isEmpty(db))) return { state: "unstamped", empty: true };
  // Tables come after the stamp: another process may have written both between the two questions.
  stamp ??= stampOf("Postgres", await stampRows(db));
  return stamp ? { state: "stamped", stamp } : { state: "unstamped", empty: false };
}

async function stampRows(db: Database): Promise<unknown[]> {
  try {
    return await db.read(
      async (sql) =>
        (await sql.execute(raw`select environment, installation from netra_installation.stamp`))
          .rows,
    );
  } catch (error) {
    if (error instanceof PostgresQueryError && error.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}

/** Whether nobody has made a table here. What extensions bring does not count. */
async function isEmpty(db: Database): Promise<boolean> {
  const { rows } = await db.read((sql) =>
    sql.execute(raw`select 1 from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'drizzle') and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and not exists (select from pg_depend d
          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      limit 1`),
  );
  return rows.length === 0;
}

/** Writes the stamp unless there is one. The caller holds the migration lock. */
export async function writePostgresStamp(db: Database, stamp: Stamp): Promise<void> {
  await db.transaction(async (sql) => {
    await sql.execute(raw`create schema if not exists netra_installation`);
    await sql.execute(raw`create table if not exists netra_installation.stamp (
      only_row boolean primary key default true check (only_row),
      environment text not null, installation text not null,
      stamped_at timestamptz not null default now())`);
    await sql.execute(raw`insert into netra_installation.stamp (environment, installation)
      values (${stamp.environment}, ${stamp.installation}) on conflict do nothing`);
  });
}
