import { catalogueVersion, formatUsd, type PricedCall, priceCall } from "../prices";
import type { Call } from "./call";
import type { CallOptions, ClickHouse } from "./client";

/** Where calls are stored. */
export interface InsertTarget {
  workspaceId: string;
  datasetId: string;
  importId: string;
}

/** A call whose cost was written down when it was made: that counts, not the catalogue of today. */
export interface CostedCall extends Call {
  /** Exact decimal text, USD; null when nobody knows it, and then `problem` says why. */
  cost: { usd: string; problem: "" } | { usd: null; problem: string };
}

export interface InsertReceipt {
  inserted: number;
  priced: number;
  /** Calls without a cost, by why: `no-model`, `unknown-model` … */
  unpriced: Record<string, number>;
}

/** Rows of one HTTP insert. */
const BATCH = 20_000;

/**
 * Prices each call that says no cost of its own, and stores it. Returns once all are acknowledged. Storing the same calls again
 * (same target dataset, time and id) changes nothing, so a caller may repeat a failed batch.
 * Throws ClickHouseUnreachableError, ClickHouseQueryError or the signal's reason.
 */
export async function insertCalls(
  clickhouse: ClickHouse,
  target: InsertTarget,
  calls: ReadonlyArray<Call | CostedCall>,
  options: CallOptions = {},
): Promise<InsertReceipt> {
  const receipt: InsertReceipt = { inserted: 0, priced: 0, unpriced: {} };
  const tagged = clickhouse.tagged({ workspace: target.workspaceId, import: target.importId });
  for (let start = 0; start < calls.length; start += BATCH) {
    const batch = calls.slice(start, start + BATCH);
    const rows = batch.map((call) => toRow(target, call));
    await tagged.insert("calls_v1", rows, options);
    for (const row of rows) {
      receipt.inserted++;
      if (row.cost_usd !== null) receipt.priced++;
      else receipt.unpriced[row.price_problem] = (receipt.unpriced[row.price_problem] ?? 0) + 1;
    }
  }
  return receipt;
}

/** A call as a row of `calls_v1`, priced. */
function toRow(target: InsertTarget, call: Call | CostedCall) {
  const price = priceCall(call);
  const applied = price.priced ? price.applied : null;
  const cost = "cost" in call ? call.cost : costOf(price);
  const token = (pico: bigint | null | undefined) => (pico == null ? null : pico.toString());
  return {
    workspace_id: target.workspaceId,
    dataset_id: target.datasetId,
    import_id: target.importId,
    id: call.id,
    time: new Date(call.time).toISOString(),
    provider: call.provider,
    model: call.model,
    feature: call.feature,
    user: call.user,
    session: call.session,
    status: call.status,
    error_code: call.errorCode,
    retry: call.retry,
    input_tokens: call.inputTokens,
    cache_read_tokens: call.cacheReadTokens,
    cache_write_tokens: call.cacheWriteTokens,
    output_tokens: call.outputTokens,
    reasoning_tokens: call.reasoningTokens,
    latency_ms: call.latencyMs,
    ttft_ms: call.ttftMs,
    prompt_hash: call.promptHash,
    prefix_blocks: call.prefixBlocks,
    block_tokens: call.blockTokens,
    quality: call.quality,
    tags: call.tags,
    cost_usd: cost.usd,
    price_problem: cost.problem,
    price_input: token(applied?.input),
    price_cache_read: token(applied?.cacheRead),
    price_cache_write: token(applied?.cacheWrite),
    price_output: token(applied?.output),
    price_catalogue: catalogueVersion,
  };
}

function costOf(price: PricedCall): CostedCall["cost"] {
  if (price.priced) return { usd: formatUsd(price.cost), problem: "" };
  return { usd: null, problem: price.reason };
}
