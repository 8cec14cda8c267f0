import { addPart, adoptIndex, dropPart, renamePart, replacePart } from "./mend";
import { difference, NOTHING, type Ranked, ranks } from "./ranked";
import type { PartShape } from "./shape";

/** Compares a table's constraints and indexes: by name, then, for what is left, by what they are. */
export function compareParts(
  table: string,
  expected: readonly PartShape[],
  found: readonly PartShape[],
): Ranked[] {
  const known = new Set(expected.map(keyOf));
  const live = new Map(found.map((part) => [keyOf(part), part]));
  const unknown = new Set(found.filter((part) => !known.has(keyOf(part))));
  const take = (fits: (part: PartShape) => boolean): PartShape | undefined => {
    const taken = [...unknown].find(fits);
    if (taken) unknown.delete(taken);
    return taken;
  };

  const missingOrChanged = expected.flatMap((part) => {
    const differs = (words: string, mend: string) => [
      difference(ranks[part.kind], objectOf(table, part), [part.text, words], mend),
    ];
    const same = live.get(keyOf(part));
    if (same)
      return same.text === part.text ? [] : differs(same.text, replacePart(table, same, part));
    const renamed = take((other) => other.kind === part.kind && other.text === part.text);
    if (renamed) {
      return differs(`it named ${renamed.name}`, renamePart(table, renamed, part.name));
    }
    const index = take((other) => part.kind === "unique" && other.couldBeUniqueOn === part.text);
    if (index) {
      return differs(`only the index ${index.name}`, adoptIndex(table, part, index));
    }
    return differs(NOTHING, addPart(table, part));
  });
  const extra = [...unknown].map((part) =>
    difference(
      part.kind === "foreign key" ? ranks["extra foreign key"] : ranks[part.kind],
      objectOf(table, part),
      [NOTHING, part.text],
      dropPart(table, part),
    ),
  );
  // What goes makes room for what comes: names are shared among the constraints of a table.
  return [...extra, ...missingOrChanged];
}

function keyOf({ kind, name }: PartShape): string {
  return `${kind === "index" ? "index" : "constraint"} ${name}`;
}

function objectOf(table: string, { kind, name }: PartShape): string {
  return `${table} ${kind} ${name}`;
}
