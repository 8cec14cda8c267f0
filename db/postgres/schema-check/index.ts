import type { Drift } from "../../drift";
import type { Database } from "../client";
import * as schema from "../schema";
import { functions } from "../schema/functions";
import { compareSchemas } from "./compare";
import { expectedSchema } from "./expected";
import { liveSchema } from "./live";

/**
 * Compares the live schema `public` with the drizzle schema of the code: tables, columns with type,
 * nullability and default, primary, unique and foreign keys, checks, indexes, enums, and the functions
 * that its columns call. An empty list: nothing differs. Other schemas (the bookkeeping of migrations and stamps) and views are not looked at.
 * One read. The list is in the order in which its mending statements can be run in one transaction.
 * @throws PostgresError when Postgres does not answer
 */
export async function checkPostgresSchema(db: Database): Promise<Drift[]> {
  return compareSchemas(expectedSchema(schema, functions), await liveSchema(db));
}
