import { v5 as uuidFromName } from "uuid";
import type { ClickHouse } from "../../db/clickhouse";
import { demoReceipt, loadDemoCalls } from "../../db/demo";
import {
  bringDatasetBack,
  type Database,
  finishImport,
  startImport,
  whileImporting,
} from "../../db/postgres";
import { PricedSink } from "./priced-sink.server";

const FILE_NAME = "demo.generated";
const HOUR_MS = 3_600_000;

/**
 * Generates the demo dataset in a workspace. Its ids follow from the workspace's, so that asking twice
 * makes one dataset; a try that was interrupted is made whole by the next. Returns the import's id.
 */
export async function loadDemo(
  { db, clickhouse }: { db: Database; clickhouse: ClickHouse },
  { workspaceId, userId }: { workspaceId: string; userId: string },
): Promise<string> {
  const importId = uuidFromName("demo-import", workspaceId);
  const datasetId = uuidFromName("demo-dataset", workspaceId);
  const startedAt = Date.now();
  const row = await startImport(db, {
    id: importId,
    workspaceId,
    dataset: { id: datasetId, name: "Demo: 30 days of calls", source: "demo" },
    fileName: FILE_NAME,
    fileBytes: null,
    options: { importId, fileName: FILE_NAME, endsAt: Math.floor(startedAt / HOUR_MS) * HOUR_MS },
    createdBy: userId,
  });
  if (row.state === "completed") {
    // Deleted or not, there is one demo: asking for it brings it back.
    await bringDatasetBack(db, { workspaceId, datasetId });
    return importId;
  }

  const sink = new PricedSink(clickhouse, { workspaceId, datasetId, importId });
  const facts = await whileImporting(db, { workspaceId, importId }, () =>
    loadDemoCalls(sink.take, {
      seed: 1,
      endsAt: Math.floor(row.startedAt.getTime() / HOUR_MS) * HOUR_MS,
    }),
  );
  const receipt = demoReceipt(facts, {
    importId,
    fileName: FILE_NAME,
    elapsedMs: Date.now() - startedAt,
  });
  await finishImport(db, {
    workspaceId,
    importId,
    state: "completed",
    receipt: { ...receipt, pricing: sink.pricing() },
    problem: null,
    bytesRead: 0,
    rowsAccepted: facts.calls,
    rowsRejected: 0,
    firstCallAt: new Date(facts.firstCallAt),
    lastCallAt: new Date(facts.lastCallAt),
  });
  return importId;
}
