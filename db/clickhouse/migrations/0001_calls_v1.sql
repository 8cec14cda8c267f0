-- One row per language-model call.
--
-- ReplacingMergeTree, not insert_deduplication_token: a token protects only a batch that comes back
-- cut exactly as before and within the server's window. Here the row itself is the key (its id is
-- the same for the same row of the same import), so a retried or differently cut batch, or one that
-- comes back after days, stores nothing twice. Reads say FINAL; parts written in time order do not
-- overlap, and then FINAL costs next to nothing.
--
-- No PARTITION BY: a log of any span of years must fit into one insert, and the sorting key already
-- narrows by workspace, dataset and time.
--
-- price_*: what the catalogue charged for one token of this call, in pico-dollars (1e-12 USD); NULL
-- where it has no such price. cost_usd: NULL when the call is unpriced, which never means zero.
CREATE TABLE IF NOT EXISTS calls_v1
(
    workspace_id       UUID,
    dataset_id         UUID,
    import_id          UUID,
    id                 String CODEC(ZSTD(1)),
    time               DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    provider           LowCardinality(String),
    model              LowCardinality(String),
    feature            LowCardinality(String),
    user               String CODEC(ZSTD(1)),
    session            String CODEC(ZSTD(1)),
    status             Enum8('ok' = 0, 'error' = 1),
    error_code         LowCardinality(String),
    retry              UInt16,
    input_tokens       UInt64 CODEC(T64, ZSTD(1)),
    cache_read_tokens  UInt64 CODEC(T64, ZSTD(1)),
    cache_write_tokens UInt64 CODEC(T64, ZSTD(1)),
    output_tokens      UInt64 CODEC(T64, ZSTD(1)),
    reasoning_tokens   UInt64 CODEC(T64, ZSTD(1)),
    latency_ms         Nullable(Float64) CODEC(ZSTD(1)),
    ttft_ms            Nullable(Float64) CODEC(ZSTD(1)),
    prompt_hash        String CODEC(ZSTD(1)),
    prefix_blocks      Array(UInt64) CODEC(ZSTD(1)),
    block_tokens       UInt32,
    quality            Nullable(Float64) CODEC(ZSTD(1)),
    tags               Map(LowCardinality(String), String),
    cost_usd           Nullable(Decimal(18, 12)) CODEC(ZSTD(1)),
    price_problem      LowCardinality(String),
    price_input        Nullable(UInt64) CODEC(ZSTD(1)),
    price_cache_read   Nullable(UInt64) CODEC(ZSTD(1)),
    price_cache_write  Nullable(UInt64) CODEC(ZSTD(1)),
    price_output       Nullable(UInt64) CODEC(ZSTD(1)),
    price_catalogue    LowCardinality(String),
    inserted_at        DateTime DEFAULT now()
)
ENGINE = ReplacingMergeTree
PRIMARY KEY (workspace_id, dataset_id, time)
ORDER BY (workspace_id, dataset_id, time, id)
