import { randomUUID } from "node:crypto";
import type { ClickHouse } from "../../db/clickhouse/client";
import type { Scope } from "../../party/analysis/source";

/** Calls of one insert. */
const BATCH = 1_000_000;
const START = Date.UTC(2026, 2, 1);
const DAYS_30 = 2_592_000_000;

/**
 * Fills the store inside the engine, always alike: 30 days of calls of 8 models and 20 features, 2 % failures,
 * 10 % repeated prompts, and prompts of `blocks` blocks that share a prefix of any length with their group.
 */
export async function generateCalls(
  clickhouse: ClickHouse,
  count: number,
  blocks: number,
): Promise<Scope> {
  const [workspaceId, datasetId] = [randomUUID(), randomUUID()];
  for (let from = 0; from < count; from += BATCH) {
    await clickhouse.command({
      name: "generate",
      sql: insertion,
      parameters: {
        workspace: workspaceId,
        dataset: datasetId,
        from,
        size: Math.min(BATCH, count - from),
        blocks,
        start: START,
        pause: Math.floor(DAYS_30 / count),
      },
    });
  }
  return {
    workspaceId,
    datasets: [{ id: datasetId, name: "generated", version: 1 }],
    from: null,
    to: null,
    filters: {},
  };
}

const insertion = `INSERT INTO calls_v1 (workspace_id, dataset_id, import_id, id, time, provider, model, feature, user, session,
  status, error_code, retry, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
  latency_ms, ttft_ms, prompt_hash, prefix_blocks, block_tokens, cost_usd, price_input, price_cache_read, price_cache_write, price_output)
SELECT {workspace:UUID}, {dataset:UUID}, {dataset:UUID}, leftPad(toString(n), 9, '0'),
  fromUnixTimestamp64Milli({start:Int64} + toInt64(n * {pause:UInt64} + cityHash64(n, 1) % 1000)),
  if(kind < 5, 'openai', 'anthropic'),
  ['gpt-4o', 'gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1', 'claude-sonnet-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'][kind + 1],
  concat('feature-', toString(cityHash64(n, 3) % 20)), toString(cityHash64(n, 4) % 10000), toString(intDiv(n, 10)),
  if(cityHash64(n, 5) % 50 = 0, 'error', 'ok') AS state, if(state = 'error', '500', ''), if(cityHash64(n, 6) % 60 = 0, 1, 0),
  1000 + {blocks:UInt64} * 128 + cityHash64(n, 7) % 100 AS input, 0, 0, cityHash64(n, 8) % 800 AS output, 0,
  200 + cityHash64(n, 9) % 4000, 100,
  toString(sipHash64(if(cityHash64(n, 10) % 10 = 0, n % 1000, n + 1000000))),
  arrayMap(place -> if(place < shared, cityHash64(family, place), cityHash64(n, place, 77)), range({blocks:UInt64})),
  if({blocks:UInt64} = 0, 0, 128),
  toDecimal64((input * 2500000 + output * 10000000) / 1e12, 12), 2500000, 250000, if(kind < 5, NULL, 3125000), 10000000
FROM (
  SELECT number + {from:UInt64} AS n, cityHash64(n, 2) % 8 AS kind, cityHash64(n, 11) % 3000 AS family,
    cityHash64(n, 12) % ({blocks:UInt64} + 1) AS shared
  FROM numbers({size:UInt64})
)`;
