import type { Call } from "../../../db/clickhouse/call";

/** A stored call: the log's, where it is stored, and what it cost in pico-dollars (null: unpriced). */
export interface StoredCall extends Call {
  datasetId: string;
  cost: bigint | null;
}
