export type { Call } from "./call";
export { type ClickHouse, createClickHouse } from "./client";
export {
  countDatasetCalls,
  deleteDatasetCalls,
  deleteImportCalls,
  deleteOldCalls,
} from "./dataset-calls";
export { ClickHouseQueryError, ClickHouseUnreachableError } from "./errors";
export { ClickHouseGate, ClickHouseNotReadyError } from "./gate";
export { guardClickHouse } from "./guarded";
export { type CostedCall, type InsertTarget, insertCalls } from "./insert-calls";
export { FailedMigrationError } from "./migrate";
