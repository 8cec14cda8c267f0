import { and, desc, eq, isNull, sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { PostgresQueryError } from "../errors";
import { datasets, imports } from "../schema";

type ImportState = (typeof imports.$inferSelect)["state"];

export interface StoredImport {
  id: string;
  datasetId: string;
  fileName: string;
  fileBytes: number | null;
  state: ImportState;
  /** ImportOptions of db/ingest. */
  options: unknown;
  bytesRead: number;
  rowsAccepted: number;
  rowsRejected: number;
  /** ImportReceipt of db/ingest; null until it ended. */
  receipt: unknown;
  problem: string | null;
  startedAt: Date;
  finishedAt: Date | null;
}

const columns = {
  id: imports.id,
  datasetId: imports.datasetId,
  fileName: imports.fileName,
  fileBytes: imports.fileBytes,
  state: imports.state,
  options: imports.options,
  bytesRead: imports.bytesRead,
  rowsAccepted: imports.rowsAccepted,
  rowsRejected: imports.rowsRejected,
  receipt: imports.receipt,
  problem: imports.problem,
  startedAt: imports.startedAt,
  finishedAt: imports.finishedAt,
};

export interface NewImport {
  id: string;
  workspaceId: string;
  /** A dataset with this id is made when the workspace has none. */
  dataset: { id: string; name: string; source: "import" | "demo" };
  fileName: string;
  fileBytes: number | null;
  options: unknown;
  createdBy: string;
}

/**
 * Writes down that an import runs, and its dataset. The same id again changes nothing, so a repeated
 * upload goes on under the row of the first; only a demo that failed runs again, for its calls are the
 * same each time. Returns the row as it stands.
 */
export async function startImport(db: Database, started: NewImport): Promise<StoredImport> {
  const { dataset, ...row } = started;
  try {
    await db.write(
      (sql) =>
        sql.batch([
          sql
            .insert(datasets)
            .values({ ...dataset, workspaceId: row.workspaceId, createdBy: row.createdBy })
            .onConflictDoNothing(),
          sql
            .insert(imports)
            .values({ ...row, datasetId: dataset.id, state: "running" })
            .onConflictDoUpdate({
              target: imports.id,
              set: {
                state: "running",
                heartbeatAt: raw`now()`,
                problem: null,
                finishedAt: null,
              },
              setWhere: raw`${imports.workspaceId} = ${row.workspaceId}
                and (${imports.state} = 'running' or ${imports.state} = 'failed' and ${dataset.source} = 'demo')`,
            }),
        ]),
      { idempotent: true },
    );
  } catch (error) {
    if (error instanceof PostgresQueryError && error.constraint === "imports_dataset_fk") {
      throw new ImportElsewhereError(row.id, { cause: error });
    }
    throw error;
  }
  const stored = await findImport(db, { workspaceId: row.workspaceId, importId: row.id });
  if (!stored) throw new ImportElsewhereError(row.id);
  return stored;
}

/** The import's id, or its dataset's, is taken in another workspace. */
export class ImportElsewhereError extends Error {
  override readonly name = "ImportElsewhereError";
  readonly retryable = false;
  constructor(
    readonly importId: string,
    options?: ErrorOptions,
  ) {
    super(`Import ${importId} does not belong to this workspace`, options);
  }
}

/** Raises the counters of a running import; an older report never lowers them. */
export async function recordImportProgress(
  db: Database,
  progress: {
    workspaceId: string;
    importId: string;
    bytesRead: number;
    rowsAccepted: number;
    rowsRejected: number;
  },
): Promise<void> {
  await db.write(
    (sql) =>
      sql
        .update(imports)
        .set({
          bytesRead: raw`greatest(${imports.bytesRead}, ${progress.bytesRead}::bigint)`,
          rowsAccepted: raw`greatest(${imports.rowsAccepted}, ${progress.rowsAccepted}::bigint)`,
          rowsRejected: raw`greatest(${imports.rowsRejected}, ${progress.rowsRejected}::bigint)`,
        })
        .where(
          and(
            eq(imports.id, progress.importId),
            eq(imports.workspaceId, progress.workspaceId),
            eq(imports.state, "running"),
          ),
        ),
    { idempotent: true },
  );
}

export interface ImportEnding {
  workspaceId: string;
  importId: string;
  state: "completed" | "failed";
  receipt: unknown;
  /** Why it failed as a whole. */
  problem: string | null;
  bytesRead: number;
  /** Calls now in ClickHouse because of this import: they count in the dataset even when it failed. */
  rowsAccepted: number;
  rowsRejected: number;
  firstCallAt: Date | null;
  lastCallAt: Date | null;
}

/**
 * Ends an import and, in the same transaction, raises its dataset's version, calls and period when it
 * added calls. Ending it again changes nothing; returns whether this call ended it.
 */
export function finishImport(db: Database, ending: ImportEnding): Promise<boolean> {
  return db.transaction(async (sql) => {
    const [ended] = await sql
      .update(imports)
      .set({
        state: ending.state,
        receipt: ending.receipt,
        problem: ending.problem,
        bytesRead: ending.bytesRead,
        rowsAccepted: ending.rowsAccepted,
        rowsRejected: ending.rowsRejected,
        finishedAt: raw`now()`,
      })
      .where(
        and(
          eq(imports.id, ending.importId),
          eq(imports.workspaceId, ending.workspaceId),
          eq(imports.state, "running"),
        ),
      )
      .returning({ datasetId: imports.datasetId });
    if (!ended) return false;
    if (ending.rowsAccepted > 0) {
      await sql
        .update(datasets)
        .set({
          version: raw`${datasets.version} + 1`,
          calls: raw`${datasets.calls} + ${ending.rowsAccepted}::bigint`,
          firstCallAt: raw`least(${datasets.firstCallAt}, ${isoOrNull(ending.firstCallAt)}::timestamptz)`,
          lastCallAt: raw`greatest(${datasets.lastCallAt}, ${isoOrNull(ending.lastCallAt)}::timestamptz)`,
        })
        .where(and(eq(datasets.id, ended.datasetId), eq(datasets.workspaceId, ending.workspaceId)));
    }
    return true;
  });
}

function isoOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

/** Null when the workspace has no such import. */
export async function findImport(
  db: Database,
  { workspaceId, importId }: { workspaceId: string; importId: string },
): Promise<StoredImport | null> {
  const [row] = await db.read((sql) =>
    sql
      .select(columns)
      .from(imports)
      .where(and(eq(imports.id, importId), eq(imports.workspaceId, workspaceId))),
  );
  return row ?? null;
}

/** The workspace's imports into datasets that are not deleted, newest first. */
export function listImports(
  db: Database,
  { workspaceId, limit = 50 }: { workspaceId: string; limit?: number },
): Promise<StoredImport[]> {
  return db.read((sql) =>
    sql
      .select(columns)
      .from(imports)
      .innerJoin(datasets, eq(datasets.id, imports.datasetId))
      .where(and(eq(imports.workspaceId, workspaceId), isNull(datasets.deletedAt)))
      .orderBy(desc(imports.startedAt), desc(imports.id))
      .limit(limit),
  );
}
