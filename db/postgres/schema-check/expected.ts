import { is, SQL } from "drizzle-orm";
import {
  getTableConfig,
  IndexedColumn,
  isPgEnum,
  type PgColumn,
  PgDialect,
  PgEnumColumn,
  PgTable,
} from "drizzle-orm/pg-core";
import type { SchemaFunction } from "../schema/functions";
import { checkPart, foreignKeyPart, indexPart, primaryKeyPart, uniquePart } from "./parts";
import type { ColumnShape, Expression, PartShape, SchemaShape, TableShape } from "./shape";
import { quoteText, spellDefault, spellExpression, spellType } from "./spelling";

/**
 * What a drizzle schema, and the functions beside it, ask of the database. Derived from the table objects that every query uses, and
 * not from drizzle-kit's snapshot beside the migrations: a snapshot says what the migrations make, and
 * where code and migrations disagree it is the code that meets the database.
 */
export function expectedSchema(
  schema: Readonly<Record<string, unknown>>,
  functions: readonly SchemaFunction[] = [],
): SchemaShape {
  const members = Object.values(schema);
  return {
    functions: functions.map(({ name, parameters, returns, properties, body }) => ({
      name: `${name}(${parameters})`,
      promise: `returns ${returns} ${properties}`,
      body: { sql: body, text: spellExpression(body) },
    })),
    enums: members.flatMap((member) =>
      isPgEnum(member) ? [{ name: member.enumName, values: [...member.enumValues] }] : [],
    ),
    tables: members.flatMap((member) => (is(member, PgTable) ? [tableShape(member)] : [])),
  };
}

type TableConfig = ReturnType<typeof getTableConfig>;

function tableShape(table: PgTable): TableShape {
  const config = getTableConfig(table);
  return {
    name: config.name,
    kind: "a table",
    rowSecurity: config.enableRLS,
    columns: config.columns.map(columnShape),
    parts: [...keys(config), ...foreignKeys(config), ...checks(config), ...indexes(config)],
  };
}

/** A serial column is an integer with a sequence of a fixed name. */
const serials = new Map([
  ["smallserial", "smallint"],
  ["serial", "integer"],
  ["bigserial", "bigint"],
]);

function columnShape(column: PgColumn): ColumnShape {
  const sqlType = column.getSQLType();
  const integer = serials.get(sqlType);
  const type = integer ?? spellType(sqlType);
  const table = getTableConfig(column.table).name;
  const sequence = `nextval('${table}_${column.name}_seq'::regclass)`;
  return {
    name: column.name,
    type,
    isEnum: is(column, PgEnumColumn),
    notNull: column.notNull || column.primary,
    default: integer ? expression(sequence, type) : defaultOf(column, type),
    generated: generatedOf(column),
  };
}

function defaultOf(column: PgColumn, type: string): Expression | null {
  const value: unknown = column.default;
  if (value === undefined || column.generatedIdentity) return null;
  return expression(is(value, SQL) ? render(value) : literal(value), type);
}

function expression(sql: string, type: string): Expression {
  return { sql, text: spellDefault(sql, type) };
}

function literal(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      return quoteText(value);
    default:
      return quoteText(value instanceof Date ? value.toISOString() : JSON.stringify(value));
  }
}

function generatedOf(column: PgColumn): Expression | null {
  const { generated, generatedIdentity } = column;
  if (generatedIdentity) {
    const text = `${generatedIdentity.type === "always" ? "always" : "by default"} as identity`;
    return { text, sql: text };
  }
  if (!generated) return null;
  const made: unknown = typeof generated.as === "function" ? generated.as() : generated.as;
  const sql = is(made, SQL) ? render(made) : String(made);
  const table = getTableConfig(column.table).name;
  return {
    sql: `always as (${sql}) stored`,
    text: `always as (${spellExpression(sql, table)}) stored`,
  };
}

function keys({ name, columns, primaryKeys, uniqueConstraints }: TableConfig): PartShape[] {
  return [
    ...columns
      .filter((column) => column.primary)
      .map((column) => primaryKeyPart({ name: `${name}_pkey`, columns: [column.name] })),
    ...primaryKeys.map((key) =>
      primaryKeyPart({ name: key.getName(), columns: key.columns.map(nameOf) }),
    ),
    ...columns
      .filter((column) => column.isUnique)
      .map((column) =>
        uniquePart({
          name: column.uniqueName ?? `${name}_${column.name}_unique`,
          columns: [column.name],
          nullsNotDistinct: column.uniqueType === "not distinct",
        }),
      ),
    ...uniqueConstraints.map((key) =>
      uniquePart({
        name: key.getName() ?? "",
        columns: key.columns.map(nameOf),
        nullsNotDistinct: key.nullsNotDistinct,
      }),
    ),
  ];
}

function foreignKeys(config: TableConfig): PartShape[] {
  return config.foreignKeys.map((key) => {
    const { columns, foreignTable, foreignColumns } = key.reference();
    return foreignKeyPart({
      name: key.getName(),
      columns: columns.map(nameOf),
      foreignTable: getTableConfig(foreignTable).name,
      foreignColumns: foreignColumns.map(nameOf),
      onDelete: key.onDelete ?? "no action",
      onUpdate: key.onUpdate ?? "no action",
    });
  });
}

function checks(config: TableConfig): PartShape[] {
  return config.checks.map((check) =>
    checkPart({ name: check.name, table: config.name, expression: render(check.value) }),
  );
}

function indexes({ name: table, indexes }: TableConfig): PartShape[] {
  return indexes.map(({ config }) =>
    indexPart({
      name: config.name ?? "",
      table,
      method: config.method ?? "btree",
      unique: config.unique,
      columns: config.columns.map((part) => {
        const plain = is(part, IndexedColumn);
        const { order, nulls, opClass } = plain ? part.indexConfig : {};
        return {
          column: plain ? (part.name ?? null) : null,
          expression: plain ? null : render(part),
          descending: order === "desc",
          nullsFirst: nulls === "first",
          operatorClass: opClass ?? null,
        };
      }),
      include: [],
      where: config.where ? render(config.where) : null,
      nullsNotDistinct: false,
    }),
  );
}

const dialect = new PgDialect();

function render(sql: unknown): string {
  if (!is(sql, SQL)) throw new TypeError("expected an SQL expression of drizzle");
  return dialect.sqlToQuery(sql.inlineParams()).sql;
}

function nameOf(column: { name: string }): string {
  return column.name;
}
