import { ClickHouseLogLevel, createClient } from "#clickhouse-driver";
import { ClickHouseQueryError, ClickHouseSilentError, ClickHouseUnreachableError } from "./errors";
import type { Answer } from "./scope";

/** Who asks, for the server's query log. Ids only. */
interface QueryTags {
  workspace?: string;
  run?: string;
  thread?: string;
  import?: string;
}

/** What one query may take before the server stops it. */
interface QueryLimits {
  seconds: number;
  memoryBytes: number;
  resultRows: number;
  /** Rows read from tables, all scans of the query together; 0 is as many as time allows. */
  rowsToRead: number;
}

const defaultLimits: QueryLimits = {
  seconds: 30,
  memoryBytes: 2 * 1024 ** 3,
  resultRows: 20_000,
  rowsToRead: 0,
};

/**
 * What a query gets beyond its own limit of time before it counts as unanswered, ms: the server looks at
 * the limit between blocks, and the answer has to travel.
 */
const ANSWER_SLACK_MS = 10_000;
/** So that it is always our own deadline that ends a request, which the driver's could not be told from. */
const DRIVER_SLACK_MS = 5_000;

export interface Question {
  /** Shown in errors and in the server's query log. */
  name: string;
  /** Values stand in it only as `{name:Type}`. */
  sql: string;
  parameters: Record<string, unknown>;
  limits?: Partial<QueryLimits>;
}

export interface CallOptions {
  /** Aborting closes the request, upon which the server stops the query. The abort's reason is thrown. */
  signal?: AbortSignal | undefined;
}

/**
 * ClickHouse over HTTP. Reads are retried when no answer came; so are inserts, whose table must
 * take the same rows twice without doubling them. Throws ClickHouseUnreachableError
 * (ClickHouseSilentError where it hangs), ClickHouseQueryError, or the signal's reason.
 */
export interface ClickHouse {
  query(question: Question, options?: CallOptions): Promise<Answer<unknown>>;
  insert(table: string, rows: readonly object[], options?: CallOptions): Promise<void>;
  /** A statement without an answer (a migration, a delete). Not retried. */
  command(question: Question, options?: CallOptions): Promise<void>;
  /** The same connection with further tags. */
  tagged(tags: QueryTags): ClickHouse;
  close(): Promise<void>;
}

export interface ClickHouseOptions {
  tags?: QueryTags;
  /**
   * How long to wait for an answer at most, ms; a query gets no more than its limit of time and a little.
   * Beyond it the request counts as unanswered, and is not tried again.
   */
  timeoutMs?: number;
  /** How often a read or an insert is tried. */
  attempts?: number;
}

type Driver = ReturnType<typeof createClient>;

/** `CLICKHOUSE_URL` may hold user, password and database: http://user:password@host:8123/database. */
export function createClickHouse(
  config: { CLICKHOUSE_URL: string },
  options: ClickHouseOptions = {},
): ClickHouse {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const driver = createClient({
    url: config.CLICKHOUSE_URL,
    application: "netra",
    request_timeout: timeoutMs + DRIVER_SLACK_MS,
    // Errors are thrown and logged by who asked; the driver would print the query's settings besides.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { date_time_input_format: "best_effort" },
  });
  return connect(driver, { tags: {}, attempts: 3, ...options, timeoutMs });
}

function connect(driver: Driver, options: Required<ClickHouseOptions>): ClickHouse {
  const comment = (name: string) => JSON.stringify({ app: "netra", query: name, ...options.tags });

  const patience = { attempts: options.attempts, waitMs: options.timeoutMs };

  async function attempt<Result>(
    name: string,
    { attempts, waitMs }: { attempts: number; waitMs: number },
    signal: AbortSignal | undefined,
    act: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    for (let tried = 1; ; tried++) {
      signal?.throwIfAborted();
      const deadline = AbortSignal.timeout(waitMs);
      try {
        return await act(signal ? AbortSignal.any([signal, deadline]) : deadline);
      } catch (error) {
        signal?.throwIfAborted();
        const answered = serverError(error);
        if (answered) {
          throw new ClickHouseQueryError(name, Number(answered.code), answered.type ?? "", error);
        }
        if (deadline.aborted) throw new ClickHouseSilentError(name, tried, waitMs, error);
        if (tried >= attempts) throw new ClickHouseUnreachableError(name, tried, error);
        await pause(backoffMs(tried), signal);
      }
    }
  }

  return {
    query: (question, { signal } = {}) => {
      const limits = { ...defaultLimits, ...question.limits };
      const waitMs = Math.min(options.timeoutMs, 1_000 * limits.seconds + ANSWER_SLACK_MS);
      return attempt(question.name, { ...patience, waitMs }, signal, async (abort_signal) => {
        const started = performance.now();
        const result = await driver.query({
          query: question.sql,
          query_params: question.parameters,
          format: "JSON",
          abort_signal,
          clickhouse_settings: {
            // 2, not 1: the limits below are themselves settings of the request.
            readonly: "2",
            max_execution_time: limits.seconds,
            max_memory_usage: String(limits.memoryBytes),
            max_result_rows: String(limits.resultRows),
            result_overflow_mode: "throw",
            max_rows_to_read: String(limits.rowsToRead),
            read_overflow_mode: "throw",
            cancel_http_readonly_queries_on_client_close: 1,
            output_format_json_quote_64bit_integers: 1,
            output_format_json_quote_decimals: 1,
            output_format_json_quote_denormals: 0,
            log_comment: comment(question.name),
          },
        });
        const answer = await result.json<unknown>();
        return {
          rows: answer.data,
          sql: question.sql,
          parameters: question.parameters,
          rowsRead: answer.statistics?.rows_read ?? 0,
          elapsedMs: performance.now() - started,
        };
      });
    },

    insert: (table, rows, { signal } = {}) =>
      rows.length === 0
        ? Promise.resolve()
        : attempt(`insert ${table}`, patience, signal, async (abort_signal) => {
            await driver.insert({
              table,
              values: [...rows],
              format: "JSONEachRow",
              abort_signal,
              clickhouse_settings: { log_comment: comment(`insert ${table}`) },
            });
          }),

    command: (question, { signal } = {}) =>
      attempt(question.name, { ...patience, attempts: 1 }, signal, async (abort_signal) => {
        await driver.command({
          query: question.sql,
          query_params: question.parameters,
          abort_signal,
          clickhouse_settings: { log_comment: comment(question.name) },
        });
      }),

    tagged: (tags) => connect(driver, { ...options, tags: { ...options.tags, ...tags } }),
    close: () => driver.close(),
  };
}

/** By shape, because the two drivers bring a class of their own each. */
function serverError(error: unknown): { code: string; type: string | undefined } | null {
  if (!(error instanceof Error) || !("code" in error) || !("type" in error)) return null;
  const { code, type } = error;
  if (typeof code !== "string" || !/^\d+$/.test(code)) return null;
  return { code, type: typeof type === "string" ? type : undefined };
}

/** Full jitter over 100, 200, 400 … ms, so that clients do not come back together. */
function backoffMs(tried: number): number {
  return Math.random() * 100 * 2 ** (tried - 1);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
