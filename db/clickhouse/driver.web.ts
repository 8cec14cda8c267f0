export { createClient } from "@clickhouse/client-web";
