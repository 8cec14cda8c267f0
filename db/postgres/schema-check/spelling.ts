/** One spelling for types and expressions that drizzle, PostgreSQL 15 and PostgreSQL 18 write differently. */

const typeNames: ReadonlyArray<[RegExp, string]> = [
  [/^public\./, ""],
  [/\s+\(/g, "("],
  [/,\s+/g, ","],
  [/\bcharacter varying\b/, "varchar"],
  [/\bcharacter\b/, "char"],
  [/ without time zone\b/, ""],
  [/"/g, ""],
];

export function spellType(type: string): string {
  return typeNames.reduce((text, [from, to]) => text.replace(from, to), type.trim());
}

/** `interval '1 day'` is printed as `'1 day'::interval`. */
const TYPE_BEFORE_TEXT = /\b(?:interval|date|time|timetz|timestamp|timestamptz)\s*$/i;

/** Texts in quotes, which no rule may touch, and what stands between them. */
const QUOTED = /('(?:[^']|'')*')/;

/**
 * An expression without the casts, quotes, blanks and grouping brackets in which spellings differ.
 * Grouping goes altogether: a condition that differs by nothing else passes as the same.
 */
export function spellExpression(sql: string, table?: string): string {
  const calls: boolean[] = [];
  return sql
    .split(QUOTED)
    .map((piece, place) =>
      place % 2 === 1
        ? piece
        : withoutGrouping(spellCode(piece.replace(TYPE_BEFORE_TEXT, ""), table), calls),
    )
    .join(" ")
    .replace(/\s+/g, " ")
    .replace(/\( /g, "(")
    .replace(/ ([),])/g, "$1")
    .trim();
}

/** A bracket that follows a name at once belongs to a call and stays. `calls` are the open ones. */
function withoutGrouping(code: string, calls: boolean[]): string {
  return code.replace(/(\w?)([()])/g, (_, before: string, bracket: string) => {
    if (bracket === "(") calls.push(before !== "");
    const isCall = bracket === "(" ? before !== "" : (calls.pop() ?? false);
    return `${before}${isCall ? bracket : " "}`;
  });
}

const CAST =
  /::\s*(?:"?\w+"?\.)?(?:character varying|double precision|(?:timestamp|time)(?:\(\d+\))? with(?:out)? time zone|"[^"]+"|\w+)(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*/g;

function spellCode(code: string, table: string | undefined): string {
  const bare = code.replace(CAST, "").replaceAll('"', "").toLowerCase();
  const local = table === undefined ? bare : bare.replaceAll(`${table.toLowerCase()}.`, "");
  return local.replace(/[-+*/<>=~!@#%^&|]+/g, " $& ").replace(/,/g, ", ");
}

/** A default: a JSON value in one order of keys, a negative or quoted number bare, else the expression. */
export function spellDefault(sql: string, type: string): string {
  const text = spellExpression(sql).replace(/^- (?=\d)/, "-");
  const literal = /^'((?:[^']|'')*)'$/.exec(text)?.[1]?.replaceAll("''", "'");
  if (literal === undefined) return text;
  if (/^(?:smallint|integer|bigint|real|double precision|numeric)/.test(type)) return literal;
  if (/^jsonb?$/.test(type)) return quoteText(sortedJson(literal));
  return text;
}

function sortedJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return text;
  }
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The schema is named, so that a statement means the same whatever the session's search path is. */
export function quoteOwn(name: string): string {
  return `"public".${quoteName(name)}`;
}
