import { randomUUID } from "node:crypto";
import type { ClickHouseAddon, Connection } from "./clickhouse-addon";
import { failureFrom, failures } from "./clickhouse-errors";
import { quoteName, quoteText } from "./clickhouse-statement";

export interface EngineLimits {
  /** Queries that run at once; more wait in line. */
  concurrentQueries: number;
  /** Queries that may wait in line; more are refused. */
  waitingQueries: number;
  /** Seconds after which a query fails, unless its own settings say otherwise. */
  executionSeconds: number;
  /** Bytes of memory of one query, unless its own settings say otherwise. */
  queryMemoryBytes: number;
  /** Bytes of memory of all running queries together. */
  allMemoryBytes: number;
}

export interface Job {
  database: string | null;
  /** Settings of this statement alone, raw as they came over HTTP. */
  settings: Map<string, string>;
  /** Values for `{name:Type}` placeholders, in ClickHouse's escaped text form. */
  parameters: Map<string, string>;
  /** `GET` requests may not change anything. */
  isReadonly: boolean;
  /** Aborts when the client is gone: the query is then killed in the engine. */
  signal: AbortSignal;
}

export interface Metrics {
  elapsedSeconds: number;
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
}

/** ClickHouse's own default, which the statement itself is held to. */
const defaultMaxQueryBytes = 262_144;

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * ClickHouse in this process. Each job gets a connection of its own, made for it and closed behind
 * it (0.4 ms), so that no setting, parameter or current database can reach another job. One more
 * connection stays open so that the engine does.
 */
