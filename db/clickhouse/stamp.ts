import { type Stamp, type StampReading, stampOf } from "../stamp";
import type { ClickHouse } from "./client";
import { ClickHouseQueryError } from "./errors";

const UNKNOWN_TABLE = 60;
/** Asked before anything else, of a server that may hang: who waits for the answer waits twice. */
const LIMITS = { seconds: 5 };

/** Reads the stamp: one statement on a stamped database. @throws the client's errors, ForeignStampError */
export async function readClickHouseStamp(clickhouse: ClickHouse): Promise<StampReading> {
  let stamp = stampOf("ClickHouse", await stampRows(clickhouse));
  if (!stamp && (await isEmpty(clickhouse))) return { state: "unstamped", empty: true };
  // Tables come after the stamp: another process may have written both between the two questions.
  stamp ??= stampOf("ClickHouse", await stampRows(clickhouse));
  return stamp ? { state: "stamped", stamp } : { state: "unstamped", empty: false };
}

async function isEmpty(clickhouse: ClickHouse): Promise<boolean> {
  const { rows } = await clickhouse.query({
    name: "other-tables",
    sql: "SELECT name FROM system.tables WHERE database = currentDatabase() AND NOT is_temporary AND name != 'netra_stamp' LIMIT 1",
    parameters: {},
    limits: LIMITS,
  });
  return rows.length === 0;
}

async function stampRows(clickhouse: ClickHouse): Promise<unknown[]> {
  try {
    const { rows } = await clickhouse.query({
      name: "stamp",
      sql: "SELECT DISTINCT environment, installation FROM netra_stamp",
      parameters: {},
      limits: LIMITS,
    });
    return rows;
  } catch (error) {
    if (error instanceof ClickHouseQueryError && error.code === UNKNOWN_TABLE) return [];
    throw error;
  }
}

/** Writes the stamp. The caller has found none and holds the migration lock. */
export async function writeClickHouseStamp(clickhouse: ClickHouse, stamp: Stamp): Promise<void> {
  await clickhouse.command({
    name: "create-stamp-table",
    sql: `CREATE TABLE IF NOT EXISTS netra_stamp
(environment String, installation String, stamped_at DateTime DEFAULT now())
ENGINE = MergeTree ORDER BY installation`,
    parameters: {},
  });
  const { environment, installation } = stamp;
  await clickhouse.insert("netra_stamp", [{ environment, installation }]);
}
