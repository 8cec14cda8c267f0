-- One row per health probe: only an insert shows that the store can still write. Rows go by themselves.
CREATE TABLE IF NOT EXISTS health_probes
(
    at DateTime DEFAULT now()
)
ENGINE = MergeTree
ORDER BY at
TTL at + INTERVAL 1 HOUR
