import { joinBytes, type RawRow, type RowSplitter, SHOWN_START_BYTES } from "./raw-row";

const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const NOTHING = new Uint8Array(0);

/**
 * Finds the elements of one JSON array of objects, `[{…}, {…}]`, as rows, without holding more than one of them.
 * What an element holds is for `JSON.parse`. An element above `rowBytes` is skipped by counting its brackets.
 */
export class JsonArraySplitter implements RowSplitter {
  private rest: Uint8Array = NOTHING;
  private line = 1;
  private place: "before" | "between" | "inside" | "after" = "before";
  private depth = 0;
  private inText = false;
  private escaped = false;
  private rowLine = 1;
  private tooLong = false;

  constructor(private readonly rowBytes: number) {}

  push(block: Uint8Array): RawRow[] {
    const rows: RawRow[] = [];
    const scanFrom = this.rest.length;
    const buffer = joinBytes(this.rest, block);
    let start = this.place === "inside" && !this.tooLong ? 0 : -1;
    for (let position = scanFrom; position < buffer.length; position += 1) {
      const byte = buffer[position] ?? 0;
      if (byte === NEWLINE) this.line += 1;
      if (this.place === "inside") {
        if (this.closesElement(byte)) {
          const end = byte === CLOSE_OBJECT || byte === CLOSE_LIST ? position + 1 : position;
          if (!this.tooLong && start !== -1) this.take(rows, buffer.subarray(start, end));
          this.place = byte === CLOSE_LIST && this.depth < 0 ? "after" : "between";
          this.depth = 0;
          this.tooLong = false;
          start = -1;
        } else if (!this.tooLong && position - start > this.rowBytes) {
          rows.push(this.flaw("row-too-long", buffer.subarray(start)));
          this.tooLong = true;
          start = -1;
        }
      } else if (this.place !== "after" && byte > 32 && byte !== COMMA) {
        if (this.place === "before" && byte === OPEN_LIST) this.place = "between";
        else if (this.place === "between" && byte === CLOSE_LIST) this.place = "after";
        else {
          this.place = "inside";
          this.rowLine = this.line;
          start = position;
          this.depth = byte === OPEN_OBJECT || byte === OPEN_LIST ? 1 : 0;
          this.inText = byte === QUOTE;
          this.escaped = false;
        }
      }
    }
    this.rest = start === -1 ? NOTHING : buffer.subarray(start);
    return rows;
  }

  end(): RawRow[] {
    const unfinished = this.place === "inside" && !this.tooLong;
    return unfinished ? [this.flaw("row-cut-short", this.rest)] : [];
  }

  /** Follows one byte of an element; true when the element ends with (or, for a bare value, before) it. */
  private closesElement(byte: number): boolean {
    if (this.inText) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inText = false;
      return false;
    }
    if (byte === QUOTE) this.inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      this.depth -= 1;
      return this.depth <= 0;
    } else if (byte === COMMA) return this.depth === 0;
    return false;
  }

  private take(rows: RawRow[], bytes: Uint8Array): void {
    if (bytes[0] === OPEN_OBJECT)
      rows.push({ kind: "row", line: this.rowLine, bytes, ended: true });
    else rows.push(this.flaw("not-json", bytes));
  }

  private flaw(reason: "row-too-long" | "not-json" | "row-cut-short", bytes: Uint8Array): RawRow {
    return { kind: "flaw", line: this.rowLine, reason, start: bytes.slice(0, SHOWN_START_BYTES) };
  }
}
