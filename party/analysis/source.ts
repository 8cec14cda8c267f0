/**
 * What the analysis asks of a store of calls. The store answers typed questions; nobody hands it SQL.
 * Every question is bound to one workspace by the implementation's caller through `Scope`.
 */

/** Which calls are looked at. Times are Unix ms, `from` inclusive, `to` exclusive; null is open. */
export interface Scope {
  workspaceId: string;
  datasets: ReadonlyArray<{ id: string; name: string; version: number }>;
  from: number | null;
  to: number | null;
  filters: Filters;
}

export interface Filters {
  provider?: readonly string[];
  model?: readonly string[];
  feature?: readonly string[];
  notFeature?: readonly string[];
}

export type Dimension = "model" | "provider" | "feature" | "user" | "status" | "day" | "hour";

/** What a question cost and how it was asked: the receipt's raw material. */
export interface Answer<Row> {
  rows: Row[];
  sql: string;
  parameters: Record<string, unknown>;
  rowsRead: number;
  elapsedMs: number;
}
