import { createCallSource } from "../../db/clickhouse/call-source";
import type { Dataset } from "../../db/postgres";
import { askCalls } from "../../party/analysis/ask-calls";
import type { EvidenceDraft } from "../../party/protocol";
import { isCallsUnread } from "../insights/calls-unread.server";
import type { Services } from "../platform/types";

const DAY_MS = 86_400_000;
/** A page waits this long for the calls to be counted, ms. */
const PATIENCE_MS = 10_000;

/** Calls that are too old already and go with the next housekeeping; null when that is not known now. */
export async function countOldCalls(
  { clickhouse }: Pick<Services, "clickhouse">,
  { workspaceId, dataset, days }: { workspaceId: string; dataset: Dataset; days: number },
): Promise<{ calls: number; receipt: EvidenceDraft } | null> {
  const now = Date.now();
  const { id, name, version } = dataset;
  const scope = { workspaceId, datasets: [{ id, name, version }], filters: {} };
  const to = now - (now % DAY_MS) - days * DAY_MS;
  try {
    const { result, draft } = await askCalls(
      createCallSource(clickhouse),
      { ...scope, from: null, to },
      { measures: ["calls"] },
      AbortSignal.timeout(PATIENCE_MS),
    );
    return { calls: result.rows[0]?.values.calls ?? 0, receipt: draft };
  } catch (error) {
    const isAway =
      isCallsUnread(error) || (error instanceof DOMException && error.name === "TimeoutError");
    if (!isAway) throw error;
    return null;
  }
}
