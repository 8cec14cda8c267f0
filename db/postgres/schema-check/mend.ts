import type { ColumnShape, EnumShape, FunctionShape, PartShape, TableShape } from "./shape";
import { quoteName, quoteOwn, quoteText } from "./spelling";

/**
 * Statements that bring a schema to what is expected, one to a line. None loses or invents a value:
 * where rows stand in the way Postgres refuses. Null: there is no such statement.
 */

export function createEnum({ name, values }: EnumShape): string {
  return `create type ${quoteOwn(name)} as enum (${values.map(quoteText).join(", ")});`;
}

/** Adds what is missing; else makes the type anew and carries each column over by its text. */
export function mendEnum(
  expected: EnumShape,
  found: EnumShape,
  columns: ReadonlyArray<{ table: string; column: ColumnShape }>,
): string {
  const kept = expected.values.filter((value) => found.values.includes(value));
  if (kept.join("\n") === found.values.join("\n")) {
    return expected.values
      .flatMap((value, place) => {
        if (found.values.includes(value)) return [];
        const before = expected.values[place - 1];
        const first = found.values[0];
        const at =
          before !== undefined
            ? ` after ${quoteText(before)}`
            : first !== undefined
              ? ` before ${quoteText(first)}`
              : "";
        return [`alter type ${quoteOwn(expected.name)} add value ${quoteText(value)}${at};`];
      })
      .join("\n");
  }
  const old = `${expected.name}_before_mending`;
  return [
    `alter type ${quoteOwn(expected.name)} rename to ${quoteName(old)};`,
    createEnum(expected),
    ...columns.flatMap(({ table, column }) => changeType(table, column, column.default !== null)),
    `drop type ${quoteOwn(old)};`,
  ].join("\n");
}

/** Makes the function, or makes it what it should be; grants and what depends on it stay. */
export function mendFunction({ name, promise, body }: FunctionShape): string {
  return `create or replace function "public".${name} ${promise} ${body.sql};`;
}

/** Stored generated columns follow when a column that they are made of is written. */
export function recompute(table: string, sources: readonly ColumnShape[]): string {
  const same = sources.map(({ name }) => `${quoteName(name)} = ${quoteName(name)}`).join(", ");
  return `update ${quoteOwn(table)} set ${same};`;
}

/** The table with its keys and indexes. Its foreign keys come later: the other table may be missing too. */
export function createTable({ name, columns, parts, rowSecurity }: TableShape): string {
  const rows = [
    ...columns.map(columnSql),
    ...parts
      .filter(({ kind }) => kind !== "index" && kind !== "foreign key")
      .map((part) => `constraint ${quoteName(part.name)} ${part.sql}`),
  ];
  return [
    `create table ${quoteOwn(name)} (${rows.join(", ")});`,
    ...parts.filter(({ kind }) => kind === "index").map((part) => addPart(name, part)),
    ...(rowSecurity ? [setRowSecurity(name, true)] : []),
  ].join("\n");
}

export function setRowSecurity(table: string, on: boolean): string {
  return alter(table, `${on ? "enable" : "disable"} row level security`);
}

export function setLogged(table: string): string {
  return alter(table, "set logged");
}

/**
 * Its default is set after it stands: rows that are there must not get a value nobody gave them.
 * A column that must not be null is refused by Postgres while there are rows. Null for one that counts
 * by itself: its old numbers are gone.
 */
export function addColumn(table: string, column: ColumnShape): string | null {
  if (isSerial(column)) return null;
  const added = alter(table, `add column ${columnSql({ ...column, default: null })}`);
  return column.default === null
    ? added
    : `${added}\n${alterColumn(table, column, `set default ${column.default.sql}`)}`;
}

/** Drops a column in which nothing is; null where it is filled by itself. */
export function dropColumn(table: string, column: ColumnShape): string | null {
  if (column.notNull || column.default || column.generated) return null;
  const [own, name] = [quoteOwn(table), quoteName(column.name)];
  const problem = quoteText(`${table}.${column.name} holds values: nothing was dropped`);
  return (
    `do $mend$ begin lock table ${own} in access exclusive mode; ` +
    `if exists (select from ${own} where ${name} is not null) then raise exception using message = ${problem}; end if; ` +
    `alter table ${own} drop column ${name}; end $mend$;`
  );
}

