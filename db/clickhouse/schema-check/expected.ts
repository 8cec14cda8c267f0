import type { TableShape } from "./shape";

/**
 * What the migrations beside this folder make, all in all; a test compares the two. Declared, because a
 * worker has no migration files, and because what the code relies on is worth reading in one place.
 * Tables whose names begin with `netra_` are bookkeeping of the start and are not compared.
 */
export const expectedTables: readonly TableShape[] = [
  {
    name: "calls_v1",
    engine: "ReplacingMergeTree",
    columns: [
      { name: "workspace_id", type: "UUID" },
      { name: "dataset_id", type: "UUID" },
      { name: "import_id", type: "UUID" },
      { name: "id", type: "String", codec: "ZSTD(1)" },
      { name: "time", type: "DateTime64(3, 'UTC')", codec: "Delta, ZSTD(1)" },
      { name: "provider", type: "LowCardinality(String)" },
      { name: "model", type: "LowCardinality(String)" },
      { name: "feature", type: "LowCardinality(String)" },
      { name: "user", type: "String", codec: "ZSTD(1)" },
      { name: "session", type: "String", codec: "ZSTD(1)" },
      { name: "status", type: "Enum8('ok' = 0, 'error' = 1)" },
      { name: "error_code", type: "LowCardinality(String)" },
      { name: "retry", type: "UInt16" },
      { name: "input_tokens", type: "UInt64", codec: "T64, ZSTD(1)" },
      { name: "cache_read_tokens", type: "UInt64", codec: "T64, ZSTD(1)" },
      { name: "cache_write_tokens", type: "UInt64", codec: "T64, ZSTD(1)" },
      { name: "output_tokens", type: "UInt64", codec: "T64, ZSTD(1)" },
      { name: "reasoning_tokens", type: "UInt64", codec: "T64, ZSTD(1)" },
      { name: "latency_ms", type: "Nullable(Float64)", codec: "ZSTD(1)" },
      { name: "ttft_ms", type: "Nullable(Float64)", codec: "ZSTD(1)" },
      { name: "prompt_hash", type: "String", codec: "ZSTD(1)" },
      { name: "prefix_blocks", type: "Array(UInt64)", codec: "ZSTD(1)" },
      { name: "block_tokens", type: "UInt32" },
      { name: "quality", type: "Nullable(Float64)", codec: "ZSTD(1)" },
      { name: "tags", type: "Map(LowCardinality(String), String)" },
      { name: "cost_usd", type: "Nullable(Decimal(18, 12))", codec: "ZSTD(1)" },
      { name: "price_problem", type: "LowCardinality(String)" },
      { name: "price_input", type: "Nullable(UInt64)", codec: "ZSTD(1)" },
      { name: "price_cache_read", type: "Nullable(UInt64)", codec: "ZSTD(1)" },
      { name: "price_cache_write", type: "Nullable(UInt64)", codec: "ZSTD(1)" },
      { name: "price_output", type: "Nullable(UInt64)", codec: "ZSTD(1)" },
      { name: "price_catalogue", type: "LowCardinality(String)" },
      { name: "inserted_at", type: "DateTime", default: "DEFAULT now()" },
    ],
    partitionBy: "",
    primaryKey: "workspace_id, dataset_id, time",
    orderBy: "workspace_id, dataset_id, time, id",
    ttl: "",
    constraints: [],
  },
  {
    name: "health_probes",
    engine: "MergeTree",
    columns: [{ name: "at", type: "DateTime", default: "DEFAULT now()" }],
    partitionBy: "",
    primaryKey: "at",
    orderBy: "at",
    ttl: "at + toIntervalHour(1)",
    constraints: [],
  },
];
