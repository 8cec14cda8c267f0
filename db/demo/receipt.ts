import type { ImportReceipt } from "../ingest";
import type { PlantedFacts } from "./facts";

/** The receipt of generated calls: like a file's, with nothing rejected and no bytes read. */
export function demoReceipt(
  facts: PlantedFacts,
  { importId, fileName, elapsedMs }: { importId: string; fileName: string; elapsedMs: number },
): ImportReceipt {
  return {
    state: "completed",
    problem: null,
    importId,
    fileName,
    format: null,
    shape: null,
    rowsRead: facts.calls,
    rowsAccepted: facts.calls,
    rowsRejected: 0,
    rejectedBy: [],
    rejections: [],
    inputTokens: facts.inputTokens,
    outputTokens: facts.outputTokens,
    firstCallAt: facts.firstCallAt,
    lastCallAt: facts.lastCallAt,
    assignedModel: null,
    assumptions: ["Made by Netra's own seeded generator; no real traffic stands behind it."],
    bytes: 0,
    elapsedMs,
  };
}
