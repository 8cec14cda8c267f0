import { z } from "zod";
import type { CallOptions, ClickHouse } from "./client";
import { ask } from "./queries/ask";

interface DatasetKey {
  workspaceId: string;
  datasetId: string;
}

const countRow = z.object({
  calls: z.coerce.number().int(),
  first_at: z.coerce.number().nullable(),
  last_at: z.coerce.number().nullable(),
});

/** How many calls a dataset holds, and the times (Unix ms) of the first and the last; null when there are none. */
export async function countDatasetCalls(
  clickhouse: ClickHouse,
  { workspaceId, datasetId }: DatasetKey,
  options: CallOptions = {},
): Promise<{ calls: number; firstAt: number | null; lastAt: number | null }> {
  const answer = await ask(
    clickhouse.tagged({ workspace: workspaceId }),
    {
      name: "count-dataset-calls",
      sql: `SELECT count() AS calls,
  if(calls = 0, NULL, toUnixTimestamp64Milli(min(time))) AS first_at,
  if(calls = 0, NULL, toUnixTimestamp64Milli(max(time))) AS last_at
FROM calls_v1 FINAL
WHERE workspace_id = {workspace:UUID} AND dataset_id = {dataset:UUID}`,
      parameters: { workspace: workspaceId, dataset: datasetId },
    },
    countRow,
    options,
  );
  const row = answer.rows[0];
  return { calls: row?.calls ?? 0, firstAt: row?.first_at ?? null, lastAt: row?.last_at ?? null };
}

/** Removes all calls of a dataset; when it returns, no query sees them. */
export async function deleteDatasetCalls(
  clickhouse: ClickHouse,
  { workspaceId, datasetId }: DatasetKey,
  options: CallOptions = {},
): Promise<void> {
  await clickhouse.tagged({ workspace: workspaceId }).command(
    {
      name: "delete-dataset-calls",
      sql: `DELETE FROM calls_v1
WHERE workspace_id = {workspace:UUID} AND dataset_id = {dataset:UUID}
SETTINGS lightweight_deletes_sync = 2`,
      parameters: { workspace: workspaceId, dataset: datasetId },
    },
    options,
  );
}

/** Removes a dataset's calls from before a moment (Unix ms); when it returns, no query sees them. */
export async function deleteOldCalls(
  clickhouse: ClickHouse,
  { workspaceId, datasetId, before }: DatasetKey & { before: number },
  options: CallOptions = {},
): Promise<void> {
  await clickhouse.tagged({ workspace: workspaceId }).command(
    {
      name: "delete-old-calls",
      sql: `DELETE FROM calls_v1
WHERE workspace_id = {workspace:UUID} AND dataset_id = {dataset:UUID}
  AND time < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
SETTINGS lightweight_deletes_sync = 2`,
      parameters: { workspace: workspaceId, dataset: datasetId, before },
    },
    options,
  );
}

/** Removes what one import stored, for an import that failed or is undone. */
export async function deleteImportCalls(
  clickhouse: ClickHouse,
  { workspaceId, datasetId, importId }: DatasetKey & { importId: string },
  options: CallOptions = {},
): Promise<void> {
  await clickhouse.tagged({ workspace: workspaceId, import: importId }).command(
    {
      name: "delete-import-calls",
      sql: `DELETE FROM calls_v1
WHERE workspace_id = {workspace:UUID} AND dataset_id = {dataset:UUID} AND import_id = {import:UUID}
SETTINGS lightweight_deletes_sync = 2`,
      parameters: { workspace: workspaceId, dataset: datasetId, import: importId },
    },
    options,
  );
}
