import type { PartShape } from "./shape";
import { quoteName, quoteOwn, spellExpression } from "./spelling";

/** Writes constraints and indexes in one way, whether they come from the code or from the catalogue. */

export interface KeyPart {
  name: string;
  columns: string[];
  nullsNotDistinct?: boolean;
  /** ` deferrable`, ` not valid` …: what the code never asks for. */
  oddities?: string;
}

export interface ForeignKeyPart extends KeyPart {
  foreignTable: string;
  foreignColumns: string[];
  onDelete: string;
  onUpdate: string;
}

export interface IndexPart {
  name: string;
  table: string;
  method: string;
  unique: boolean;
  columns: IndexColumn[];
  include: string[];
  where: string | null;
  nullsNotDistinct: boolean;
  oddities?: string;
}

export interface IndexColumn {
  column: string | null;
  /** SQL, when it is no plain column. */
  expression: string | null;
  descending: boolean;
  nullsFirst: boolean;
  /** Null: the type's own. */
  operatorClass: string | null;
}

const asIs = (name: string) => name;

export function primaryKeyPart({ name, columns, oddities = "" }: KeyPart): PartShape {
  const write = (quote: typeof asIs) => `primary key (${listed(columns, quote)})${oddities}`;
  return { kind: "primary key", name, text: write(asIs), sql: write(quoteName) };
}

export function uniquePart({ name, columns, nullsNotDistinct, oddities = "" }: KeyPart): PartShape {
  const distinct = nullsNotDistinct ? "nulls not distinct " : "";
  const write = (quote: typeof asIs) => `unique ${distinct}(${listed(columns, quote)})${oddities}`;
  return { kind: "unique", name, text: write(asIs), sql: write(quoteName) };
}

export function foreignKeyPart(key: ForeignKeyPart): PartShape {
  const write = (quote: typeof asIs, own: typeof asIs) =>
    `foreign key (${listed(key.columns, quote)}) references ${own(key.foreignTable)}` +
    ` (${listed(key.foreignColumns, quote)}) on delete ${key.onDelete}` +
    `${key.onUpdate === "no action" ? "" : ` on update ${key.onUpdate}`}${key.oddities ?? ""}`;
  return {
    kind: "foreign key",
    name: key.name,
    text: write(asIs, asIs),
    sql: write(quoteName, quoteOwn),
  };
}

export function checkPart(check: {
  name: string;
  table: string;
  expression: string;
  oddities?: string;
}): PartShape {
  return {
    kind: "check",
    name: check.name,
    text: `check (${spellExpression(check.expression, check.table)})${check.oddities ?? ""}`,
    sql: `check (${check.expression})`,
  };
}

export function indexPart(index: IndexPart): PartShape {
  const { table, unique, columns, include, where, nullsNotDistinct, oddities = "" } = index;
  const tail = (quote: typeof asIs) =>
    `${include.length > 0 ? ` include (${listed(include, quote)})` : ""}` +
    `${nullsNotDistinct ? " nulls not distinct" : ""}`;
  const shown = columns.map((column) => indexColumn(column, asIs, table)).join(", ");
  const written = columns.map((column) => indexColumn(column, quoteName, null)).join(", ");
  const plain =
    index.method === "btree" &&
    include.length === 0 &&
    where === null &&
    oddities === "" &&
    columns.every((one) => one.column !== null && indexColumn(one, asIs, table) === one.column);
  return {
    kind: "index",
    name: index.name,
    text:
      `${unique ? "unique " : ""}index using ${index.method} (${shown})${tail(asIs)}` +
      `${where === null ? "" : ` where ${spellExpression(where, table)}`}${oddities}`,
    sql: `${quoteOwn(table)} using ${index.method} (${written})${tail(quoteName)}${
      where === null ? "" : ` where ${where}`
    }`,
    ...(unique && plain
      ? { couldBeUniqueOn: uniquePart({ ...index, columns: names(index) }).text }
      : {}),
  };
}

function names(index: IndexPart): string[] {
  return index.columns.flatMap(({ column }) => (column === null ? [] : [column]));
}

/** `table` null: as SQL that runs; else as text to compare. */
function indexColumn(part: IndexColumn, quote: typeof asIs, table: string | null): string {
  const { column, expression, descending, nullsFirst, operatorClass } = part;
  const what =
    column !== null
      ? quote(column)
      : table === null
        ? `(${expression})`
        : spellExpression(expression ?? "", table);
  const order = descending
    ? ` desc nulls ${nullsFirst ? "first" : "last"}`
    : nullsFirst
      ? " nulls first"
      : "";
  return `${what}${operatorClass === null ? "" : ` ${operatorClass}`}${order}`;
}

function listed(columns: readonly string[], quote: typeof asIs): string {
  return columns.map(quote).join(", ");
}
