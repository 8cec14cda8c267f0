import { joinBytes, type RawRow, type RowSplitter, SHOWN_START_BYTES } from "./raw-row";

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const NOTHING = new Uint8Array(0);

type RowEnd =
  /** `end` is the row's last byte + 1, `next` the first byte of the following row. */
  | { state: "ended"; end: number; next: number }
  /** More bytes are needed to tell. */
  | { state: "open" }
  /** A quoted value is followed by something that is neither a delimiter nor a line end. */
  | { state: "broken" };

/**
 * Finds where rows start and end; what stands inside a row is for `csv-cells` and `JSON.parse`.
 * This is apart from the CSV parser because a parser that meets a stray quote swallows the rest of the file, and one
 * that meets a row without end swallows the memory. Here a row with a quote that never closes costs its first line
 * only, and reading goes on at the next one; a row above `rowBytes` is dropped while it arrives.
 */
export class LineSplitter implements RowSplitter {
  private rest: Uint8Array = NOTHING;
  private line = 1;
  /** Dropping the remainder of a row that was too long. */
  private skipping = false;

  constructor(
    /** Byte between values, when values may be quoted and span lines; null when a line is a row. */
    private readonly delimiter: number | null,
    private readonly rowBytes: number,
  ) {}

  push(block: Uint8Array): RawRow[] {
    return this.split(joinBytes(this.rest, block), false);
  }

  end(): RawRow[] {
    return this.split(this.rest, true);
  }

  private split(buffer: Uint8Array, final: boolean): RawRow[] {
    const rows: RawRow[] = [];
    let from = this.skipping ? this.afterSkipped(buffer) : 0;
    let quote = this.delimiter === null ? -1 : buffer.indexOf(QUOTE, from);
    while (from < buffer.length) {
      if (quote !== -1 && quote < from) quote = buffer.indexOf(QUOTE, from);
      const newline = buffer.indexOf(NEWLINE, from);
      const quoted = quote !== -1 && (newline === -1 || quote < newline);
      const found = quoted
        ? quotedRowEnd(buffer, from, this.delimiter ?? 0, final)
        : plainRowEnd(buffer, newline, final);
      if (found.state === "ended" && found.end - from <= this.rowBytes) {
        const end = buffer[found.end - 1] === RETURN ? found.end - 1 : found.end;
        const ended = found.next > found.end;
        if (end > from) {
          rows.push({ kind: "row", line: this.line, bytes: buffer.subarray(from, end), ended });
        }
        this.line += quoted ? countNewlines(buffer, from, found.next) : ended ? 1 : 0;
        from = found.next;
        continue;
      }
      if (found.state === "open" && !final && buffer.length - from <= this.rowBytes) break;
      if (found.state === "broken" && newline === -1 && !final) {
        // The line with the stray quote is rejected as a whole, so its end must be known.
        if (buffer.length - from <= this.rowBytes) break;
      }
      const lineEnd = newline === -1 ? buffer.length : newline;
      const tooLong = lineEnd - from > this.rowBytes || found.state === "ended";
      rows.push({
        kind: "flaw",
        line: this.line,
        reason: tooLong ? "row-too-long" : "broken-quotes",
        start: buffer.slice(from, Math.min(lineEnd, from + SHOWN_START_BYTES)),
      });
      if (found.state === "ended") {
        this.line += countNewlines(buffer, from, found.next);
        from = found.next;
      } else if (newline === -1) {
        this.skipping = true;
        from = buffer.length;
      } else {
        this.line += 1;
        from = newline + 1;
      }
    }
    this.rest = from >= buffer.length ? NOTHING : buffer.subarray(from);
    return rows;
  }

  private afterSkipped(buffer: Uint8Array): number {
    const newline = buffer.indexOf(NEWLINE);
    if (newline === -1) return buffer.length;
    this.skipping = false;
    this.line += 1;
    return newline + 1;
  }
}

function plainRowEnd(buffer: Uint8Array, newline: number, final: boolean): RowEnd {
  if (newline !== -1) return { state: "ended", end: newline, next: newline + 1 };
  return final ? { state: "ended", end: buffer.length, next: buffer.length } : { state: "open" };
}

/** RFC 4180: a quote opens a value only at its start; inside, two quotes are one; after it a delimiter or line end follows. */
function quotedRowEnd(buffer: Uint8Array, from: number, delimiter: number, final: boolean): RowEnd {
  let position = from;
  let valueStart = true;
  while (position < buffer.length) {
    const byte = buffer[position];
    if (byte === NEWLINE) return { state: "ended", end: position, next: position + 1 };
    if (byte !== QUOTE || !valueStart) {
      valueStart = byte === delimiter;
      position += 1;
      continue;
    }
    let close = buffer.indexOf(QUOTE, position + 1);
    while (close !== -1 && buffer[close + 1] === QUOTE) close = buffer.indexOf(QUOTE, close + 2);
    if (close === -1) return { state: "open" };
    position = close + 1;
    if (position >= buffer.length) {
      // The next byte may be a second quote, which would keep the value open.
      return final ? { state: "ended", end: position, next: position } : { state: "open" };
    }
    const after = buffer[position];
    if (after === RETURN && position + 1 >= buffer.length && !final) return { state: "open" };
    const lineEnds =
      after === NEWLINE ||
      (after === RETURN && (buffer[position + 1] === NEWLINE || position + 1 === buffer.length));
    if (after !== delimiter && !lineEnds) return { state: "broken" };
    valueStart = false;
  }
  return final ? { state: "ended", end: buffer.length, next: buffer.length } : { state: "open" };
}

function countNewlines(buffer: Uint8Array, from: number, to: number): number {
  let count = 0;
  let position = buffer.indexOf(NEWLINE, from);
  while (position !== -1 && position < to) {
    count += 1;
    position = buffer.indexOf(NEWLINE, position + 1);
  }
  return count;
}
