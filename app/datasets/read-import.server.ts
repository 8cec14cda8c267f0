import { z } from "zod";
import { importReceiptSchema } from "../../db/ingest";
import type { StoredImport } from "../../db/postgres";
import type { ImportView } from "./import-view";

export const importPricingSchema = z.object({
  costUsd: z.string().nullable(),
  priced: z.number().int(),
  unpriced: z.array(z.object({ reason: z.string(), calls: z.number().int() })),
  catalogueVersion: z.string(),
});

const withPricing = z.object({ pricing: importPricingSchema });

/** The row as the page shows it. Pricing stands beside the receipt's own fields when the web made the import. */
export function readImport(stored: StoredImport): ImportView {
  const receipt = importReceiptSchema.safeParse(stored.receipt);
  const pricing = withPricing.safeParse(stored.receipt);
  return {
    id: stored.id,
    datasetId: stored.datasetId,
    fileName: stored.fileName,
    fileBytes: stored.fileBytes,
    state: stored.state,
    bytesRead: stored.bytesRead,
    rowsAccepted: stored.rowsAccepted,
    rowsRejected: stored.rowsRejected,
    problem: stored.problem,
    startedAt: stored.startedAt.toISOString(),
    finishedAt: stored.finishedAt?.toISOString() ?? null,
    receipt: receipt.success ? receipt.data : null,
    pricing: pricing.success ? pricing.data.pricing : null,
  };
}
