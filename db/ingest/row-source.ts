import { EXPECTED_COLUMNS } from "./column-names";
import { csvCells } from "./csv-cells";
import { type Cell, Fault } from "./fault";
import { JsonArraySplitter } from "./json-array-splitter";
import { jsonColumns, jsonObject, valueAt } from "./json-columns";
import { LineSplitter } from "./line-splitter";
import { IMPORT_LIMITS } from "./options";
import { makePlan, type Plan } from "./plan";
import type { RawRow, RowSplitter } from "./raw-row";
import type { FileProblem } from "./receipt";
import type { Sniffed } from "./sniff";

/** A data row: its values (by column for CSV, as an object for JSON), or why it has none. */
export interface DataRow {
  line: number;
  values: readonly string[] | object | Fault;
}

const PLANNED_ROWS = 200;

/** Reads the rows of one file as blocks of it arrive, and plans from the first of them how they become calls. */
export class RowSource {
  private readonly splitter: RowSplitter;
  private readonly strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private readonly lenient = new TextDecoder("utf-8", { ignoreBOM: true });
  private header: string[] | null = null;
  private paths: string[][] = [];
  private used: number[] = [];
  /** True when the file does not end with a line end, so that its last row may be cut. */
  endsOpen = false;
  /** Set when the header makes the rest unreadable. */
  problem: FileProblem | null = null;

  constructor(private readonly sniffed: Sniffed) {
    const limit = IMPORT_LIMITS.rowBytes;
    this.splitter =
      sniffed.format === "json"
        ? new JsonArraySplitter(limit)
        : new LineSplitter(
            sniffed.format === "jsonl" ? null : sniffed.delimiter.charCodeAt(0),
            limit,
          );
  }

  push(block: Uint8Array): DataRow[] {
    return this.understand(this.splitter.push(block));
  }

  end(): DataRow[] {
    return this.understand(this.splitter.end());
  }

  /** From the first good rows; null when there is none to plan from. */
  plan(rows: readonly DataRow[]): Plan | null {
    const good = rows.flatMap(({ values }) => (values instanceof Fault ? [] : [values]));
    const first = good.slice(0, PLANNED_ROWS);
    if (this.isTable()) {
      if (this.header === null) return null;
      return makePlan(
        this.header.map((name) => [name]),
        first.map((values) => (Array.isArray(values) ? values : [])),
      );
    }
    if (first.length === 0) return null;
    this.paths = jsonColumns(first, IMPORT_LIMITS.columns).map(({ path }) => path);
    const plan = makePlan(
      this.paths,
      first.map((row) => this.paths.map((path) => valueAt(row, path))),
    );
    this.used = Object.values(plan.fields).flatMap((columns) => columns.map(({ index }) => index));
    return plan;
  }

  /** Values in the order of the plan's columns; for JSON only those that feed a field. */
  cells(values: readonly string[] | object): readonly Cell[] {
    if (Array.isArray(values)) return values;
    const cells: Cell[] = new Array(this.paths.length);
    for (const index of this.used) cells[index] = valueAt(values, this.paths[index] ?? []);
    return cells;
  }

  /** All values in the order of the plan's columns. */
  allCells(values: readonly string[] | object): readonly Cell[] {
    return Array.isArray(values) ? values : this.paths.map((path) => valueAt(values, path));
  }

  private isTable(): boolean {
    return this.sniffed.format === "csv" || this.sniffed.format === "tsv";
  }

  private understand(raw: RawRow[]): DataRow[] {
    return this.isTable() ? this.tableRows(raw) : raw.flatMap((row) => this.jsonRow(row));
  }

  private jsonRow(raw: RawRow): DataRow[] {
    const text = raw.kind === "row" ? this.decode(raw.bytes) : null;
    if (raw.kind === "flaw") return [{ line: raw.line, values: this.flaw(raw) }];
    if (text === null) return [{ line: raw.line, values: this.notUtf8(raw.bytes, null) }];
    if (text.trim() === "") return [];
    if (!raw.ended) this.endsOpen = true;
    const value = jsonObject(text);
    if (value !== null) return [{ line: raw.line, values: value }];
    const fault = raw.ended
      ? new Fault("not-json", "not one JSON object", text, null)
      : new Fault("row-cut-short", "the file ends in the middle of this row", text, null);
    return [{ line: raw.line, values: fault }];
  }

