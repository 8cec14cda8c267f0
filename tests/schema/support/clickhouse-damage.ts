import type { Damage } from "./damage";

const anew = (engine: string, columns = "`at` DateTime DEFAULT now()") => [
  "DROP TABLE health_probes SYNC",
  `CREATE TABLE health_probes (${columns}) ENGINE = ${engine}`,
];
const probes = anew("MergeTree ORDER BY at TTL at + INTERVAL 1 HOUR");

/** What a hand can do to a migrated ClickHouse, and what must be said about it. */
export const clickHouseDamage: Damage[] = [
  {
    what: "a column of a narrower type",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN input_tokens UInt32"],
    says: [
      "calls_v1.input_tokens: expected UInt64 CODEC(T64, ZSTD(1)), found UInt32 CODEC(T64, ZSTD(1))",
    ],
  },
  {
    what: "a text that is no longer kept by number",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN model String"],
    says: ["calls_v1.model: expected LowCardinality(String), found String"],
  },
  {
    what: "a cost that cannot be unknown",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN cost_usd Decimal(18, 12) DEFAULT 0"],
    says: [
      "calls_v1.cost_usd: expected Nullable(Decimal(18, 12)) CODEC(ZSTD(1)), found Decimal(18, 12) DEFAULT 0 CODEC(ZSTD(1))",
    ],
  },
  {
    what: "a cost of another precision, over rows",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN cost_usd Nullable(Float64)"],
    says: [
      "calls_v1.cost_usd: expected Nullable(Decimal(18, 12)) CODEC(ZSTD(1)), found Nullable(Float64) CODEC(ZSTD(1))",
    ],
    undo: ["ALTER TABLE calls_v1 MODIFY COLUMN cost_usd Nullable(Decimal(18, 12))"],
  },
  {
    what: "columns that may be null and must not",
    sql: [
      "ALTER TABLE calls_v1 MODIFY COLUMN input_tokens Nullable(UInt64)",
      "ALTER TABLE calls_v1 MODIFY COLUMN inserted_at Nullable(DateTime)",
      "ALTER TABLE calls_v1 MODIFY COLUMN status Nullable(Enum8('ok' = 0, 'error' = 1))",
    ],
    says: [
      "calls_v1.input_tokens: expected UInt64 CODEC(T64, ZSTD(1)), found Nullable(UInt64) CODEC(T64, ZSTD(1))",
      "calls_v1.status: expected Enum8('ok' = 0, 'error' = 1), found Nullable(Enum8('ok' = 0, 'error' = 1))",
    ],
  },
  {
    what: "a count that may be null, over rows",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN input_tokens Nullable(UInt64)"],
    says: [
      "calls_v1.input_tokens: expected UInt64 CODEC(T64, ZSTD(1)), found Nullable(UInt64) CODEC(T64, ZSTD(1))",
    ],
    undo: [
      "ALTER TABLE calls_v1 MODIFY COLUMN input_tokens UInt64 DEFAULT 0",
      "ALTER TABLE calls_v1 MODIFY COLUMN input_tokens REMOVE DEFAULT",
    ],
  },
  {
    what: "an enum with another value",
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN status Enum8('ok' = 0, 'error' = 1, 'lost' = 2)"],
    says: [
      "calls_v1.status: expected Enum8('ok' = 0, 'error' = 1), found Enum8('ok' = 0, 'error' = 1, 'lost' = 2)",
    ],
  },
  {
    what: "a codec that is gone",
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN prompt_hash REMOVE CODEC"],
    says: ["calls_v1.prompt_hash: expected String CODEC(ZSTD(1)), found String"],
  },
  {
    what: "a codec that no migration sets",
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN retry UInt16 CODEC(NONE)"],
    says: ["calls_v1.retry: expected UInt16, found UInt16 CODEC(NONE)"],
  },
  {
    what: "a codec of another kind",
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN time DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4)"],
    says: [
      "calls_v1.time: expected DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)), found DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4)",
    ],
  },
  {
    what: "a default that is gone",
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN inserted_at REMOVE DEFAULT"],
    says: ["calls_v1.inserted_at: expected DateTime DEFAULT now(), found DateTime"],
  },
  {
    what: "a default that no migration sets",
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN quality DEFAULT 1"],
    says: [
      "calls_v1.quality: expected Nullable(Float64) CODEC(ZSTD(1)), found Nullable(Float64) DEFAULT 1 CODEC(ZSTD(1))",
    ],
  },
  {
    what: "a column that is computed in place of stored",
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN retry UInt16 MATERIALIZED 1"],
    says: ["calls_v1.retry: expected UInt16, found UInt16 MATERIALIZED 1"],
  },
  {
    what: "a column whose values go after a while",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 MODIFY COLUMN tags TTL inserted_at + INTERVAL 90 DAY"],
    says: [
      "calls_v1.tags: expected Map(LowCardinality(String), String), found Map(LowCardinality(String), String) TTL inserted_at + toIntervalDay(90)",
    ],
  },
  {
    what: "rows that go after a while",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 MODIFY TTL inserted_at + INTERVAL 30 DAY"],
    says: ["calls_v1 TTL: expected none, found inserted_at + toIntervalDay(30)"],
  },
  {
    what: "rows that never go",
    sql: ["ALTER TABLE health_probes REMOVE TTL"],
    says: ["health_probes TTL: expected at + toIntervalHour(1), found none"],
  },
  {
    what: "rows that go later",
    sql: ["ALTER TABLE health_probes MODIFY TTL at + INTERVAL 1 YEAR"],
    says: ["health_probes TTL: expected at + toIntervalHour(1), found at + toIntervalYear(1)"],
  },
  {
    what: "a column that is gone and may be unknown",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 DROP COLUMN price_input"],
    says: ["calls_v1.price_input: expected Nullable(UInt64) CODEC(ZSTD(1)), found nothing"],
  },
  {
    what: "a column that is gone from an empty table",
    sql: ["ALTER TABLE calls_v1 DROP COLUMN output_tokens"],
    says: ["calls_v1.output_tokens: expected UInt64 CODEC(T64, ZSTD(1)), found nothing"],
  },
  {
    what: "a column that is gone and would come back as zeros",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 DROP COLUMN output_tokens"],
    says: ["calls_v1.output_tokens: expected UInt64 CODEC(T64, ZSTD(1)), found nothing"],
    undo: ["ALTER TABLE calls_v1 ADD COLUMN output_tokens UInt64 CODEC(T64, ZSTD(1))"],
  },
  {
    what: "a column that no migration makes",
    sql: ["ALTER TABLE calls_v1 ADD COLUMN note String"],
    says: ["calls_v1.note: expected nothing, found String"],
  },
  {
    what: "a column that no migration makes, over rows",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 ADD COLUMN note String"],
    says: ["calls_v1.note: expected nothing, found String"],
    undo: ["ALTER TABLE calls_v1 DROP COLUMN note"],
  },
  {
    what: "a constraint that refuses rows",
    withRows: true,
    sql: ["ALTER TABLE calls_v1 ADD CONSTRAINT few CHECK input_tokens < 1000000"],
    says: [
      "calls_v1 constraint few: expected nothing, found CONSTRAINT few CHECK input_tokens < 1000000",
    ],
  },
  {
    what: "a table that is gone",
    sql: ["DROP TABLE calls_v1 SYNC"],
    says: ["calls_v1: expected ReplacingMergeTree, found nothing"],
  },
  {
    what: "a table that no migration makes",
    sql: ["CREATE TABLE calls_copy (id String) ENGINE = MergeTree ORDER BY id"],
    says: ["calls_copy: expected nothing, found a table (MergeTree) that no migration makes"],
    undo: ["DROP TABLE calls_copy SYNC"],
  },
  {
    what: "an engine that keeps doubles",
    sql: [
      "CREATE TABLE calls_next AS calls_v1 ENGINE = MergeTree PRIMARY KEY (workspace_id, dataset_id, time) ORDER BY (workspace_id, dataset_id, time, id)",
      "DROP TABLE calls_v1 SYNC",
      "RENAME TABLE calls_next TO calls_v1",
    ],
    says: ["calls_v1 engine: expected ReplacingMergeTree, found MergeTree"],
  },
  {
    what: "an engine with a version of rows",
    sql: anew("ReplacingMergeTree(at) ORDER BY at TTL at + INTERVAL 1 HOUR"),
    says: ["health_probes engine: expected MergeTree, found ReplacingMergeTree(at)"],
  },
  {
    what: "another order key, under which rows of one time would replace one another",
    sql: [
      "CREATE TABLE calls_next AS calls_v1 ENGINE = ReplacingMergeTree ORDER BY (workspace_id, dataset_id, time)",
      "DROP TABLE calls_v1 SYNC",
      "RENAME TABLE calls_next TO calls_v1",
    ],
    says: [
      "calls_v1 order key: expected (workspace_id, dataset_id, time, id), found (workspace_id, dataset_id, time)",
    ],
  },
  {
    what: "partitions, and a column besides",
    sql: anew(
      "MergeTree PARTITION BY toDate(at) ORDER BY at TTL at + INTERVAL 1 HOUR",
      "at DateTime DEFAULT now(), note String",
    ),
    says: [
      "health_probes partition key: expected none, found (toDate(at))",
      "health_probes.note: expected nothing, found String",
    ],
  },
  {
    what: "a key of another type",
    sql: anew("MergeTree ORDER BY at TTL at + INTERVAL 1 HOUR", "at DateTime('UTC') DEFAULT now()"),
    says: [
      "health_probes.at: expected DateTime DEFAULT now(), found DateTime('UTC') DEFAULT now()",
    ],
  },
  {
    what: "another order key, over rows",
    sql: [
      ...anew("MergeTree ORDER BY tuple() TTL at + INTERVAL 1 HOUR"),
      "INSERT INTO health_probes VALUES (now())",
    ],
    says: ["health_probes order key: expected (at), found none"],
    undo: probes,
  },
  {
    what: "an engine that keeps nothing",
    sql: [
      "DROP TABLE health_probes SYNC",
      "CREATE TABLE health_probes (at DateTime DEFAULT now()) ENGINE = Null",
    ],
    says: ["health_probes engine: expected MergeTree, found Null"],
  },
];
