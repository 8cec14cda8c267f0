import { splitList } from "./clauses";
import type { LiveTable } from "./live";
import { type ColumnShape, columnText, type TableShape } from "./shape";

/**
 * Statements that bring a table to what is expected, one to a line. ClickHouse fills what it has no
 * value for with zeros and empty texts, and such an invented value would be counted; so what touches
 * values is given only for columns that can say "unknown", and for empty tables. Null: none.
 */

export function createTable(table: TableShape): string {
  const { name, engine, columns, partitionBy, primaryKey, orderBy, ttl, constraints } = table;
  const rows = [
    ...columns.map((column) => `${quote(column.name)} ${columnText(column)}`),
    ...constraints,
  ];
  return `${[
    `CREATE TABLE ${quote(name)} (${rows.join(", ")}) ENGINE = ${engine}`,
    partitionBy && `PARTITION BY ${key(partitionBy)}`,
    primaryKey !== orderBy && `PRIMARY KEY ${key(primaryKey)}`,
    `ORDER BY ${key(orderBy)}`,
    ttl && `TTL ${ttl}`,
  ]
    .filter(Boolean)
    .join(" ")};`;
}

/** As the server prints it: one expression bare, several in brackets. */
function key(list: string): string {
  return splitList(list).length === 1 ? list : `(${list})`;
}

/** For what ClickHouse never changes. It refuses by itself if rows have come in meanwhile. */
export function makeAnew(expected: TableShape, found: LiveTable): string | null {
  return found.isEmpty
    ? `DROP TABLE IF EMPTY ${quote(found.name)} SYNC;\n${createTable(expected)}`
    : null;
}

export function addColumn(table: TableShape, column: ColumnShape, found: LiveTable): string | null {
  if (!found.isEmpty && !/^Nullable\(/.test(column.type)) return null;
  const before = table.columns[table.columns.indexOf(column) - 1];
  const place =
    before === undefined
      ? " FIRST"
      : found.columns.some(({ name }) => name === before.name)
        ? ` AFTER ${quote(before.name)}`
        : "";
  return alter(table.name, `ADD COLUMN ${quote(column.name)} ${columnText(column)}${place}`);
}

export function dropColumn(table: LiveTable, column: ColumnShape): string | null {
  return table.isEmpty ? alter(table.name, `DROP COLUMN ${quote(column.name)}`) : null;
}

export function mendColumn(
  table: LiveTable,
  expected: ColumnShape,
  found: ColumnShape,
): string | null {
  const sameType = expected.type === found.type;
  if (!sameType) {
    if (table.keyColumns.includes(found.name)) return null;
    if (!table.isEmpty && !keepsValues(found.type, expected.type)) return null;
  }
  const kind = found.default?.split(" ")[0];
  // An alias and an ephemeral column hold nothing: what would stand in them is not known.
  if (kind === "ALIAS" || kind === "EPHEMERAL") return null;
  const change = (action: string) =>
    alter(table.name, `MODIFY COLUMN ${quote(expected.name)} ${action}`);
  const statements: string[] = [];
  if (kind && !expected.default?.startsWith(`${kind} `)) statements.push(change(`REMOVE ${kind}`));
  if (found.codec && !expected.codec) statements.push(change("REMOVE CODEC"));
  if (found.ttl && !expected.ttl) statements.push(change("REMOVE TTL"));
  if (/^Nullable\(/.test(found.type) && !/^Nullable\(/.test(expected.type)) {
    // Refused without a value for the nulls, though the table is empty.
    const value = `defaultValueOfTypeName('${expected.type.replaceAll("'", "\\'")}')`;
    statements.push(change(`${expected.type} DEFAULT ${value}`), change("REMOVE DEFAULT"));
  }
  const sets =
    !sameType ||
    (expected.default && expected.default !== found.default) ||
    (expected.codec && expected.codec !== found.codec) ||
    (expected.ttl && expected.ttl !== found.ttl);
  if (sets) statements.push(change(columnText(expected)));
  return statements.join("\n");
}

const INTEGER = /^(U?)Int(\d+)$/;

/** Whether every value of the one type is one of the other. */
function keepsValues(from: string, to: string): boolean {
  const plain = (type: string) => type.replace(/^LowCardinality\((.*)\)$/, "$1");
  if (plain(from) === plain(to)) return true;
  const nullable = /^Nullable\((.*)\)$/.exec(to)?.[1];
  if (nullable !== undefined) {
    const bare = /^Nullable\((.*)\)$/.exec(from)?.[1] ?? from;
    return keepsValues(bare, nullable);
  }
  if (from === "Float32" && to === "Float64") return true;
  const [, fromUnsigned, fromBits] = INTEGER.exec(from) ?? [];
  const [, toUnsigned, toBits] = INTEGER.exec(to) ?? [];
  return fromUnsigned === toUnsigned && Number(fromBits) < Number(toBits);
}

export function setTtl(table: TableShape): string {
  return alter(table.name, table.ttl ? `MODIFY TTL ${table.ttl}` : "REMOVE TTL");
}

/** `constraint` as the server prints it: `CONSTRAINT name CHECK …`. */
export function dropConstraint(table: string, constraint: string): string {
  return alter(table, `DROP CONSTRAINT ${constraint.split(" ")[1]}`);
}

export function addConstraint(table: string, constraint: string): string {
  return alter(table, `ADD ${constraint}`);
}

function alter(table: string, action: string): string {
  return `ALTER TABLE ${quote(table)} ${action};`;
}

function quote(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
