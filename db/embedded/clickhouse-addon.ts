import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { resolveOptional } from "./optional-package";

/** An open connection to the engine in this process. Its settings and parameters are its own. */
export type Connection = { readonly connection: unique symbol };
/** A running streamed SELECT. */
export type StreamHandle = { readonly stream: unique symbol };

interface QueryResult {
  bytes: Uint8Array;
  /** Seconds. */
  elapsed: number;
  rowsRead: number;
  bytesRead: number;
}

interface InsertResult {
  elapsed: number;
  rowsWritten: number;
  bytesWritten: number;
}

interface StreamChunk {
  done: boolean;
  bytes: Uint8Array;
  numRows: number;
}

/**
 * The native part of the package `chdb`, as far as it is used here (version 3.4.0 is pinned).
 *
 * Its public `Session` is not used: it puts off every close until no query runs in the whole
 * process, so that connections pile up behind one slow query, and it refuses inserts in binary
 * formats and into quoted table names. The one rule it would enforce is kept by `ClickHouseEngine`:
 * never close a connection or a stream while a call on it is under way.
 *
 * Each call runs on a thread of libuv's pool for as long as the engine works on it.
 */
export interface ClickHouseAddon {
  CreateConnection(folder: string, args: string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<QueryResult>;
  /** Runs `prefix` with `payload` as its data. The payload must not change until it settles. */
  InsertRawAsyncConnection(
    connection: Connection,
    prefix: string,
    payload: Buffer,
    countLines: boolean,
  ): Promise<InsertResult>;
  /** Throws at once when the statement is wrong or is no SELECT. */
  StreamQuery(connection: Connection, sql: string, format: string): StreamHandle;
  /** The next block of rows, each rendered as a complete document of the format. */
  StreamFetch(stream: StreamHandle): Promise<StreamChunk>;
  StreamCancel(stream: StreamHandle): void;
}

/** @throws {EnginePackageMissingError} */
export function loadClickHouseAddon(): ClickHouseAddon {
  const entry = resolveOptional("chdb");
  const loader = createRequire(import.meta.url)(join(dirname(entry), "dist", "loader.js")) as {
    loadNative(): ClickHouseAddon;
  };
  return loader.loadNative();
}
