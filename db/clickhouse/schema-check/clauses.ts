/** Reads the definitions that ClickHouse prints. Brackets and quotes are honoured, so that a name or a text with a keyword in it misleads nobody. */

/** Each character with whether it stands outside of brackets and quotes. */
function* outside(text: string): Generator<{ at: number; open: boolean }> {
  let depth = 0;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quote !== null) {
      if (character === "\\") at++;
      else if (character === quote) quote = null;
      continue;
    }
    if (character === "'" || character === "`" || character === '"') {
      quote = character;
      continue;
    }
    if (character === ")" || character === "]") depth--;
    if (depth === 0) yield { at, open: character === "(" };
    if (character === "(" || character === "[") depth++;
  }
}

/** Splits at commas outside of brackets. */
export function splitList(text: string): string[] {
  const items: string[] = [];
  let from = 0;
  for (const { at } of outside(text)) {
    if (text[at] !== ",") continue;
    items.push(text.slice(from, at).trim());
    from = at + 1;
  }
  const last = text.slice(from).trim();
  return last === "" ? items : [...items, last];
}

/** What stands in the first brackets: a table's columns and constraints. */
export function inFirstBrackets(text: string): string {
  let from = -1;
  for (const { at, open } of outside(text)) {
    if (open && from < 0) from = at + 1;
    else if (text[at] === ")" && from >= 0) return text.slice(from, at);
  }
  return "";
}

/** Cuts a definition before each of the keywords; what stands before the first is under `""`. */
export function splitClauses(text: string, keywords: readonly string[]): Map<string, string> {
  const clauses = new Map<string, string>();
  let [keyword, from] = ["", 0];
  for (const { at } of outside(text)) {
    const next = text[at - 1] === " " && keywords.find((word) => text.startsWith(`${word} `, at));
    if (!next) continue;
    clauses.set(keyword, text.slice(from, at).trim());
    [keyword, from] = [next, at + next.length];
  }
  return clauses.set(keyword, text.slice(from).trim());
}
