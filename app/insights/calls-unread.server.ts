import {
  ClickHouseNotReadyError,
  ClickHouseQueryError,
  ClickHouseUnreachableError,
} from "../../db/clickhouse";

/** Whether calls could not be read because of their store, whose message is fit for people, and not by a fault of ours. */
export function isCallsUnread(
  error: unknown,
): error is ClickHouseNotReadyError | ClickHouseQueryError | ClickHouseUnreachableError {
  return (
    error instanceof ClickHouseUnreachableError ||
    error instanceof ClickHouseNotReadyError ||
    error instanceof ClickHouseQueryError
  );
}
