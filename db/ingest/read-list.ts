import { type Cell, cellText, Fault } from "./fault";

const UNSIGNED = /^\d{1,20}$/;
const LARGEST = 18_446_744_073_709_551_615n;

/** Prefix-block ids: a JSON list, or text with a JSON list or ids apart by blanks, commas or bars. */
export function readBlocks(cell: Cell, column: string): string[] | Fault {
  const list = Array.isArray(cell) ? cell : listOf(cellText(cell));
  const blocks: string[] = new Array(list.length);
  for (let index = 0; index < list.length; index += 1) {
    const block = blockId(list[index]);
    if (block === null) {
      const wanted = "not a list of unsigned 64-bit block ids";
      return new Fault("not-a-list", wanted, cellText(cell).slice(0, 200), column);
    }
    blocks[index] = block;
  }
  return blocks;
}

function listOf(text: string): unknown[] {
  const inner = text
    .trim()
    .replace(/^[[{(]/, "")
    .replace(/[\])}]$/, "")
    .trim();
  return inner === "" ? [] : inner.split(/\s*[,;|]\s*|\s+/).map((id) => id.replaceAll(/["']/g, ""));
}

function blockId(value: unknown): string | null {
  if (typeof value === "number") {
    // Above 2^53 the JSON reader has already rounded: two different blocks could look equal.
    return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  }
  if (typeof value !== "string" || !UNSIGNED.test(value)) return null;
  return value.length < 20 || BigInt(value) <= LARGEST ? value : null;
}

const MOST_TAGS = 32;
const LONGEST_TAG = 200;

/** Adds the scalar tags of a cell: a JSON object by its keys, other text under the column's own name. */
export function addTags(cell: Cell, name: string, tags: Array<[string, string]>): void {
  const value =
    typeof cell === "string" && cell.trimStart().startsWith("{") ? objectOf(cell) : cell;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, entry] of Object.entries(value)) addTag(key, entry, tags);
    return;
  }
  addTag(name, value, tags);
}

/** Long texts are no tags (they may be prompts) and are left out; the import says so. */
function addTag(key: string, value: unknown, tags: Array<[string, string]>): void {
  if (value === null || value === undefined || tags.length >= MOST_TAGS) return;
  const text = cellText(value)
    .trim()
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, " ");
  if (text === "" || text.length > LONGEST_TAG || key.length > LONGEST_TAG) return;
  tags.push([key.replaceAll(/[\p{Cc}\p{Cs}]/gu, " "), text]);
}

function objectOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
