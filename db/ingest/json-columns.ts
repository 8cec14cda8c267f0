/** A leaf of a JSON row: `["usage", "prompt_tokens"]` is shown as `usage.prompt_tokens`. */
export interface JsonColumn {
  name: string;
  path: string[];
}

const DEEPEST = 4;

/** The leaves of the first rows in order of appearance. Lists are leaves; deeper objects are left alone. */
export function jsonColumns(rows: readonly object[], most: number): JsonColumn[] {
  const found = new Map<string, JsonColumn>();
  for (const row of rows) collect(row, [], found, most);
  return [...found.values()];
}

function collect(
  value: object,
  path: string[],
  found: Map<string, JsonColumn>,
  most: number,
): void {
  for (const [key, entry] of Object.entries(value)) {
    if (found.size >= most) return;
    const here = [...path, key];
    const nested = typeof entry === "object" && entry !== null && !Array.isArray(entry);
    if (nested && here.length < DEEPEST) {
      collect(entry, here, found, most);
      continue;
    }
    const id = JSON.stringify(here);
    if (!found.has(id)) found.set(id, { name: here.join("."), path: here });
  }
}

/** The value at a path; undefined where the row lacks it. Only own keys count. */
export function valueAt(row: object, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** A row of JSON Lines, or null when it is not one JSON object. */
export function jsonObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
