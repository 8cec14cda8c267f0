import { sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { datasets } from "../schema";

export interface OwnCallsCounted {
  workspaceId: string;
  datasetId: string;
  calls: number;
  firstCallAt: Date;
  lastCallAt: Date;
}

/**
 * Writes down what the dataset of the crew's own calls holds now, and makes the dataset when there is none. Its
 * version rises when calls were added. A count that is older than the stored one changes nothing.
 */
export async function recordOwnCalls(db: Database, counted: OwnCallsCounted): Promise<void> {
  const { datasetId, workspaceId, calls, firstCallAt, lastCallAt } = counted;
  const found = { calls, firstCallAt, lastCallAt };
  await db.write(
    (sql) =>
      sql
        .insert(datasets)
        .values({
          ...{ id: datasetId, workspaceId, ...found },
          ...{ name: "Own model calls", source: "crew", version: 1 },
        })
        .onConflictDoUpdate({
          target: datasets.id,
          set: { ...found, version: raw`${datasets.version} + 1` },
          setWhere: raw`${datasets.workspaceId} = excluded.workspace_id
            and (excluded.calls > ${datasets.calls} or excluded.last_call_at > ${datasets.lastCallAt})`,
        }),
    { idempotent: true },
  );
}
