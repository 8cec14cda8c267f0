export type { Call } from "./call";
export {
  type ClickHouse,
  type ClickHouseOptions,
  createClickHouse,
  type QueryLimits,
  type QueryTags,
} from "./client";
export { countDatasetCalls, deleteDatasetCalls, deleteImportCalls } from "./dataset-calls";
export { ClickHouseQueryError, ClickHouseShapeError, ClickHouseUnreachableError } from "./errors";
export { type InsertReceipt, type InsertTarget, insertCalls } from "./insert-calls";
export {
  ChangedMigrationError,
  type ClickHouseMigration,
  FailedMigrationError,
  migrateClickHouse,
} from "./migrate";
export type { Answer, Dimension, Filters, Scope } from "./scope";
