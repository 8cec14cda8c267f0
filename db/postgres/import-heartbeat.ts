import type { Database } from "./client";
import { beatImport, type ImportPlace } from "./queries/imports-interrupted";

/** How often a process says that it still reads a file, ms. */
export const IMPORT_BEAT_MS = 5_000;

/** The import was ended elsewhere: it was silent for so long that its process was taken for dead. */
export class ImportEndedElsewhereError extends Error {
  override readonly name = "ImportEndedElsewhereError";
  readonly retryable = false;
  constructor(readonly importId: string) {
    super(`Import ${importId} was ended elsewhere`);
  }
}

/**
 * Says in the record that an import's process lives for as long as `work` runs. The signal that `work` is
 * given is aborted, with ImportEndedElsewhereError, when the import does not run any more.
 */
export async function whileImporting<T>(
  db: Database,
  place: ImportPlace,
  work: (signal: AbortSignal) => Promise<T>,
  { beatMs = IMPORT_BEAT_MS }: { beatMs?: number } = {},
): Promise<T> {
  const ended = new AbortController();
  const beating = setInterval(() => {
    beatImport(db, place).then(
      (runs) => {
        if (!runs) ended.abort(new ImportEndedElsewhereError(place.importId));
      },
      // A beat that Postgres did not take is made good by the next.
      () => {},
    );
  }, beatMs);
  try {
    return await work(ended.signal);
  } finally {
    clearInterval(beating);
  }
}
