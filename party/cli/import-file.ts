import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { countDatasetCalls, insertCalls } from "../../db/clickhouse";
import { IMPORT_LIMITS, type ImportReceipt, importCalls, inspectFile } from "../../db/ingest";
import { finishImport, signIn, startImport, whileImporting } from "../../db/postgres";
import type { Databases } from "../../db/startup";
import type { DatasetSummary } from "../ports/thread-store";
import type { CrewArguments } from "./arguments";
import { fileStream } from "./file-stream";

export interface ImportedFile {
  workspaceId: string;
  dataset: DatasetSummary;
  receipt: ImportReceipt;
}

/** The file is not there or cannot be read. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    super(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** Who the command line is in the record: a user of its own, whose workspace nobody else sees. */
const COMMAND_LINE = {
  issuer: "development",
  subject: "command-line",
  email: null,
  name: "Command line",
};

/** Brings the file into a dataset of its own, so that the figures are those of this file alone. */
export async function importFile(
  { db, clickhouse }: Databases,
  given: CrewArguments,
  log: (line: string) => void,
): Promise<ImportedFile> {
  const { head, bytes } = await readHead(given.file);
  const fileName = basename(given.file);
  const inspection = inspectFile(head, fileName);
  const startTime = startOf(given, inspection.needs.includes("startTime"), log);
  const { workspaceId, userId } = await signIn(db, COMMAND_LINE);
  const importId = uuidv7();
  const datasetId = uuidv7();
  const options = {
    importId,
    fileName,
    ...(given.model ? { assignedModel: given.model } : {}),
    ...(startTime === null ? {} : { startTime }),
  };
  await startImport(db, {
    id: importId,
    workspaceId,
    dataset: { id: datasetId, name: fileName, source: "import" },
    fileName,
    fileBytes: bytes,
    options,
    createdBy: userId,
  });
  const target = { workspaceId, datasetId, importId };
  const imported = await whileImporting(db, target, (signal) =>
    importCalls(
      fileStream(given.file),
      options,
      async (calls) => {
        await insertCalls(clickhouse, target, calls);
      },
      { signal },
    ),
  );
  const receipt = assumeStart(imported, given, startTime);
  const stored = await countDatasetCalls(clickhouse, target);
  await finishImport(db, {
    workspaceId,
    importId,
    state: receipt.state,
    receipt,
    problem: receipt.problem?.text ?? null,
    bytesRead: receipt.bytes,
    rowsAccepted: stored.calls,
    rowsRejected: receipt.rowsRejected,
    firstCallAt: receipt.firstCallAt === null ? null : new Date(receipt.firstCallAt),
    lastCallAt: receipt.lastCallAt === null ? null : new Date(receipt.lastCallAt),
  });
  return {
    workspaceId,
    receipt,
    dataset: {
      id: datasetId,
      name: fileName,
      source: "import",
      version: stored.calls > 0 ? 1 : 0,
      calls: stored.calls,
      firstCallAt: receipt.firstCallAt,
      lastCallAt: receipt.lastCallAt,
    },
  };
}

async function readHead(path: string): Promise<{ head: Uint8Array; bytes: number }> {
  try {
    const about = await stat(path);
    if (about.isDirectory()) throw new Error("it is a folder");
    const file = await open(path);
    try {
      const head = new Uint8Array(IMPORT_LIMITS.inspectionBytes);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      return { head: head.subarray(0, bytesRead), bytes: about.size };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new UnreadableFile(path, cause);
  }
}

/** Nobody is there to be asked when a trace began, so the earliest day that an import takes stands in. */
function startOf(
  given: CrewArguments,
  needed: boolean,
  log: (line: string) => void,
): number | null {
  if (given.start !== null || !needed) return given.start;
  log(`${startAssumption()} Say when it began with --start DATE.`);
  return IMPORT_LIMITS.earliestTime;
}

function startAssumption(): string {
  const day = new Date(IMPORT_LIMITS.earliestTime).toISOString();
  return `The file's times count from zero; ${day} was taken as its start.`;
}

function assumeStart(
  receipt: ImportReceipt,
  given: CrewArguments,
  startTime: number | null,
): ImportReceipt {
  if (given.start !== null || startTime === null) return receipt;
  return { ...receipt, assumptions: [...receipt.assumptions, startAssumption()] };
}
