import { sql as raw } from "drizzle-orm";
import { z } from "zod";
import type { ClickHouse } from "./clickhouse/client";
import { ask } from "./clickhouse/queries/ask";
import type { Database } from "./postgres/client";

/**
 * The oldest servers Netra runs on. Postgres 15: the oldest the tests run against. ClickHouse 24.8, a
 * release with long support: the first with all functions and statements used here.
 */
const minimumVersions = { postgres: "15", clickhouse: "24.8" } as const;

/** The version of one store's server, and why it is refused, if it is. */
export interface StoreVersion {
  store: "postgres" | "clickhouse";
  /** As the server says it: `18.4`, `15.18 (Debian 15.18-0+deb12u1)`, `25.8.2.1`. */
  version: string;
  /** For the person at the terminal: what is too old, what is needed. Null: new enough. */
  refusal: string | null;
}

/**
 * Asks the given stores for their versions, all at once; a store that is left out is not asked.
 * Asked before the schemas are read: an older server may lack what that reading asks for.
 * @throws PostgresError, ClickHouseUnreachableError, ClickHouseQueryError
 */
export async function checkVersions(stores: {
  db?: Database | undefined;
  clickhouse?: ClickHouse | undefined;
}): Promise<StoreVersion[]> {
  const { db, clickhouse } = stores;
  return Promise.all([
    ...(db ? [postgresVersion(db)] : []),
    ...(clickhouse ? [clickHouseVersion(clickhouse)] : []),
  ]);
}

/** Judges a version that a server told; for tests and for health pages that know it already. */
export function judgeVersion(store: StoreVersion["store"], version: string): StoreVersion {
  const minimum = minimumVersions[store];
  const name = store === "postgres" ? "PostgreSQL" : "ClickHouse";
  const refusal = isAtLeast(version, minimum)
    ? null
    : `${name} ${version} is too old: Netra needs ${name} ${minimum} or newer. Upgrade the server; nothing was changed in it.`;
  return { store, version, refusal };
}

async function postgresVersion(db: Database): Promise<StoreVersion> {
  const { rows } = await db.read((sql) =>
    sql.execute<{ version: string }>(raw`select current_setting('server_version') as version`),
  );
  return judgeVersion("postgres", rows[0]?.version ?? "unknown");
}

async function clickHouseVersion(clickhouse: ClickHouse): Promise<StoreVersion> {
  const { rows } = await ask(
    clickhouse,
    { name: "version", sql: "SELECT version() AS version", parameters: {} },
    z.object({ version: z.string() }),
  );
  return judgeVersion("clickhouse", rows[0]?.version ?? "unknown");
}

/** Compares the numbers at the start; a version that has none is not new enough. */
function isAtLeast(version: string, minimum: string): boolean {
  const found = (/^\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
  for (const [place, needed] of minimum.split(".").map(Number).entries()) {
    const number = found[place] ?? 0;
    if (number !== needed) return number > needed;
  }
  return true;
}
