import { randomUUID } from "node:crypto";
import type { Call } from "../../../db/clickhouse/call";
import type { CallSource, Scope } from "../../../party/analysis/source";
import { memorySource } from "./memory-source";

/** A log held in memory, and the scope of all of it. */
export function heldLog(calls: readonly Call[]): { source: CallSource; scope: Scope } {
  const workspaceId = randomUUID();
  const datasetId = randomUUID();
  return {
    source: memorySource([{ workspaceId, datasetId, calls }]),
    scope: wholeScope(workspaceId, datasetId),
  };
}

export function wholeScope(workspaceId: string, datasetId: string): Scope {
  return {
    workspaceId,
    datasets: [{ id: datasetId, name: "log", version: 1 }],
    from: null,
    to: null,
    filters: {},
  };
}
