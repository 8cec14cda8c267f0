import { and, desc, eq, gt, isNull } from "drizzle-orm";
import type { Database } from "../client";
import { datasets } from "../schema";

/** `demo`: generated calls; `crew`: the calls of Netra's own crew. */
export type DatasetSource = (typeof datasets.$inferSelect)["source"];

export interface Dataset {
  id: string;
  name: string;
  source: DatasetSource;
  /** Raised by each import that added calls, and when calls went by age. */
  version: number;
  calls: number;
  firstCallAt: Date | null;
  lastCallAt: Date | null;
  createdAt: Date;
  /** Calls go when they are older than this many whole days; null keeps them. */
  retentionDays: number | null;
  /** Calls that went by age so far, and before when no call is left. */
  removedCalls: number;
  removedBefore: Date | null;
}

const columns = {
  id: datasets.id,
  name: datasets.name,
  source: datasets.source,
  version: datasets.version,
  calls: datasets.calls,
  firstCallAt: datasets.firstCallAt,
  lastCallAt: datasets.lastCallAt,
  createdAt: datasets.createdAt,
  retentionDays: datasets.retentionDays,
  removedCalls: datasets.removedCalls,
  removedBefore: datasets.removedBefore,
};

/** The workspace's datasets that are not deleted, newest first. One whose first import has not ended has no calls yet. */
export function listDatasets(
  db: Database,
  { workspaceId, withCalls = false }: { workspaceId: string; withCalls?: boolean },
): Promise<Dataset[]> {
  return db.read((sql) =>
    sql
      .select(columns)
      .from(datasets)
      .where(
        and(
          eq(datasets.workspaceId, workspaceId),
          isNull(datasets.deletedAt),
          withCalls ? gt(datasets.calls, 0) : undefined,
        ),
      )
      .orderBy(desc(datasets.createdAt), desc(datasets.id)),
  );
}

/** Null when the workspace has no such dataset (any more). */
export async function findDataset(
  db: Database,
  { workspaceId, datasetId }: { workspaceId: string; datasetId: string },
): Promise<Dataset | null> {
  const [row] = await db.read((sql) =>
    sql
      .select(columns)
      .from(datasets)
      .where(
        and(
          eq(datasets.id, datasetId),
          eq(datasets.workspaceId, workspaceId),
          isNull(datasets.deletedAt),
        ),
      ),
  );
  return row ?? null;
}
