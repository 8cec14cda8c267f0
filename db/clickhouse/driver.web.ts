export { ClickHouseLogLevel, createClient } from "@clickhouse/client-web";