  private tableRows(raw: RawRow[]): DataRow[] {
    const rows = this.header === null ? this.takeHeader(raw) : raw;
    const texts = rows.map((row) => (row.kind === "row" ? this.decode(row.bytes) : null));
    const cells = csvCells(
      texts.map((text) => text ?? ""),
      this.sniffed.delimiter,
    );
    return rows.flatMap((row, index) => {
      if (row.kind === "flaw") return [{ line: row.line, values: this.flaw(row) }];
      const text = texts[index] ?? null;
      if (text === null) {
        return [{ line: row.line, values: this.notUtf8(row.bytes, this.header) }];
      }
      if (text.trim() === "") return [];
      if (!row.ended) this.endsOpen = true;
      return [{ line: row.line, values: this.tableRow(cells[index] ?? null, text, row.ended) }];
    });
  }

  private tableRow(cells: string[] | null, text: string, ended: boolean): string[] | Fault {
    if (cells === null) {
      return new Fault("broken-quotes", "quotes do not pair up", text, null);
    }
    const expected = this.header?.length ?? 0;
    if (cells.length === expected) return cells;
    if (cells.length > expected && cells.slice(expected).every((cell) => cell.trim() === "")) {
      return cells;
    }
    if (cells.length < expected && !ended) {
      return new Fault("row-cut-short", "the file ends in the middle of this row", text, null);
    }
    const counts = `${cells.length} values where line 1 names ${expected} columns`;
    return new Fault("wrong-column-count", counts, text, null);
  }

  /** Takes the first row that is not blank as the header; the rest are data. */
  private takeHeader(raw: RawRow[]): RawRow[] {
    for (let index = 0; index < raw.length; index += 1) {
      const row = raw[index];
      if (row === undefined) continue;
      if (row.kind === "flaw") {
        this.problem = headerFlaw(row.reason);
        return [];
      }
      const text = this.lenient.decode(row.bytes);
      if (text.trim() === "") continue;
      const [cells] = csvCells([text], this.sniffed.delimiter);
      if (!cells) {
        this.problem = headerFlaw("broken-quotes");
        return [];
      }
      this.header = cells.map((name) => name.trim());
      if (this.header.length > IMPORT_LIMITS.columns) {
        this.problem = {
          code: "too-many-columns",
          text: `Line 1 names ${this.header.length.toLocaleString("en-US")} columns; Netra takes up to ${IMPORT_LIMITS.columns.toLocaleString("en-US")}.`,
          hint: "Export only the columns about calls: time, model, tokens, latency and the like.",
        };
        return [];
      }
      return raw.slice(index + 1);
    }
    return [];
  }

  private decode(bytes: Uint8Array): string | null {
    try {
      return this.strict.decode(bytes);
    } catch {
      return null;
    }
  }

  private notUtf8(bytes: Uint8Array, header: string[] | null): Fault {
    const text = this.lenient.decode(bytes);
    const cells = header === null ? null : csvCells([text], this.sniffed.delimiter)[0];
    const place = cells?.findIndex((cell) => cell.includes("\uFFFD")) ?? -1;
    const column = place === -1 ? null : (header?.[place] ?? null);
    const value = place === -1 ? text : (cells?.[place] ?? text);
    return new Fault("not-utf8", "not valid UTF-8 text", value, column);
  }

  private flaw(raw: RawRow & { kind: "flaw" }): Fault {
    return new Fault(raw.reason, FLAW_TEXTS[raw.reason], this.lenient.decode(raw.start), null);
  }
}

const FLAW_TEXTS = {
  "row-too-long": "longer than 1 MiB",
  "broken-quotes": "quotes do not pair up",
  "not-json": "not one JSON object",
  "row-cut-short": "the file ends in the middle of this row",
} as const;

function headerFlaw(reason: keyof typeof FLAW_TEXTS): FileProblem {
  if (reason === "row-too-long") {
    return {
      code: "header-too-long",
      text: "Line 1, which should name the columns, is longer than 1 MiB.",
      hint: `A header is short and ends with a line end. Expected ${EXPECTED_COLUMNS}.`,
    };
  }
  return {
    code: "wrong-header",
    text: `Line 1, which should name the columns, cannot be read: ${FLAW_TEXTS[reason]}. Expected ${EXPECTED_COLUMNS}.`,
    hint: "Check the quotes of the first line.",
  };
}

/** What to say when no row of a JSON file could be read. */
export const NO_JSON_ROWS: FileProblem = {
  code: "wrong-shape",
  text: "The file starts like JSON, but none of its first rows is one JSON object.",
  hint: "Write one object per line (JSON Lines), or one array of objects.",
};
