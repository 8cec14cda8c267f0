import type { ImportProgress } from "./options";

/** The caller's signal ended the import. Rows stored so far stay; importing again under the same id stores none twice. */
export class ImportAborted extends Error {
  override readonly name = "ImportAborted";
  readonly retryable = true;
  constructor(
    readonly progress: ImportProgress,
    cause: unknown,
  ) {
    super(`Import aborted after ${progress.rowsAccepted} accepted rows`, { cause });
  }
}

/** A batch could not be stored. Importing again under the same id stores no row twice. */
export class ImportSinkFailed extends Error {
  override readonly name = "ImportSinkFailed";
  /** What the store's error says; true when it says nothing. */
  readonly retryable: boolean;
  constructor(
    readonly progress: ImportProgress,
    cause: unknown,
  ) {
    super(`Storing a batch failed after ${progress.rowsAccepted} accepted rows`, { cause });
    this.retryable = saysRetryable(cause) ?? true;
  }
}

/** The bytes stopped coming: a broken upload, not a fault of the file. */
export class ImportSourceFailed extends Error {
  override readonly name = "ImportSourceFailed";
  readonly retryable = true;
  constructor(
    readonly progress: ImportProgress,
    cause: unknown,
  ) {
    super(`Reading the file failed after ${progress.bytesRead} bytes`, { cause });
  }
}

function saysRetryable(cause: unknown): boolean | undefined {
  if (typeof cause !== "object" || cause === null || !("retryable" in cause)) return undefined;
  return typeof cause.retryable === "boolean" ? cause.retryable : undefined;
}
