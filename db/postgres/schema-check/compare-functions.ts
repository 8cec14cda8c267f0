import { mendFunction, recompute } from "./mend";
import { difference, NOTHING, type Ranked, ranks } from "./ranked";
import type { FunctionShape, SchemaShape, TableShape } from "./shape";

/**
 * Functions that the schema's columns call. Others are not looked at: they stand in nobody's way. What
 * was stored by another body is computed again.
 */
export function compareFunctions(expected: SchemaShape, found: SchemaShape): Ranked[] {
  return expected.functions.flatMap((one) => {
    const live = found.functions.find(({ name }) => name === one.name);
    const object = `function ${one.name}`;
    if (!live) {
      const words: [string, string] = [wordsOf(one, "all"), NOTHING];
      return [difference(ranks.function, object, words, mendFunction(one))];
    }
    const differs = {
      promise: one.promise !== live.promise,
      body: one.body.text !== live.body.text,
    };
    if (!differs.promise && !differs.body) return [];
    const part = differs.promise && differs.body ? "all" : differs.body ? "body" : "promise";
    const words: [string, string] = [wordsOf(one, part), wordsOf(live, part)];
    if (resultOf(one) !== resultOf(live)) return [difference(ranks.function, object, words, null)];
    const again = differs.body
      ? found.tables.flatMap((table) => storedBy(one, expected, table))
      : [];
    const mending = [mendFunction(one), ...again].join("\n");
    return [difference(ranks.function, object, words, mending)];
  });
}

function wordsOf({ promise, body }: FunctionShape, part: "all" | "promise" | "body"): string {
  return [part !== "body" && promise, part !== "promise" && body.text].filter(Boolean).join(" ");
}

/** `create or replace` gives a function everything but another result. */
function resultOf({ promise }: FunctionShape): string {
  return promise.replace(/ language .*$/, "");
}

/** What computes a live table's columns again that this function filled, if it has any. */
function storedBy(one: FunctionShape, expected: SchemaShape, live: TableShape): string[] {
  const call = `${one.name.replace(/\(.*$/, "")}(`;
  const columns = expected.tables.find(({ name }) => name === live.name)?.columns ?? [];
  const filled = columns.filter(
    ({ name, generated }) =>
      generated?.text.includes(call) && live.columns.some((other) => other.name === name),
  );
  const sources = columns.filter(
    ({ name, generated }) =>
      !generated &&
      filled.some((column) => new RegExp(`\\b${name}\\b`).test(column.generated?.text ?? "")),
  );
  return sources.length === 0 ? [] : [recompute(live.name, sources)];
}
