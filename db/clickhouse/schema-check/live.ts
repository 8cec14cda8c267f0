import { z } from "zod";
import type { ClickHouse } from "../client";
import { ask } from "../queries/ask";
import { inFirstBrackets, splitClauses, splitList } from "./clauses";
import type { ColumnShape, TableShape } from "./shape";

/** A table as it stands, and whether anything is in it. */
export interface LiveTable extends TableShape {
  isEmpty: boolean;
  /** Columns of the sorting key, which ClickHouse does not change. */
  keyColumns: string[];
}

const tableRow = z.object({
  name: z.string(),
  engine: z.string(),
  engine_full: z.string(),
  sorting_key: z.string(),
  primary_key: z.string(),
  partition_key: z.string(),
  create_table_query: z.string(),
  total_rows: z.coerce.number().nullable(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      default_kind: z.string(),
      default_expression: z.string(),
      compression_codec: z.string(),
      is_in_sorting_key: z.coerce.number(),
    }),
  ),
});

const TABLES = `SELECT name, engine, engine_full, sorting_key, primary_key, partition_key,
  create_table_query, total_rows, columns
FROM system.tables
LEFT JOIN (
  SELECT table,
    groupArray(CAST(
      (name, type, default_kind, default_expression, compression_codec, is_in_sorting_key),
      'Tuple(name String, type String, default_kind String, default_expression String, compression_codec String, is_in_sorting_key UInt8)'
    )) AS columns
  FROM (SELECT * FROM system.columns WHERE database = currentDatabase() ORDER BY table, position)
  GROUP BY table
) AS columns_of ON columns_of.table = system.tables.name
WHERE database = currentDatabase() AND NOT is_temporary
ORDER BY name`;

/** The tables of the connection's database. @throws ClickHouseShapeError, the client's errors */
export async function liveTables(clickhouse: ClickHouse): Promise<LiveTable[]> {
  const { rows } = await ask(
    clickhouse,
    {
      name: "read-schema",
      sql: TABLES,
      parameters: {},
    },
    tableRow,
  );
  return rows.map((row) => {
    const definitions = splitList(inFirstBrackets(row.create_table_query));
    return {
      name: row.name,
      engine: engineOf(row.engine, row.engine_full),
      columns: row.columns.map((column) => columnShape(column, definitions)),
      partitionBy: row.partition_key,
      primaryKey: row.primary_key,
      orderBy: row.sorting_key,
      ttl: clausesOf(row.engine_full).get("TTL") ?? "",
      constraints: definitions.filter((text) => text.startsWith("CONSTRAINT ")),
      isEmpty: row.total_rows === 0,
      keyColumns: row.columns.flatMap((one) => (one.is_in_sorting_key ? [one.name] : [])),
    };
  });
}

const TABLE_CLAUSES = ["PARTITION BY", "PRIMARY KEY", "ORDER BY", "SAMPLE BY", "TTL", "SETTINGS"];

function clausesOf(engineFull: string): Map<string, string> {
  return splitClauses(engineFull, TABLE_CLAUSES);
}

/** With its arguments, but not the two that say where the replicas meet. */
function engineOf(name: string, engineFull: string): string {
  const plain = name.replace(/^(?:Shared|Replicated)/, "");
  const args = splitList(inFirstBrackets(clausesOf(engineFull).get("") ?? ""));
  const own = plain === name ? args : args.filter((arg) => !arg.startsWith("'"));
  return own.length > 0 ? `${plain}(${own.join(", ")})` : plain;
}

function columnShape(
  row: z.output<typeof tableRow>["columns"][number],
  definitions: readonly string[],
): ColumnShape {
  const definition = definitions.find((text) => text.startsWith(`\`${row.name}\` `)) ?? "";
  const ttl = splitClauses(definition, ["CODEC", "TTL", "SETTINGS"]).get("TTL");
  return {
    name: row.name,
    type: row.type,
    ...(row.default_kind
      ? { default: `${row.default_kind} ${row.default_expression}`.trim() }
      : {}),
    ...(row.compression_codec ? { codec: codecOf(row.compression_codec) } : {}),
    ...(ttl ? { ttl } : {}),
  };
}

/** The width that the server adds follows from the type: `CODEC(Delta(8), ZSTD(1))` is `Delta, ZSTD(1)`. */
function codecOf(text: string): string {
  return text
    .replace(/^CODEC\((.*)\)$/, "$1")
    .replace(/\b(Delta|DoubleDelta|Gorilla)\(\d+\)/g, "$1");
}
