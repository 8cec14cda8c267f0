import { sql as raw } from "drizzle-orm";
import { createClickHouse } from "../../db/clickhouse";
import { createDatabase } from "../../db/postgres";

/** What stands in both stores, as text: alike for alike schemas, whatever way led to them. */
export async function normalisedDump(env: Record<string, string>): Promise<string> {
  const [postgres, clickhouse] = await Promise.all([dumpPostgres(env), dumpClickHouse(env)]);
  const name = new URL(env.CLICKHOUSE_URL ?? "").pathname.slice(1);
  return `${postgres}\n${clickhouse}`.replaceAll(name, "DATABASE");
}

const ours = "('public', 'drizzle', 'netra_installation')";
const postgresParts = {
  columns: `select table_schema, table_name, ordinal_position, column_name, data_type, udt_name,
      is_nullable, column_default, character_maximum_length
    from information_schema.columns where table_schema in ${ours} order by 1, 2, 3`,
  constraints: `select n.nspname, r.relname, c.conname, c.contype, c.convalidated, pg_get_constraintdef(c.oid)
    from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
    where n.nspname in ${ours} order by 1, 2, 3`,
  indexes: `select schemaname, tablename, indexname, indexdef, i.indisvalid::text
    from pg_indexes join pg_index i on i.indexrelid = format('%I.%I', schemaname, indexname)::regclass
    where schemaname in ${ours} order by 1, 2, 3`,
  enums: `select t.typname, string_agg(e.enumlabel, ',' order by e.enumsortorder)
    from pg_enum e join pg_type t on t.oid = e.enumtypid group by 1 order by 1`,
  functions: `select p.proname, pg_get_functiondef(p.oid) from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${ours} order by 1, 2`,
  objects: `select n.nspname, c.relname, c.relkind::text from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} order by 1, 2`,
  migrations: "select name, hash, created_at from drizzle.__drizzle_migrations order by id",
  stamp: "select environment, count(*) from netra_installation.stamp group by 1",
};

async function dumpPostgres(env: Record<string, string>): Promise<string> {
  const db = createDatabase({ DATABASE_URL: env.DATABASE_URL ?? "" });
  const parts = await Promise.all(
    Object.entries(postgresParts).map(async ([part, statement]) => {
      const { rows } = await db.read((sql) => sql.execute(raw.raw(statement)));
      return `postgres ${part}\n${rows.map((row) => JSON.stringify(row)).join("\n")}`;
    }),
  );
  return parts.join("\n");
}

const clickhouseParts = {
  tables: `SELECT name, engine, create_table_query, sorting_key, primary_key
    FROM system.tables WHERE database = currentDatabase() ORDER BY name`,
  columns: `SELECT table, position, name, type, default_kind, default_expression, compression_codec
    FROM system.columns WHERE database = currentDatabase() ORDER BY table, position`,
  // Without FINAL: a migration recorded twice shows.
  migrations: "SELECT name, sha256 FROM netra_migrations ORDER BY name",
  stamp: "SELECT environment, count() FROM netra_stamp GROUP BY environment",
};

async function dumpClickHouse(env: Record<string, string>): Promise<string> {
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: env.CLICKHOUSE_URL ?? "" });
  try {
    const parts = await Promise.all(
      Object.entries(clickhouseParts).map(async ([part, sql]) => {
        const { rows } = await clickhouse.query({ name: part, sql, parameters: {} });
        return `clickhouse ${part}\n${rows.map((row) => JSON.stringify(row)).join("\n")}`;
      }),
    );
    return parts.join("\n");
  } finally {
    await clickhouse.close();
  }
}
