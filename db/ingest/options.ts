import { z } from "zod";
import type { Call } from "../clickhouse/call";

/** What the user decides about an import. JSON, kept with the import in Postgres. */
export const importOptionsSchema = z.object({
  /** Call ids derive from it: the same file under the same id yields the same ids. */
  importId: z.string().min(1).max(100),
  fileName: z.string().max(500),
  /** Given to every row that names no model of its own. */
  assignedModel: z
    .object({ provider: z.string().min(1).max(100), model: z.string().min(1).max(200) })
    .optional(),
  /** Unix ms at which a trace whose times count from zero began. */
  startTime: z.number().int().nonnegative().optional(),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

/**
 * Where accepted calls go, one batch at a time; the next batch is read only after it resolved.
 * Batches hold `IMPORT_LIMITS.batchRows` calls (the last one fewer) and are the same on a retry.
 */
export type CallSink = (calls: Call[]) => Promise<void>;

export interface ImportProgress {
  bytesRead: number;
  rowsAccepted: number;
  rowsRejected: number;
}

export interface ImportControl {
  signal?: AbortSignal;
  /** At most every 200 ms, and once at the end. */
  onProgress?: (progress: ImportProgress) => void;
  /** Unix ms; `Date.now` unless a test says otherwise. */
  now?: () => number;
}

export const IMPORT_LIMITS = {
  /** What `inspectFile` wants to see of a file. */
  inspectionBytes: 64 * 1024,
  /** A longer row is rejected by its line number and skipped. Bounds the memory of an import. */
  rowBytes: 1024 * 1024,
  columns: 2_000,
  /** More tokens than any model takes or gives in one call. */
  tokensPerCall: 10_000_000,
  batchRows: 5_000,
  keptRejections: 100,
  progressEveryMs: 200,
  /** Texts of a call longer than this are rejected: they are identifiers, not prompts. */
  textCharacters: 1_000,
  earliestTime: Date.UTC(2000, 0, 1),
  /** A call may be at most this far ahead of now: clocks differ, the future does not log. */
  aheadMs: 24 * 60 * 60 * 1000,
} as const;
