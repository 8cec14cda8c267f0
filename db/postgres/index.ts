export {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type HttpSql,
  type TransactionSql,
} from "./client";
export {
  isPostgresError,
  type PostgresError,
  PostgresQueryError,
  PostgresTimeoutError,
  PostgresUnreachableError,
} from "./errors";
export * from "./queries/datasets";
export * from "./queries/evidence";
export * from "./queries/imports";
export * from "./queries/messages";
export * from "./queries/people";
export * from "./queries/reports";
export * from "./queries/runs";
export * from "./queries/sessions";
export * from "./queries/thread-record";
export * from "./queries/threads";
export * from "./queries/workspaces";
