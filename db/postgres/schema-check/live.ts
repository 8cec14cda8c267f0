import { sql as raw } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../client";
import { CATALOGUE } from "./catalogue";
import { checkPart, foreignKeyPart, indexPart, primaryKeyPart, uniquePart } from "./parts";
import type { ColumnShape, FunctionShape, PartShape, SchemaShape } from "./shape";
import { spellDefault, spellExpression, spellType } from "./spelling";

const names = z.array(z.string());
const constraintRow = z.object({
  kind: z.enum(["p", "u", "f", "c", "x"]),
  name: z.string(),
  columns: names,
  foreignTable: z.string().nullable(),
  foreignColumns: names,
  onDelete: z.string(),
  onDeleteColumns: names,
  onUpdate: z.string(),
  matchFull: z.boolean(),
  nullsNotDistinct: z.boolean(),
  deferrable: z.boolean(),
  validated: z.boolean(),
  enforced: z.boolean(),
  expression: z.string().nullable(),
  definition: z.string(),
});
const indexRow = z.object({
  name: z.string(),
  method: z.string(),
  unique: z.boolean(),
  nullsNotDistinct: z.boolean(),
  valid: z.boolean(),
  where: z.string().nullable(),
  include: names,
  columns: z.array(
    z.object({
      column: z.string().nullable(),
      expression: z.string().nullable(),
      option: z.number(),
      operatorClass: z.string().nullable(),
    }),
  ),
});
const columnRow = z.object({
  name: z.string(),
  type: z.string(),
  isEnum: z.boolean(),
  collation: z.string().nullable(),
  notNull: z.boolean(),
  expression: z.string().nullable(),
  identity: z.string(),
  generated: z.string(),
});
const functionRow = z.object({
  name: z.string(),
  parameters: z.string(),
  returns: z.string().nullable(),
  language: z.string(),
  kind: z.string(),
  volatility: z.string(),
  parallel: z.string(),
  strict: z.boolean(),
  securityDefiner: z.boolean(),
  leakproof: z.boolean(),
  settings: names,
  body: z.string(),
});
const catalogueRow = z.object({
  functions: z.array(functionRow),
  enums: z.array(z.object({ name: z.string(), values: names })),
  tables: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      unlogged: z.boolean(),
      rowSecurity: z.boolean(),
      columns: z.array(columnRow),
      constraints: z.array(constraintRow),
      indexes: z.array(indexRow),
    }),
  ),
});

type ConstraintRow = z.output<typeof constraintRow>;
type IndexRow = z.output<typeof indexRow>;

/** Reads the schema `public` of a server in one request. @throws PostgresError, ZodError */
export async function liveSchema(db: Database): Promise<SchemaShape> {
  const [, { rows }] = await db.read((sql) =>
    // Estimated, not true, costs decide on compiling; a large catalogue must not bring it back.
    sql.batch([
      sql.execute(raw`set local jit = off`),
      sql.execute<{ catalogue: string }>(raw.raw(CATALOGUE)),
    ]),
  );
  const { enums, functions, tables } = catalogueRow.parse(JSON.parse(rows[0]?.catalogue ?? "null"));
  return {
    enums,
    functions: functions.map(functionShape),
    tables: tables.map((table) => ({
      name: table.name,
      kind: kinds[table.kind] ?? "something else",
      ...(table.unlogged ? { kind: "an unlogged table" } : {}),
      rowSecurity: table.rowSecurity,
      columns: table.columns.map((column) => columnShape(column, table.name)),
      parts: [
        ...table.constraints.map((constraint) => constraintPart(constraint, table.name)),
        ...table.indexes.map((index) => livePart(index, table.name)),
      ],
    })),
  };
}

const kinds: Record<string, string> = {
  r: "a table",
  p: "a partitioned table",
  v: "a view",
  m: "a materialized view",
  f: "a foreign table",
};

const volatilities: Record<string, string> = { i: "immutable", s: "stable", v: "volatile" };
const parallelisms: Record<string, string> = { s: "safe", r: "restricted", u: "unsafe" };

function functionShape(row: z.output<typeof functionRow>): FunctionShape {
  const isFunction = row.kind === "f";
  const promise = [
    isFunction ? `returns ${spellType(row.returns ?? "nothing")}` : "no plain function",
    `language ${row.language}`,
    volatilities[row.volatility],
    row.leakproof && "leakproof",
    row.strict && "strict",
    row.securityDefiner && "security definer",
    `parallel ${parallelisms[row.parallel]}`,
    ...row.settings.map((setting) => `set ${setting}`),
  ];
  return {
    name: `${row.name}(${row.parameters})`,
    promise: promise.filter(Boolean).join(" "),
    body: { sql: row.body, text: spellExpression(row.body) },
  };
}

function columnShape(row: z.output<typeof columnRow>, table: string): ColumnShape {
  const { name, isEnum, notNull, expression, identity, generated } = row;
  const type = spellType(row.type) + (row.collation === null ? "" : ` collate ${row.collation}`);
  const isComputed = generated !== "";
  return {
    name,
    type,
    isEnum,
    notNull,
    default:
      expression === null || isComputed
        ? null
        : { sql: expression, text: spellDefault(expression, type) },
    generated: identity
      ? same(`${identity === "a" ? "always" : "by default"} as identity`)
      : isComputed
        ? same(
            `always as (${spellExpression(expression ?? "", table)}) ${generated === "s" ? "stored" : "virtual"}`,
          )
        : null,
  };
}

const same = (text: string) => ({ text, sql: text });

/** What nobody gets by asking plainly; none of it passes as equal. */
function odditiesOf(row: ConstraintRow): string {
  return [
    row.matchFull && " match full",
    row.deferrable && " deferrable",
    !row.enforced && " not enforced",
    row.enforced && !row.validated && " not valid",
  ]
    .filter(Boolean)
    .join("");
}

const actions: Record<string, string> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

function constraintPart(row: ConstraintRow, table: string): PartShape {
  const { name, columns, nullsNotDistinct } = row;
  const oddities = odditiesOf(row);
  switch (row.kind) {
    case "p":
      return primaryKeyPart({ name, columns, oddities });
    case "u":
      return uniquePart({ name, columns, nullsNotDistinct, oddities });
    case "f": {
      const onDelete = actions[row.onDelete] ?? row.onDelete;
      const only = row.onDeleteColumns;
      return foreignKeyPart({
        name,
        columns,
        foreignTable: spellType(row.foreignTable ?? ""),
        foreignColumns: row.foreignColumns,
        onDelete: only.length > 0 ? `${onDelete} (${only.join(", ")})` : onDelete,
        onUpdate: actions[row.onUpdate] ?? row.onUpdate,
        oddities,
      });
    }
    case "c":
      return checkPart({ name, table, expression: row.expression ?? "", oddities });
    case "x":
      return { kind: "exclusion", name, ...same(row.definition.toLowerCase()) };
  }
}

/** Bits of `pg_index.indoption`. */
const DESCENDING = 1;
const NULLS_FIRST = 2;

function livePart(row: IndexRow, table: string): PartShape {
  return indexPart({
    ...row,
    table,
    columns: row.columns.map(({ option, ...column }) => ({
      ...column,
      descending: (option & DESCENDING) !== 0,
      nullsFirst: (option & NULLS_FIRST) !== 0,
    })),
    oddities: row.valid ? "" : " invalid (its creation was cut off)",
  });
}
