import type { ImportReceipt } from "../../db/ingest";

/** What the accepted calls of an import cost by the price catalogue. */
export interface ImportPricing {
  /** Decimal text in USD, exact; null when no call could be priced. */
  costUsd: string | null;
  priced: number;
  unpriced: Array<{ reason: string; calls: number }>;
  catalogueVersion: string;
}

/** An import as its page shows it. JSON; times are ISO-8601. */
export interface ImportView {
  id: string;
  datasetId: string;
  fileName: string;
  fileBytes: number | null;
  state: "running" | "completed" | "failed";
  bytesRead: number;
  rowsAccepted: number;
  rowsRejected: number;
  problem: string | null;
  startedAt: string;
  finishedAt: string | null;
  /** Null while it runs, and when the upload or the store broke off. */
  receipt: ImportReceipt | null;
  pricing: ImportPricing | null;
}
