import type { RejectionReason } from "./receipt";

/** Why one value, and with it its row, was not taken. Returned, not thrown: bad rows are expected. */
export class Fault {
  constructor(
    readonly reason: RejectionReason,
    /** What is wrong, for a person; the receipt adds line, column and value. */
    readonly text: string,
    readonly value: string,
    /** Null when the row as a whole is at fault. */
    readonly column: string | null,
  ) {}
}

/** A value of a row: text from CSV, any scalar, list or object from JSON; undefined when the row lacks it. */
export type Cell = unknown;

/** A cell as text; empty for what is absent. */
export function cellText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return "";
  return typeof cell === "object" ? jsonText(cell) : String(cell);
}

/** The reader of JSON takes any depth, its writer only as much as the stack holds. */
function jsonText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? "[… too deep to show]" : "{… too deep to show}";
  }
}

export function isBlank(cell: Cell): boolean {
  if (cell === null || cell === undefined) return true;
  if (typeof cell !== "string") return false;
  return cell.length === 0 || cell.trim().length === 0;
}
