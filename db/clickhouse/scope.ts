/** Which calls a question is about. Times are Unix ms, `from` inclusive, `to` exclusive; null is open. */
export interface Scope {
  workspaceId: string;
  datasets: ReadonlyArray<{ id: string }>;
  from: number | null;
  to: number | null;
  filters: Filters;
}

interface Filters {
  provider?: readonly string[] | undefined;
  model?: readonly string[] | undefined;
  feature?: readonly string[] | undefined;
  notFeature?: readonly string[] | undefined;
}

export type Dimension = "model" | "provider" | "feature" | "user" | "status" | "day" | "hour";

/** What a question cost and how it was asked. */
export interface Answer<Row> {
  rows: Row[];
  sql: string;
  parameters: Record<string, unknown>;
  rowsRead: number;
  elapsedMs: number;
}

/** A condition over `calls_v1` with its bound values. */
export interface Condition {
  sql: string;
  parameters: Record<string, unknown>;
}

/**
 * The calls of a scope as the FROM and WHERE of a query. FINAL drops rows that a retried insert
 * stored twice. Every value is bound, the workspace always.
 */
export function callsIn(scope: Scope): Condition {
  const conditions = ["workspace_id = {workspace:UUID}", "dataset_id IN {datasets:Array(UUID)}"];
  const parameters: Record<string, unknown> = {
    workspace: scope.workspaceId,
    datasets: scope.datasets.map(({ id }) => id),
  };
  if (scope.from !== null) {
    conditions.push("time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')");
    parameters.from = Math.trunc(scope.from);
  }
  if (scope.to !== null) {
    conditions.push("time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')");
    parameters.to = Math.trunc(scope.to);
  }
  const within = (
    column: string,
    name: string,
    values: readonly string[] | undefined,
    not = "",
  ) => {
    if (!values || values.length === 0) return;
    conditions.push(`${column} ${not}IN {${name}:Array(String)}`);
    parameters[name] = [...values];
  };
  within("provider", "providers", scope.filters.provider);
  within("model", "models", scope.filters.model);
  within("feature", "features", scope.filters.feature);
  within("feature", "not_features", scope.filters.notFeature, "NOT ");
  return { sql: `calls_v1 FINAL WHERE ${conditions.join(" AND ")}`, parameters };
}
