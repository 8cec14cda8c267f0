export { createDatabase, type Database } from "./client";
export {
  isPostgresAway,
  PostgresQueryError,
  PostgresTimeoutError,
  PostgresUnreachableError,
} from "./errors";
export { IMPORT_BEAT_MS, whileImporting } from "./import-heartbeat";
export * from "./queries/actions";
export * from "./queries/budgets";
export * from "./queries/changes";
export * from "./queries/datasets";
export * from "./queries/datasets-own";
export * from "./queries/datasets-removal";
export * from "./queries/evidence";
export * from "./queries/imports";
export {
  failSilentImport,
  type ImportPlace,
  listSilentImports,
} from "./queries/imports-interrupted";
export * from "./queries/messages";
export * from "./queries/model-calls";
export * from "./queries/people";
export * from "./queries/reports";
export * from "./queries/runs";
export { searchedWords } from "./queries/search-text";
export * from "./queries/sessions";
export * from "./queries/thread-record";
export * from "./queries/thread-shares";
export * from "./queries/thread-standing";
export * from "./queries/threads";
export * from "./queries/threads-change";
export * from "./queries/threads-purge";
