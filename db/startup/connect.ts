import { sql as raw } from "drizzle-orm";
import { type ClickHouse, ClickHouseUnreachableError } from "../clickhouse";
import { type Database, PostgresQueryError } from "../postgres";
import { type RetryPolicy, withRetry } from "../retry";
import { StartupError } from "./exit-codes";

/** About 2 to 3 s of waiting in all: databases of a container group may come up after us, a wrong URL should show soon. */
const PATIENCE: RetryPolicy = { attempts: 5, firstWaitMs: 200 };

/** Waits until Postgres answers. @throws StartupError */
export async function reachPostgres(db: Database, patience = PATIENCE): Promise<void> {
  try {
    await withRetry(
      patience,
      () => db.read((sql) => sql.execute(raw`select 1`)),
      // Refused (wrong user, no such database) will not change by waiting.
      (error) => !(error instanceof PostgresQueryError) || error.retryable,
    );
  } catch (error) {
    throw new StartupError(
      "postgres",
      `Postgres does not serve us: ${reason(error)}. Check DATABASE_URL and that the server runs.`,
      { cause: error },
    );
  }
}

/** Waits until ClickHouse answers. @throws StartupError */
export async function reachClickHouse(clickhouse: ClickHouse, patience = PATIENCE): Promise<void> {
  try {
    await withRetry(
      patience,
      () => clickhouse.query({ name: "ping", sql: "SELECT 1", parameters: {} }),
      (error) => error instanceof ClickHouseUnreachableError,
    );
  } catch (error) {
    throw new StartupError(
      "clickhouse",
      `ClickHouse does not serve us: ${reason(error)}. Check CLICKHOUSE_URL and that the server runs.`,
      { cause: error },
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
