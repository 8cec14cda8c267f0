import { readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/** The disk under the data folder is full. Trying again helps once there is space. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
  readonly retryable = true;
  constructor(
    readonly dataDir: string,
    cause: unknown,
  ) {
    super(
      `The disk that holds the data folder ${dataDir} is full. Free some space there and start again, or set NETRA_DATA_DIR to a folder on another disk.`,
      { cause },
    );
  }
}

/** The data folder cannot be made or written by this user. */
export class DataFolderNotWritableError extends Error {
  override readonly name = "DataFolderNotWritableError";
  readonly retryable = false;
  constructor(
    readonly dataDir: string,
    readonly code: string,
    cause: unknown,
  ) {
    super(
      `The data folder ${dataDir} cannot be written by the user ${userInfo().username} (${code}). Give the folder to that user, or set NETRA_DATA_DIR to another one.`,
      { cause },
    );
  }
}

/** A later version of Netra, or of an engine, wrote the data folder. Only that version may open it. */
export class DataFolderTooNewError extends Error {
  override readonly name = "DataFolderTooNewError";
  readonly retryable = false;
  constructor(
    readonly dataDir: string,
    readonly writer: string,
    readonly reader: string,
  ) {
    super(
      `The data in ${dataDir} was written by ${writer}; this version reads ${reader}. Start the version that wrote it, or set NETRA_DATA_DIR to another folder.`,
    );
  }
}

/** Raised whenever an older Netra could no longer work on what a newer one leaves in the folder. */
const DATA_VERSION = 1;
const FILE_NAME = "netra-data-version";

/**
 * Checks which version of Netra wrote the folder, and writes ours down when nobody has yet.
 * @throws {DataFolderTooNewError}
 */
export function claimDataVersion(dataDir: string): void {
  const path = join(dataDir, FILE_NAME);
  const written = Number(readIfThere(path) ?? Number.NaN);
  if (written > DATA_VERSION) {
    throw new DataFolderTooNewError(
      dataDir,
      `a newer Netra (data version ${written})`,
      `data version ${DATA_VERSION}`,
    );
  }
  if (written !== DATA_VERSION) writeFileSync(path, `${DATA_VERSION}\n`, { mode: 0o600 });
}

/** Everything that Netra makes in its data folder: engines, room storage, notes of running processes. */
const CONTENTS = new Set([
  "postgres",
  "postgres.creating",
  "postgres.log",
  "clickhouse",
  "rooms",
  "rooms-dev",
  "processes.json",
  FILE_NAME,
]);

/** Removes what Netra made and nothing else. The caller holds the folder's lock. */
export function removeData(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (CONTENTS.has(name)) rmSync(join(dataDir, name), { recursive: true });
  }
}

/** Removes the folder when it is empty. */
export function removeIfEmpty(dataDir: string): void {
  if (readdirSync(dataDir).length === 0) rmdirSync(dataDir);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const notWritable = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

/** The error in the words of this file when it is one of the folder's; else the error as it is. */
export function folderErrorOf(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || isDiskFull(error.message)) return new DiskFullError(dataDir, error);
  if (code !== undefined && syscall !== undefined && notWritable.has(code)) {
    return new DataFolderNotWritableError(dataDir, code, error);
  }
  return error;
}

/** Whether the words of an engine say that its disk is full. */
export function isDiskFull(text: string): boolean {
  return /No space left on device|NOT_ENOUGH_SPACE/.test(text);
}
