import type { Evidence, EvidenceValue } from "../../party/protocol";

export interface EvidenceColumn {
  key: string;
  label: string;
  unit: EvidenceValue["unit"];
}

export interface EvidenceRow {
  /** Null: over everything. */
  segment: string | null;
  cells: Array<EvidenceValue | null>;
}

export interface EvidenceGrid {
  columns: EvidenceColumn[];
  /** One per segment, in the evidence's order. */
  rows: EvidenceRow[];
  /** The figures over everything, when there are some. */
  total: EvidenceRow | null;
}

/** The values of an evidence as rows of segments and columns of keys; `keys` picks and orders the columns. */
export function evidenceGrid(evidence: Evidence, keys?: readonly string[]): EvidenceGrid {
  const columns = columnsOf(evidence, keys);
  const bySegment = new Map<string | null, Map<string, EvidenceValue>>();
  for (const value of evidence.values) {
    const row = bySegment.get(value.segment) ?? new Map<string, EvidenceValue>();
    row.set(value.key, value);
    bySegment.set(value.segment, row);
  }
  const rows: EvidenceRow[] = [];
  let total: EvidenceRow | null = null;
  for (const [segment, values] of bySegment) {
    const cells = columns.map((column) => values.get(column.key) ?? null);
    if (cells.every((cell) => cell === null)) continue;
    if (segment === null) total = { segment, cells };
    else rows.push({ segment, cells });
  }
  return { columns, rows, total };
}

function columnsOf(evidence: Evidence, keys?: readonly string[]): EvidenceColumn[] {
  const found = new Map<string, EvidenceColumn>();
  for (const { key, label, unit } of evidence.values) {
    if (!found.has(key)) found.set(key, { key, label, unit });
  }
  if (!keys) return [...found.values()];
  return keys.flatMap((key) => found.get(key) ?? []);
}

/** What a segment without a name is called, so that its row is not blank. */
export function segmentName(segment: string | null): string {
  if (segment === null) return "All";
  return segment.trim() === "" ? "(not named)" : segment;
}
