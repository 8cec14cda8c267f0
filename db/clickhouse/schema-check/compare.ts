import type { Drift } from "../../drift";
import type { LiveTable } from "./live";
import * as mend from "./mend";
import { columnText, type TableShape } from "./shape";

const NOTHING = "nothing";

/** Every difference, in the order in which the mending statements can be run one after the other. */
export function compareTables(
  expected: readonly TableShape[],
  found: readonly LiveTable[],
): Drift[] {
  const live = new Map(found.map((table) => [table.name, table]));
  const known = new Set(expected.map(({ name }) => name));
  return [
    ...expected.flatMap((table) => {
      const other = live.get(table.name);
      return other
        ? compareTable(table, other)
        : [difference(table.name, table.engine, NOTHING, mend.createTable(table))];
    }),
    ...found
      .filter(({ name, engine }) => !known.has(name) && !isAside(name, engine))
      .map(({ name, engine }) =>
        difference(name, NOTHING, `a table (${engine}) that no migration makes`, null),
      ),
  ];
}

/** The start's own tables, what a materialized view keeps for itself, and views, which hold nothing. */
function isAside(name: string, engine: string): boolean {
  return name.startsWith("netra_") || name.startsWith(".inner") || engine === "View";
}

function compareTable(expected: TableShape, found: LiveTable): Drift[] {
  const fixed = compareFixed(expected, found);
  const changeable = [
    ...compareColumns(expected, found),
    ...compareTtl(expected, found),
    ...compareConstraints(expected, found),
  ];
  if (fixed.length === 0) return changeable;
  // A table that is made anew is made right as a whole; statements for its parts would come too late.
  const anew = mend.makeAnew(expected, found);
  return [...fixed, ...changeable].map((drift) => ({ ...drift, mend: anew }));
}

/** What ClickHouse never changes in a table that stands. */
function compareFixed(expected: TableShape, found: LiveTable): Drift[] {
  const { name } = expected;
  const none = (key: string) => (key === "" ? "none" : `(${key})`);
  const aspects: ReadonlyArray<[string, string, string]> = [
    [`${name} engine`, expected.engine, found.engine],
    [`${name} partition key`, none(expected.partitionBy), none(found.partitionBy)],
    [`${name} primary key`, none(expected.primaryKey), none(found.primaryKey)],
    [`${name} order key`, none(expected.orderBy), none(found.orderBy)],
  ];
  const keyTypes = expected.columns.flatMap((column) => {
    const other = found.columns.find((one) => one.name === column.name);
    return other && other.type !== column.type && found.keyColumns.includes(column.name)
      ? [difference(`${name}.${column.name}`, columnText(column), columnText(other), null)]
      : [];
  });
  return [
    ...aspects
      .filter(([, wanted, there]) => wanted !== there)
      .map(([object, wanted, there]) => difference(object, wanted, there, null)),
    ...keyTypes,
  ];
}

function compareColumns(expected: TableShape, found: LiveTable): Drift[] {
  const live = new Map(found.columns.map((column) => [column.name, column]));
  const known = new Set(expected.columns.map(({ name }) => name));
  return [
    ...expected.columns.flatMap((column) => {
      const object = `${expected.name}.${column.name}`;
      const words = columnText(column);
      const other = live.get(column.name);
      if (!other) {
        return [difference(object, words, NOTHING, mend.addColumn(expected, column, found))];
      }
      const isFixed = found.keyColumns.includes(column.name) && other.type !== column.type;
      if (isFixed || columnText(other) === words) return [];
      return [difference(object, words, columnText(other), mend.mendColumn(found, column, other))];
    }),
    ...found.columns
      .filter(({ name }) => !known.has(name))
      .map((column) =>
        difference(
          `${expected.name}.${column.name}`,
          NOTHING,
          columnText(column),
          mend.dropColumn(found, column),
        ),
      ),
  ];
}

function compareTtl(expected: TableShape, found: LiveTable): Drift[] {
  if (expected.ttl === found.ttl) return [];
  const words = (ttl: string) => (ttl === "" ? "none" : ttl);
  return [
    difference(
      `${expected.name} TTL`,
      words(expected.ttl),
      words(found.ttl),
      mend.setTtl(expected),
    ),
  ];
}

function compareConstraints(expected: TableShape, found: LiveTable): Drift[] {
  const { name } = expected;
  const nameOf = (constraint: string) => constraint.split(" ")[1] ?? "";
  return [
    ...found.constraints
      .filter((one) => !expected.constraints.includes(one))
      .map((one) =>
        difference(
          `${name} constraint ${nameOf(one)}`,
          NOTHING,
          one,
          mend.dropConstraint(name, one),
        ),
      ),
    ...expected.constraints
      .filter((one) => !found.constraints.includes(one))
      .map((one) =>
        difference(
          `${name} constraint ${nameOf(one)}`,
          one,
          NOTHING,
          mend.addConstraint(name, one),
        ),
      ),
  ];
}

function difference(
  object: string,
  expected: string,
  found: string,
  mending: string | null,
): Drift {
  return { store: "clickhouse", object, expected, found, mend: mending };
}
