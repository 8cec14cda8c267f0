export { createClient } from "@clickhouse/client";
