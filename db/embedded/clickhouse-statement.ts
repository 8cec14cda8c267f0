/** What the endpoint must know of a statement; the engine parses the rest. */
export interface Statement {
  /** `select` also stands for WITH and a bracketed SELECT: what the engine can stream. */
  kind: "select" | "insert" | "other" | "empty";
  /** The name behind the FORMAT that ends the statement, or that announces an insert's data. */
  format: string | null;
  /** More than one statement, which ClickHouse refuses over HTTP. */
  isMultiple: boolean;
}

interface Token {
  text: string;
  depth: number;
}

/**
 * Reads a statement's first word, its FORMAT and whether another statement follows. Strings, quoted
 * names, comments and here-documents are skipped. Behind the FORMAT or VALUES of an insert stands
 * data, where reading stops.
 */
export function describeStatement(sql: string): Statement {
  let first: string | null = null;
  let previous = "";
  let format: string | null = null;
  let isFormatSettled = false;
  let hasEnded = false;
  for (const token of tokens(sql)) {
    if (hasEnded) return { kind: kindOf(first), format, isMultiple: true };
    if (token.text === ";") {
      hasEnded = first !== null;
      continue;
    }
    if (first === null) {
      if (token.text === "(") continue;
      first = token.text.toUpperCase();
    }
    const isTop = token.depth === 0;
    // `SELECT format FROM t` names a column: behind a real FORMAT comes nothing else.
    if (format !== null && !/^(SETTINGS|INTO)$/i.test(token.text) && !isFormatSettled)
      format = null;
    else if (format !== null) isFormatSettled = true;
    if (isTop && previous.toUpperCase() === "FORMAT" && /^\w+$/.test(token.text)) {
      if (first === "INSERT") return { kind: "insert", format: token.text, isMultiple: false };
      format = token.text;
    }
    if (isTop && first === "INSERT" && token.text.toUpperCase() === "VALUES") {
      return { kind: "insert", format: "Values", isMultiple: false };
    }
    previous = isTop ? token.text : "";
  }
  return { kind: kindOf(first), format, isMultiple: false };
}

function kindOf(first: string | null): Statement["kind"] {
  if (first === null) return "empty";
  if (first === "SELECT" || first === "WITH") return "select";
  return first === "INSERT" ? "insert" : "other";
}

const skipped =
  /\s+|--[^\n]*|#[ !][^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)|(\$\w*\$)[\s\S]*?(?:\1|$)|'(?:[^'\\]|\\[\s\S]|'')*'?|`(?:[^`\\]|\\[\s\S]|``)*`?|"(?:[^"\\]|\\[\s\S]|"")*"?/y;
const word = /[\p{L}\p{N}_]+|[\s\S]/uy;

function* tokens(sql: string): Generator<Token> {
  let depth = 0;
  for (let at = 0; at < sql.length; ) {
    skipped.lastIndex = at;
    const skip = skipped.exec(sql);
    if (skip) {
      at = skipped.lastIndex;
      // A quoted piece still parts the words around it.
      if (!/^[\s\-#/]/.test(skip[0])) yield { text: "''", depth };
      continue;
    }
    word.lastIndex = at;
    const text = word.exec(sql)?.[0] ?? "";
    at += text.length || 1;
    if (text === ")" || text === "]" || text === "}") depth--;
    yield { text, depth };
    if (text === "(" || text === "[" || text === "{") depth++;
  }
}

/** Formats whose documents are rows one after another, with the number of heading lines in each. */
const headingLinesByFormat: Record<string, number> = {
  jsoneachrow: 0,
  jsonlines: 0,
  ndjson: 0,
  jsonstringseachrow: 0,
  jsoncompacteachrow: 0,
  jsoncompactstringseachrow: 0,
  jsoncompacteachrowwithnames: 1,
  jsoncompacteachrowwithnamesandtypes: 2,
  jsoncompactstringseachrowwithnames: 1,
  jsoncompactstringseachrowwithnamesandtypes: 2,
  csv: 0,
  tabseparated: 0,
  tsv: 0,
  tabseparatedraw: 0,
  tsvraw: 0,
  tabseparatedwithnames: 1,
  tsvwithnames: 1,
  tabseparatedwithnamesandtypes: 2,
  tsvwithnamesandtypes: 2,
  rowbinary: 0,
  native: 0,
};

/**
 * The engine renders every block of a stream as a document of its own. For these formats the
 * documents may be joined once the heading lines of all but the first are cut off; `null` for the
 * others, whose results cannot be streamed.
 */
export function streamHeadingLines(format: string): number | null {
  return headingLinesByFormat[format.toLowerCase()] ?? null;
}

/** A string literal of ClickHouse's SQL. */
export function quoteText(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&").replaceAll("\0", "\\0")}'`;
}

/** A quoted name of ClickHouse's SQL. */
export function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, "\\$&").replaceAll("\0", "\\0")}\``;
}
