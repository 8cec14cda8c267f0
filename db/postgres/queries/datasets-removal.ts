import { and, asc, eq, isNotNull, isNull, lt, sql as raw, type SQL } from "drizzle-orm";
import type { Database } from "../client";
import { datasets } from "../schema";
import { RESTORABLE_DAYS } from "./threads-change";

export interface DatasetPlace {
  workspaceId: string;
  datasetId: string;
}

const expired = raw`now() - make_interval(days => ${RESTORABLE_DAYS})`;
const place = { workspaceId: datasets.workspaceId, datasetId: datasets.id };
const isPlace = ({ workspaceId, datasetId }: DatasetPlace) =>
  and(eq(datasets.id, datasetId), eq(datasets.workspaceId, workspaceId));

/** Whether a dataset is deleted and can still be restored. */
export const restorableDataset: SQL = raw`${datasets.deletedAt} > ${expired}`;

export interface DeletedDataset {
  id: string;
  name: string;
  calls: number;
  deletedAt: Date;
}

/** The workspace's deleted datasets that can still be restored, the last one deleted first. */
export async function listDeletedDatasets(
  db: Database,
  { workspaceId }: { workspaceId: string },
): Promise<DeletedDataset[]> {
  const rows = await db.read((sql) =>
    sql
      .select({
        id: datasets.id,
        name: datasets.name,
        calls: datasets.calls,
        deletedAt: datasets.deletedAt,
      })
      .from(datasets)
      .where(and(eq(datasets.workspaceId, workspaceId), restorableDataset))
      .orderBy(raw`${datasets.deletedAt} desc`),
  );
  return rows.flatMap(({ deletedAt, ...row }) => (deletedAt ? [{ ...row, deletedAt }] : []));
}

/** Takes a deletion back while it can be; a dataset that is not deleted stays as it is. */
export async function bringDatasetBack(db: Database, dataset: DatasetPlace): Promise<void> {
  await db.write(
    (sql) =>
      sql
        .update(datasets)
        .set({ deletedAt: null })
        .where(and(isPlace(dataset), restorableDataset)),
    { idempotent: true },
  );
}

/** Housekeeping: datasets of every workspace that were deleted too long ago to be restored, the oldest first. */
export function listExpiredDatasets(
  db: Database,
  { limit }: { limit: number },
): Promise<DatasetPlace[]> {
  return db.read((sql) =>
    sql
      .select(place)
      .from(datasets)
      .where(lt(datasets.deletedAt, expired))
      .orderBy(asc(datasets.deletedAt))
      .limit(limit),
  );
}

/** Removes the dataset, whose calls are gone, for good if it expired, with its imports. */
export async function purgeDataset(db: Database, dataset: DatasetPlace): Promise<void> {
  await db.write(
    (sql) => sql.delete(datasets).where(and(isPlace(dataset), lt(datasets.deletedAt, expired))),
    { idempotent: true },
  );
}

export interface AgedDataset extends DatasetPlace {
  version: number;
  calls: number;
  /** Calls from before this start of a day (UTC) have to go. */
  before: Date;
}

const cutoff = raw`date_trunc('day', now(), 'UTC') - make_interval(days => ${datasets.retentionDays})`;

/** Housekeeping: datasets of every workspace with calls that are older than they are to be kept. */
export function listAgedDatasets(
  db: Database,
  { limit }: { limit: number },
): Promise<AgedDataset[]> {
  return db.read((sql) =>
    sql
      .select({
        ...place,
        version: datasets.version,
        calls: datasets.calls,
        before: cutoff.mapWith(datasets.createdAt),
      })
      .from(datasets)
      .where(
        and(
          isNotNull(datasets.retentionDays),
          isNull(datasets.deletedAt),
          raw`${datasets.calls} > 0`,
          raw`${datasets.firstCallAt} < ${cutoff}`,
        ),
      )
      .limit(limit),
  );
}

/**
 * Writes down which calls are left of a dataset after its old ones went, and raises its version, so that
 * evidence of before says that the data changed. False, and nothing is written, when the dataset changed since
 * it was read: the next housekeeping looks again.
 */
export async function recordRemoval(
  db: Database,
  seen: AgedDataset,
  left: { calls: number; firstAt: Date | null; lastAt: Date | null },
): Promise<boolean> {
  const changed = await db.write(
    (sql) =>
      sql
        .update(datasets)
        .set({
          version: seen.version + 1,
          calls: left.calls,
          firstCallAt: left.firstAt,
          lastCallAt: left.lastAt,
          removedCalls: raw`${datasets.removedCalls} + ${seen.calls - left.calls}::bigint`,
          removedBefore: seen.before,
        })
        .where(and(isPlace(seen), eq(datasets.version, seen.version)))
        .returning({ id: datasets.id }),
    // A second try after a lost answer finds the version raised.
    { idempotent: true },
  );
  return changed.length > 0;
}
