import {
  type ClickHouse,
  countDatasetCalls,
  deleteDatasetCalls,
  deleteOldCalls,
} from "../../db/clickhouse";
import {
  type Database,
  listAgedDatasets,
  listExpiredDatasets,
  purgeDataset,
  recordRemoval,
} from "../../db/postgres";

interface Stores {
  db: Database;
  clickhouse: ClickHouse;
}

/** Datasets looked at in one go, so that housekeeping never holds up a server. */
const AT_ONCE = 100;

/**
 * Housekeeping: removes calls that are older than their dataset keeps them. Days are whole ones (UTC) back from
 * today, so that a dataset changes at most once a day. Dying anywhere in it, or two at once, comes to the same:
 * what is left is counted, not what was removed.
 * @returns ids of the datasets that changed
 */
export async function removeOldCalls({ db, clickhouse }: Stores): Promise<string[]> {
  const changed: string[] = [];
  for (const aged of await listAgedDatasets(db, { limit: AT_ONCE })) {
    const { workspaceId, datasetId, before } = aged;
    await deleteOldCalls(clickhouse, { workspaceId, datasetId, before: before.getTime() });
    const { calls, firstAt, lastAt } = await countDatasetCalls(clickhouse, {
      workspaceId,
      datasetId,
    });
    const left = {
      calls,
      firstAt: firstAt === null ? null : new Date(firstAt),
      lastAt: lastAt === null ? null : new Date(lastAt),
    };
    if (await recordRemoval(db, aged, left)) changed.push(datasetId);
  }
  return changed;
}

/** Housekeeping: removes for good, with their calls, datasets that were deleted too long ago to be restored. */
export async function purgeDatasets({ db, clickhouse }: Stores): Promise<void> {
  for (const dataset of await listExpiredDatasets(db, { limit: AT_ONCE })) {
    // The calls first: the row is what finds them again.
    await deleteDatasetCalls(clickhouse, dataset);
    await purgeDataset(db, dataset);
  }
}
