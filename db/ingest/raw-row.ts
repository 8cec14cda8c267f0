/** A row of the file before it is understood. Lines count from 1. */
export type RawRow =
  | {
      kind: "row";
      line: number;
      /** Without the line end. Valid only until the next block is split. */
      bytes: Uint8Array;
      /** False for the last row of a file that does not end with a line end. */
      ended: boolean;
    }
  | {
      kind: "flaw";
      line: number;
      reason: "row-too-long" | "broken-quotes" | "not-json" | "row-cut-short";
      /** The row's first bytes, to show in the receipt. */
      start: Uint8Array;
    };

/** Cuts blocks of bytes into rows with bounded memory. */
export interface RowSplitter {
  push(block: Uint8Array): RawRow[];
  end(): RawRow[];
}

export const SHOWN_START_BYTES = 200;

export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