export function mendColumn(
  table: string,
  expected: ColumnShape,
  found: ColumnShape,
): string | null {
  if (expected.generated?.text !== found.generated?.text) return null;
  const sameType = expected.type === found.type;
  if (!sameType && !keepsValues(found, expected)) return null;
  const statements = sameType ? [] : changeType(table, expected, found.default !== null);
  if (sameType && expected.default?.text !== found.default?.text) {
    const change = expected.default ? `set default ${expected.default.sql}` : "drop default";
    statements.push(alterColumn(table, expected, change));
  }
  if (expected.notNull !== found.notNull) {
    statements.push(alterColumn(table, expected, `${expected.notNull ? "set" : "drop"} not null`));
  }
  return statements.join("\n");
}

/** To another type and to its expected default; the old default, which may not fit the type, goes first. */
function changeType(table: string, column: ColumnShape, hasDefault: boolean): string[] {
  const type = column.isEnum ? quoteOwn(column.type) : column.type;
  const text = `${quoteName(column.name)}${column.isEnum || column.type === "uuid" || column.type === "jsonb" ? "::text" : ""}`;
  return [
    ...(hasDefault ? [alterColumn(table, column, "drop default")] : []),
    alterColumn(table, column, `type ${type} using ${text}::${type}`),
    ...(column.default ? [alterColumn(table, column, `set default ${column.default.sql}`)] : []),
  ];
}

const TEXT = /^(?:text|varchar(?:\(\d+\))?)(?: collate .*)?$/;
const INTEGER = /^(?:smallint|integer|bigint)$/;

/** Whether the cast keeps every value or refuses. A cast to varchar(n) would cut, one of numeric round. */
function keepsValues(from: ColumnShape, to: ColumnShape): boolean {
  if (to.type === "text") {
    return TEXT.test(from.type) || INTEGER.test(from.type) || from.type === "uuid" || from.isEnum;
  }
  if (to.isEnum) return TEXT.test(from.type) || from.isEnum;
  if (to.type === "uuid") return TEXT.test(from.type);
  if (to.type === "jsonb") return TEXT.test(from.type) || from.type === "json";
  return INTEGER.test(to.type) && INTEGER.test(from.type);
}

export function addPart(table: string, part: PartShape): string {
  if (part.kind !== "index") {
    return alter(table, `add constraint ${quoteName(part.name)} ${part.sql}`);
  }
  const unique = part.text.startsWith("unique ") ? "unique " : "";
  return `create ${unique}index ${quoteName(part.name)} on ${part.sql};`;
}

export function dropPart(table: string, part: PartShape): string {
  return part.kind === "index"
    ? `drop index ${quoteOwn(part.name)};`
    : alter(table, `drop constraint ${quoteName(part.name)}`);
}

export function renamePart(table: string, part: PartShape, name: string): string {
  return part.kind === "index"
    ? `alter index ${quoteOwn(part.name)} rename to ${quoteName(name)};`
    : alter(table, `rename constraint ${quoteName(part.name)} to ${quoteName(name)}`);
}

/** One statement where possible, so that a refused new constraint leaves the old one. */
export function replacePart(table: string, found: PartShape, expected: PartShape): string {
  if (found.text === `${expected.text} not valid`) {
    return alter(table, `validate constraint ${quoteName(expected.name)}`);
  }
  if (found.kind === "index" || expected.kind === "index") {
    return `${dropPart(table, found)}\n${addPart(table, expected)}`;
  }
  return alter(
    table,
    `drop constraint ${quoteName(found.name)}, add constraint ${quoteName(expected.name)} ${expected.sql}`,
  );
}

/** A unique index becomes the constraint it stands for. */
export function adoptIndex(table: string, part: PartShape, index: PartShape): string {
  const using = `unique using index ${quoteName(index.name)}`;
  return alter(table, `add constraint ${quoteName(part.name)} ${using}`);
}

function alter(table: string, action: string): string {
  return `alter table ${quoteOwn(table)} ${action};`;
}

function alterColumn(table: string, column: ColumnShape, action: string): string {
  return alter(table, `alter column ${quoteName(column.name)} ${action}`);
}

/** A column that counts by a sequence of its own. */
function isSerial(column: ColumnShape): boolean {
  return column.default?.text.startsWith("nextval(") ?? false;
}

function columnSql(column: ColumnShape): string {
  const type = column.isEnum ? quoteOwn(column.type) : column.type;
  // The word makes the sequence and the default.
  const serial = isSerial(column) && type.replace("integer", "int").replace("int", "serial");
  return [
    quoteName(column.name),
    serial || type,
    column.generated && `generated ${column.generated.sql}`,
    column.default && !serial && `default ${column.default.sql}`,
    column.notNull && "not null",
  ]
    .filter(Boolean)
    .join(" ");
}
