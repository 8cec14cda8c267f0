import { createCallSource } from "../../db/clickhouse/call-source";
import { listDatasets } from "../../db/postgres";
import { askAgain, type Recheck } from "../../party/analysis/ask-again";
import type { Evidence } from "../../party/protocol";
import type { Services } from "../platform/types";
import { isCallsUnread } from "./calls-unread.server";

/** A recheck as a page shows it; `failed`: no answer came, which says nothing of the evidence. */
export type CheckOutcome = { label: string; at: string } & (
  | Recheck
  | { state: "failed"; reason: string }
);

/** A page waits this long for the answer, ms. */
const PATIENCE_MS = 60_000;

/** Asks the evidence's question again over the workspace's calls of today. */
export async function checkEvidence(
  { db, clickhouse }: Pick<Services, "db" | "clickhouse">,
  { workspaceId, evidence }: { workspaceId: string; evidence: Evidence },
  request: { signal: AbortSignal },
): Promise<CheckOutcome> {
  const about = { label: evidence.label, at: new Date().toISOString() };
  const datasets = await listDatasets(db, { workspaceId });
  const versions = new Map(datasets.map(({ id, version }) => [id, version]));
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const source = createCallSource(clickhouse);
    return { ...about, ...(await askAgain(source, { workspaceId, evidence, versions }, signal)) };
  } catch (error) {
    const reason = noAnswer(error, signal);
    if (reason === null) throw error;
    return { ...about, state: "failed", reason };
  }
}

/** Why no answer came, for people; null for what is a fault of ours. */
function noAnswer(error: unknown, signal: AbortSignal): string | null {
  if (isCallsUnread(error)) return error.message;
  if (signal.aborted) return `No answer came within ${PATIENCE_MS / 1000} seconds`;
  return null;
}
