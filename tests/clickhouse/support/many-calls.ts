import { randomUUID } from "node:crypto";
import type { ClickHouse } from "../../../db/clickhouse/client";

const CHUNK = 1_000_000;

export interface ManyCalls {
  workspaceId: string;
  datasetId: string;
  count: number;
  /** Different users; every hundredth call goes on with the same session. */
  users: number;
  /** Unix ms of the first call, and over how many days they are spread evenly. */
  start: number;
  days: number;
}

/**
 * Calls made inside the engine, in order of time, all of them a function of their number: eight features,
 * six models of two providers, one of them unpriced, a daily wave of latency, five per cent failures.
 */
export async function insertManyCalls(clickhouse: ClickHouse, calls: ManyCalls): Promise<void> {
  for (let from = 0; from < calls.count; from += CHUNK) {
    const rows = Math.min(CHUNK, calls.count - from);
    await clickhouse.command({
      name: "generate calls",
      sql: insertSql,
      parameters: {
        workspace: calls.workspaceId,
        dataset: calls.datasetId,
        import: randomUUID(),
        start: calls.start,
        step: (calls.days * 86_400_000) / calls.count,
        users: calls.users,
        from,
        rows,
      },
    });
  }
}

const insertSql = `INSERT INTO calls_v1 (workspace_id, dataset_id, import_id, id, time, provider, model, feature,
  user, session, status, error_code, retry, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
  reasoning_tokens, latency_ms, ttft_ms, prompt_hash, prefix_blocks, block_tokens, quality, tags, cost_usd,
  price_problem, price_input, price_cache_read, price_cache_write, price_output, price_catalogue)
SELECT {workspace:UUID}, {dataset:UUID}, {import:UUID}, toString(number),
  fromUnixTimestamp64Milli({start:Int64} + toInt64(number * {step:Float64}), 'UTC') AS at,
  if(kind < 4, 'openai', 'anthropic'), ['gpt-4o', 'gpt-4o-mini', 'o3', 'house-model-7', 'claude-sonnet-4-5', 'claude-haiku-4-5'][kind + 1],
  ['search', 'chat', 'summary', 'extract', 'rank', 'translate', 'review', ''][h % 8 + 1],
  concat('user-', toString(h % {users:UInt32})), concat('session-', toString(intDiv(number, 100))),
  if(failed, 'error', 'ok'), if(failed, ['429', '500', 'timeout'][h % 3 + 1], ''), if(h % 17 = 0, 1, 0),
  tokens, read, 0, written, 0,
  if(h % 11 = 0, NULL, 300 + (h % 4001) + 200 * sin(toHour(at) / 24 * 6.283) + 0.25) AS latency,
  if(latency IS NULL, NULL, latency / 4),
  concat('hash-', toString(h % 400000)), [], 0, if(h % 20 = 0, (h % 101) / 100, NULL), map('team', toString(h % 5)),
  if(priced, toDecimal128(toInt128((tokens - read) * p_in + read * p_read + written * p_out), 12) / 1000000000000, NULL),
  if(priced, '', 'unknown-model'), if(priced, p_in, NULL), if(priced, p_read, NULL), NULL, if(priced, p_out, NULL), 'bench'
FROM (
  SELECT number, cityHash64(number) AS h, intDiv(h, 65536) % 6 AS kind, h % 20 = 7 AS failed,
    200 + intDiv(h, 131) % 6000 AS tokens, if(h % 3 = 0, intDiv(tokens, 2), 0) AS read,
    if(failed, 0, 20 + intDiv(h, 977) % 700) AS written, kind != 3 AS priced,
    [2500000, 150000, 2000000, 0, 3000000, 1000000][kind + 1] AS p_in,
    [1250000, 75000, 500000, 0, 300000, 100000][kind + 1] AS p_read,
    [10000000, 600000, 8000000, 0, 15000000, 5000000][kind + 1] AS p_out
  FROM numbers({from:UInt64}, {rows:UInt64})
)`;
