import {
  type ClickHouse,
  ClickHouseNotReadyError,
  ClickHouseUnreachableError,
  deleteImportCalls,
} from "../../db/clickhouse";
import {
  ImportAborted,
  type ImportOptions,
  type ImportProgress,
  type ImportReceipt,
  ImportSinkFailed,
  ImportSourceFailed,
  importCalls,
} from "../../db/ingest";
import {
  type Database,
  finishImport,
  recordImportProgress,
  type StoredImport,
  startImport,
  whileImporting,
} from "../../db/postgres";
import { watchBudgetsOf } from "../insights/watch-budgets.server";
import type { ImportRequest } from "./import-request";
import { PricedSink } from "./priced-sink.server";

export interface ImportJob {
  workspaceId: string;
  userId: string;
  /** Made by the client. The dataset gets the same id, so that the same upload again is the same dataset. */
  importId: string;
  wanted: ImportRequest;
}

/** Postgres hears of progress this often, ms; readers of the page poll about as fast. */
const PROGRESS_EVERY_MS = 500;

/**
 * Reads a file from `body` into a dataset of its own and ends the import with its receipt, whatever the
 * file holds. When the upload or a store breaks off, the rows stored so far are removed and the import
 * says why. An import that already ended is left as it ended and `body` is not read.
 * @throws PostgresError, ImportElsewhereError when the id is another workspace's
 */
export async function runImport(
  services: { db: Database; clickhouse: ClickHouse },
  job: ImportJob,
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  const { db, clickhouse } = services;
  const { workspaceId, importId, wanted } = job;
  const options: ImportOptions = {
    importId,
    fileName: wanted.fileName,
    ...(wanted.assignedModel ? { assignedModel: wanted.assignedModel } : {}),
    ...(wanted.startTime === null ? {} : { startTime: wanted.startTime }),
  };
  const row = await startImport(db, {
    id: importId,
    workspaceId,
    dataset: { id: importId, name: wanted.fileName, source: "import" },
    fileName: wanted.fileName,
    fileBytes: wanted.fileBytes,
    options,
    createdBy: job.userId,
  });
  if (row.state !== "running") return;

  const target = { workspaceId, datasetId: row.datasetId, importId };
  const sink = new PricedSink(clickhouse, target);
  try {
    const receipt = await whileImporting(db, { workspaceId, importId }, (signal) =>
      importCalls(body, options, sink.take, {
        signal,
        onProgress: throttledProgress(db, workspaceId, importId),
      }),
    );
    await finishImport(db, endingOf(job, receipt, sink));
    // The calls are in whatever comes of this; housekeeping looks at budgets again.
    await watchBudgetsOf(services, workspaceId).catch(() => {});
  } catch (error) {
    if (!isBrokenOff(error)) throw error;
    await undo(services, row, job, error);
  }
}

type BrokenOff = ImportAborted | ImportSinkFailed | ImportSourceFailed;

function isBrokenOff(error: unknown): error is BrokenOff {
  return (
    error instanceof ImportAborted ||
    error instanceof ImportSinkFailed ||
    error instanceof ImportSourceFailed
  );
}

function endingOf(job: ImportJob, receipt: ImportReceipt, sink: PricedSink) {
  return {
    workspaceId: job.workspaceId,
    importId: job.importId,
    state: receipt.state,
    receipt: { ...receipt, pricing: sink.pricing() },
    problem: receipt.problem === null ? null : `${receipt.problem.text} ${receipt.problem.hint}`,
    bytesRead: receipt.bytes,
    rowsAccepted: receipt.rowsAccepted,
    rowsRejected: receipt.rowsRejected,
    firstCallAt: receipt.firstCallAt === null ? null : new Date(receipt.firstCallAt),
    lastCallAt: receipt.lastCallAt === null ? null : new Date(receipt.lastCallAt),
  };
}

/** Half a file must not count as one: what was stored goes, and the receipt says that nothing was kept. */
async function undo(
  { db, clickhouse }: { db: Database; clickhouse: ClickHouse },
  row: StoredImport,
  job: ImportJob,
  error: BrokenOff,
): Promise<void> {
  const { workspaceId, importId } = job;
  const kept = await deleteImportCalls(clickhouse, {
    workspaceId,
    datasetId: row.datasetId,
    importId,
  }).then(
    () => "Nothing of it was kept.",
    () => "Rows stored so far could not be removed; they belong to no dataset and count nowhere.",
  );
  await finishImport(db, {
    workspaceId,
    importId,
    state: "failed",
    receipt: null,
    problem: `${reasonOf(error)} ${kept} Import the file again.`,
    bytesRead: error.progress.bytesRead,
    rowsAccepted: 0,
    rowsRejected: error.progress.rowsRejected,
    firstCallAt: null,
    lastCallAt: null,
  });
}

function reasonOf(error: BrokenOff): string {
  if (error instanceof ImportSinkFailed) {
    return isAway(error.cause)
      ? "ClickHouse, which holds the calls, does not answer."
      : "ClickHouse, which holds the calls, did not take the rows.";
  }
  if (error instanceof ImportSourceFailed)
    return "The upload broke off before the end of the file.";
  return "The import was stopped.";
}

function isAway(cause: unknown): boolean {
  return cause instanceof ClickHouseUnreachableError || cause instanceof ClickHouseNotReadyError;
}

/** Writes one report at a time, at most every half second; a lost one is made good by the next. */
function throttledProgress(db: Database, workspaceId: string, importId: string) {
  let writing = false;
  let lastAt = 0;
  return (progress: ImportProgress) => {
    if (writing || Date.now() - lastAt < PROGRESS_EVERY_MS) return;
    writing = true;
    lastAt = Date.now();
    recordImportProgress(db, { workspaceId, importId, ...progress })
      .catch(() => {})
      .finally(() => {
        writing = false;
      });
  };
}
