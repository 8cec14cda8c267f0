/**
 * A Postgres schema reduced to what can be compared: both the drizzle schema and the catalogue of a
 * live server are brought into this form, with one spelling for everything that has several.
 */
export interface SchemaShape {
  enums: EnumShape[];
  functions: FunctionShape[];
  tables: TableShape[];
}

export interface FunctionShape {
  /** Name and parameters: `search_words(plain text)`. */
  name: string;
  /** What it promises: `returns tsvector language sql immutable parallel safe`. */
  promise: string;
  /** What it does. */
  body: Expression;
}

export interface EnumShape {
  name: string;
  /** In their order, which is the order of comparison. */
  values: string[];
}

export interface TableShape {
  name: string;
  /** `a table`, or what stands in its place: `a view`, `an unlogged table`. */
  kind: string;
  rowSecurity: boolean;
  columns: ColumnShape[];
  /** Constraints and indexes. The index behind a constraint is not listed besides. */
  parts: PartShape[];
}

export interface ColumnShape {
  name: string;
  type: string;
  /** Whether the type is an enum. */
  isEnum: boolean;
  notNull: boolean;
  /** An SQL expression. */
  default: Expression | null;
  /** `by default as identity`, `always as (…) stored`. */
  generated: Expression | null;
}

export type PartKind = "primary key" | "unique" | "foreign key" | "check" | "index" | "exclusion";

/** A constraint or an index. */
export interface PartShape {
  kind: PartKind;
  name: string;
  /** What it is, without its name: `unique (id, workspace_id)`. Equal texts mean equal parts. */
  text: string;
  /** The same as SQL; what follows `add constraint <name>` or `create index <name>`. */
  sql: string;
  /** Of a plain unique index: the columns, joined, of the constraint that it could become. */
  couldBeUniqueOn?: string;
}

/** SQL of a schema or catalogue, and one spelling of it to compare and to show. */
export interface Expression {
  text: string;
  sql: string;
}

/** `text not null default 'rule'` */
export function describeColumn(column: ColumnShape): string {
  return [
    column.type,
    column.generated && `generated ${column.generated.text}`,
    column.notNull && "not null",
    column.default && `default ${column.default.text}`,
  ]
    .filter(Boolean)
    .join(" ");
}
