import type { Drift } from "../../drift";
import type { ClickHouse } from "../client";
import { compareTables } from "./compare";
import { expectedTables } from "./expected";
import { liveTables } from "./live";

/**
 * Compares the live tables of the connection's database with the ones the code expects: columns with
 * type, default, codec and TTL, engine, keys, partitions, TTL, constraints. An empty list: nothing
 * differs. One read. The list is in the order in which its mending statements can be run.
 * @throws ClickHouseUnreachableError, ClickHouseQueryError, ClickHouseShapeError
 */
export async function checkClickHouseSchema(clickhouse: ClickHouse): Promise<Drift[]> {
  return compareTables(expectedTables, await liveTables(clickhouse));
}
