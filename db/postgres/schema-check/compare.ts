import type { Drift } from "../../drift";
import { compareFunctions } from "./compare-functions";
import { compareParts } from "./compare-parts";
import * as mend from "./mend";
import { difference, NOTHING, type Ranked, ranks } from "./ranked";
import { describeColumn, type EnumShape, type SchemaShape, type TableShape } from "./shape";
import { quoteOwn, quoteText } from "./spelling";

/** Every difference, in the order in which the mending statements can be run one after the other. */
export function compareSchemas(expected: SchemaShape, found: SchemaShape): Drift[] {
  const ranked = [
    ...compareEnums(expected, found),
    ...compareFunctions(expected, found),
    ...compareTables(expected, found),
  ];
  return ranked.sort((a, b) => a.rank - b.rank).map(({ drift }) => drift);
}

function compareEnums(expected: SchemaShape, found: SchemaShape): Ranked[] {
  const live = byName(found.enums);
  const known = byName(expected.enums);
  const missingOrChanged = expected.enums.flatMap((one) => {
    const other = live.get(one.name);
    if (!other) {
      return [
        difference(ranks.enum, `enum ${one.name}`, [listed(one), NOTHING], mend.createEnum(one)),
      ];
    }
    if (listed(other) === listed(one)) return [];
    const columns = expected.tables.flatMap((table) =>
      table.columns
        .filter(
          (column) => column.type === one.name && usesEnum(found, table.name, column.name, one),
        )
        .map((column) => ({ table: table.name, column })),
    );
    const mending = mend.mendEnum(one, other, columns);
    return [difference(ranks.enum, `enum ${one.name}`, [listed(one), listed(other)], mending)];
  });
  const extra = found.enums
    .filter((one) => !known.has(one.name))
    .map((one) =>
      difference(
        ranks["extra enum"],
        `enum ${one.name}`,
        [NOTHING, listed(one)],
        `drop type ${quoteOwn(one.name)};`,
      ),
    );
  return [...missingOrChanged, ...extra];
}

/** Whether the live column has the type; one that has not is mended by itself. */
function usesEnum(found: SchemaShape, table: string, column: string, type: EnumShape): boolean {
  const columns = found.tables.find(({ name }) => name === table)?.columns ?? [];
  return columns.some(({ name, type: its }) => name === column && its === type.name);
}

function compareTables(expected: SchemaShape, found: SchemaShape): Ranked[] {
  const live = byName(found.tables);
  const known = byName(expected.tables);
  return [
    ...expected.tables.flatMap((table) => compareTable(table, live.get(table.name))),
    ...found.tables
      // Views hold nothing and stand in nobody's way.
      .filter(({ name, kind }) => !known.has(name) && kind.endsWith("table"))
      .map(({ name, kind }) =>
        difference(ranks.table, name, [NOTHING, `${kind} that no migration makes`], null),
      ),
  ];
}

function compareTable(expected: TableShape, found: TableShape | undefined): Ranked[] {
  const { name } = expected;
  if (!found) {
    return [
      difference(ranks.table, name, [expected.kind, NOTHING], mend.createTable(expected)),
      ...compareParts(
        name,
        expected.parts.filter(({ kind }) => kind === "foreign key"),
        [],
      ),
    ];
  }
  const differences: Ranked[] = [];
  if (found.kind !== expected.kind) {
    const unlogged = found.kind === "an unlogged table";
    const mending = unlogged ? mend.setLogged(name) : null;
    differences.push(difference(ranks.table, name, [expected.kind, found.kind], mending));
    if (!unlogged) return differences;
  }
  if (found.rowSecurity !== expected.rowSecurity) {
    const word = (on: boolean) => `row level security ${on ? "on" : "off"}`;
    const mending = mend.setRowSecurity(name, expected.rowSecurity);
    const words: [string, string] = [word(expected.rowSecurity), word(found.rowSecurity)];
    differences.push(difference(ranks.table, name, words, mending));
  }
  return [
    ...differences,
    ...compareColumns(expected, found),
    ...compareParts(name, expected.parts, found.parts),
  ];
}

function compareColumns(expected: TableShape, found: TableShape): Ranked[] {
  const live = byName(found.columns);
  const known = byName(expected.columns);
  const table = expected.name;
  return [
    ...expected.columns.flatMap((column) => {
      const other = live.get(column.name);
      const words = describeColumn(column);
      const object = `${table}.${column.name}`;
      if (!other) {
        return [difference(ranks.column, object, [words, NOTHING], mend.addColumn(table, column))];
      }
      const otherWords = describeColumn(other);
      if (words === otherWords) return [];
      const mending = mend.mendColumn(table, column, other);
      return [difference(ranks.column, object, [words, otherWords], mending)];
    }),
    ...found.columns
      .filter(({ name }) => !known.has(name))
      .map((column) =>
        difference(
          ranks.column,
          `${table}.${column.name}`,
          [NOTHING, describeColumn(column)],
          mend.dropColumn(table, column),
        ),
      ),
  ];
}

function byName<Named extends { name: string }>(list: readonly Named[]): Map<string, Named> {
  return new Map(list.map((one) => [one.name, one]));
}

function listed({ values }: EnumShape): string {
  return `(${values.map(quoteText).join(", ")})`;
}