export class ClickHouseEngine {
  private readonly anchor: Connection;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly addon: ClickHouseAddon,
    private readonly folder: string,
    private readonly limits: EngineLimits,
  ) {
    this.anchor = addon.CreateConnection(folder, this.connectionArgs());
  }

  async createDatabase(name: string): Promise<void> {
    await this.addon.QueryAsyncConnection(
      this.anchor,
      `CREATE DATABASE IF NOT EXISTS ${quoteName(name)}`,
      "Null",
    );
  }

  async version(): Promise<string> {
    const result = await this.addon.QueryAsyncConnection(this.anchor, "SELECT version()", "TSV");
    return Buffer.from(result.bytes).toString().trim();
  }

  /** Runs a statement and holds its whole result in memory. */
  run(job: Job, sql: string, format: string): Promise<{ bytes: Uint8Array; metrics: Metrics }> {
    return this.onConnection(job, async (connection) => {
      const result = await this.addon.QueryAsyncConnection(connection, sql, format);
      return {
        bytes: result.bytes,
        metrics: {
          ...noMetrics,
          elapsedSeconds: result.elapsed,
          readRows: result.rowsRead,
          readBytes: result.bytesRead,
        },
      };
    });
  }

  /** Runs an INSERT whose data came beside the statement. */
  insert(job: Job, statement: string, payload: Buffer): Promise<Metrics> {
    return this.onConnection(job, async (connection) => {
      if (payload.length === 0) return noMetrics;
      const result = await this.addon.InsertRawAsyncConnection(
        connection,
        statement,
        payload,
        false,
      );
      return {
        ...noMetrics,
        elapsedSeconds: result.elapsed,
        writtenRows: result.rowsWritten,
        writtenBytes: result.bytesWritten,
      };
    });
  }

  /**
   * Runs a SELECT block by block. `onBlock` is awaited, so a slow reader slows the query down, and
   * no more than one block is in memory. @returns false when the statement cannot be streamed, in
   * which case nothing was run.
   */
  stream(
    job: Job,
    sql: string,
    format: string,
    onBlock: (block: Uint8Array) => Promise<void>,
  ): Promise<boolean> {
    return this.onConnection(job, async (connection) => {
      let handle: ReturnType<ClickHouseAddon["StreamQuery"]>;
      try {
        handle = this.addon.StreamQuery(connection, sql, format);
      } catch (error) {
        if (/Streaming query is not supported/.test(String(error))) return false;
        throw error;
      }
      let isDone = false;
      try {
        while (!job.signal.aborted) {
          const chunk = await this.addon.StreamFetch(handle);
          if (chunk.done) {
            isDone = true;
            return true;
          }
          await onBlock(chunk.bytes);
        }
        throw failures.cancelled();
      } finally {
        if (!isDone) this.addon.StreamCancel(handle);
      }
    });
  }

  /** Waits for the running queries' end (they are expected to have been aborted) and closes the engine. */
  async close(): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (this.running > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (this.running === 0) this.addon.CloseConnection(this.anchor);
  }

  private async onConnection<Result>(
    job: Job,
    work: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    await this.takePlace(job.signal);
    try {
      const connection = this.addon.CreateConnection(this.folder, this.connectionArgs());
      const mark = randomUUID();
      let killing: NodeJS.Timeout | undefined;
      const onAbort = () => {
        // Repeated, because the query may not have reached the engine yet.
        this.kill(mark);
        killing = setInterval(() => this.kill(mark), 100);
      };
      try {
        await this.addon.QueryAsyncConnection(connection, preparation(job, mark), "Null");
        job.signal.addEventListener("abort", onAbort, { once: true });
        if (job.signal.aborted) throw failures.cancelled();
        return await work(connection);
      } catch (error) {
        throw failureFrom(error);
      } finally {
        clearInterval(killing);
        job.signal.removeEventListener("abort", onAbort);
        this.addon.CloseConnection(connection);
      }
    } finally {
      this.givePlace();
    }
  }

  private async takePlace(signal: AbortSignal): Promise<void> {
    if (this.running >= this.limits.concurrentQueries) {
      if (this.waiting.length >= this.limits.waitingQueries) {
        throw failures.tooManyQueries(this.limits.concurrentQueries + this.limits.waitingQueries);
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    if (signal.aborted) {
      this.givePlace();
      throw failures.cancelled();
    }
  }

  /** Hands the place to the next in line, so that no newcomer can slip in between. */
  private givePlace(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running--;
  }

  /** The engine gives queries ids of its own, so the query is found by the mark in its settings. */
  private kill(mark: string): void {
    this.addon
      .QueryAsyncConnection(
        this.anchor,
        `KILL QUERY WHERE endsWith(Settings['log_comment'], ${quoteText(mark)}) ASYNC`,
        "Null",
      )
      .catch(() => undefined);
  }

  private connectionArgs(): string[] {
    return [
      `--max_execution_time=${this.limits.executionSeconds}`,
      `--max_memory_usage=${this.limits.queryMemoryBytes}`,
      `--max_memory_usage_for_user=${this.limits.allMemoryBytes}`,
      "--output_format_json_quote_64bit_integers=1",
      // For the preparing statement, which carries the parameters; the job's own gets the default.
      "--max_query_size=1073741824",
    ];
  }
}

const noMetrics: Metrics = {
  elapsedSeconds: 0,
  readRows: 0,
  readBytes: 0,
  writtenRows: 0,
  writtenBytes: 0,
};

/** `SET` is safe here, and only here, because the connection serves this one job. */
function preparation(job: Job, mark: string): string {
  const assignments: string[] = [];
  for (const [name, value] of job.parameters) {
    if (!namePattern.test(name)) throw failures.badSetting(`param_${name}`);
    assignments.push(`param_${name} = ${quoteText(value)}`);
  }
  for (const [name, value] of job.settings) {
    if (!namePattern.test(name)) throw failures.badSetting(name);
    if (name !== "log_comment") assignments.push(`${name} = ${quoteText(value)}`);
  }
  if (!job.settings.has("max_query_size")) {
    assignments.push(`max_query_size = ${defaultMaxQueryBytes}`);
  }
  const comment = job.settings.get("log_comment");
  assignments.push(
    `log_comment = ${quoteText(comment === undefined ? mark : `${comment} ${mark}`)}`,
  );
  // Last, because nothing can be set after it.
  if (job.isReadonly && !job.settings.has("readonly")) assignments.push("readonly = 2");
  const use = job.database === null ? "" : `USE ${quoteName(job.database)}; `;
  return `${use}SET ${assignments.join(", ")}`;
}
