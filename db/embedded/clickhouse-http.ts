import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import { createGzip } from "node:zlib";
import type { ClickHouseEngine, Job, Metrics } from "./clickhouse-engine";
import { type ClickHouseFailure, failureFrom, failures } from "./clickhouse-errors";
import {
  addressOf,
  authenticated,
  type ClickHouseRequest,
  claimedUser,
  readClickHouseRequest,
} from "./clickhouse-request";
import { describeStatement, streamHeadingLines } from "./clickhouse-statement";
import { onClientGone } from "./loopback";

export interface ClickHouseHttpOptions {
  user: string;
  password: string;
  /** What the engine calls itself, for the error texts. */
  version: string;
  /** Limit of a decoded request body. */
  bodyLimitBytes: number;
}

/** ClickHouse's HTTP interface, as far as the official clients use it. */
export function clickHouseHandler(
  engine: ClickHouseEngine,
  options: ClickHouseHttpOptions,
): RequestListener {
  return (request, response) => {
    answer(engine, options, request, response).catch((error: unknown) =>
      sendFailure(response, failureFrom(error), options.version),
    );
  };
}

async function answer(
  engine: ClickHouseEngine,
  options: ClickHouseHttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = addressOf(request).pathname;
  if (path === "/ping" || path === "/replicas_status") {
    response.end("Ok.\n");
    return;
  }
  if (!authenticated(request, options)) throw failures.authentication(claimedUser(request));
  const gone = new AbortController();
  onClientGone(response, () => gone.abort());
  const decoded = await readClickHouseRequest(request, options.bodyLimitBytes);
  response.setHeader("X-ClickHouse-Server-Display-Name", "netra");
  response.setHeader("X-ClickHouse-Query-Id", decoded.queryId ?? randomUUID());
  response.setHeader("X-ClickHouse-Timezone", "UTC");

  const statement = describeStatement(decoded.sql);
  if (statement.kind === "empty") throw failures.emptyQuery();
  if (statement.isMultiple) throw failures.multipleStatements();
  const job: Job = { ...decoded, signal: gone.signal };

  if (statement.kind === "insert" && decoded.payload !== null) {
    sendSummary(response, await engine.insert(job, decoded.sql, decoded.payload));
    response.end();
    return;
  }
  const sql =
    decoded.payload === null ? decoded.sql : `${decoded.sql}\n${decoded.payload.toString("utf8")}`;
  // An insert's FORMAT is that of its data, not of an answer.
  const answerFormat = statement.kind === "insert" ? null : statement.format;
  const format = answerFormat ?? decoded.defaultFormat;
  const headingLines = statement.kind === "select" ? streamHeadingLines(format) : null;
  if (headingLines !== null) {
    const body = new StreamedBody(response, decoded, format, headingLines);
    if (await sendStream(engine, job, sql, body, options.version)) return;
  }
  const result = await engine.run(job, sql, format);
  sendSummary(response, result.metrics);
  const body = openBody(response, decoded, format);
  body.end(result.bytes);
}

async function sendStream(
  engine: ClickHouseEngine,
  job: Job,
  sql: string,
  body: StreamedBody,
  version: string,
): Promise<boolean> {
  try {
    const isStreamed = await engine.stream(job, sql, body.format, (block) => body.write(block));
    if (isStreamed) body.end();
    return isStreamed;
  } catch (error) {
    // Before the first block the answer can still be an error; behind it only the body can tell.
    if (!body.isOpen) throw error;
    body.fail(failureFrom(error), version);
    return true;
  }
}

/** The body of a streamed result. Opened by its first block, so that early errors keep their status. */
class StreamedBody {
  private body: Writable | null = null;
  private readonly exceptionTag = randomBytes(8).toString("hex");

  constructor(
    private readonly response: ServerResponse,
    private readonly request: ClickHouseRequest,
    readonly format: string,
    private readonly headingLines: number,
  ) {}

  get isOpen(): boolean {
    return this.body !== null;
  }

  async write(block: Uint8Array): Promise<void> {
    const rows = this.body === null ? block : withoutLines(block, this.headingLines);
    const body = this.open();
    if (this.response.destroyed || body.write(rows)) return;
    await Promise.race([once(body, "drain"), once(this.response, "close")]).catch(() => undefined);
  }

  end(): void {
    this.open().end();
  }

  /** The form of ClickHouse 25.11 and later, from which the clients make an error again. */
  fail(failure: ClickHouseFailure, version: string): void {
    const message = `${failureText(failure, version)}\n`;
    const tag = this.exceptionTag;
    this.open().end(
      `\r\n__exception__\r\n${tag}\r\n${message}${Buffer.byteLength(message)} ${tag}\r\n__exception__\r\n`,
    );
  }

  private open(): Writable {
    if (this.body === null) {
      this.response.setHeader("X-ClickHouse-Exception-Tag", this.exceptionTag);
      sendSummary(this.response, null);
      this.body = openBody(this.response, this.request, this.format);
    }
    return this.body;
  }
}

function withoutLines(block: Uint8Array, count: number): Uint8Array {
  let start = 0;
  for (let line = 0; line < count; line++) start = block.indexOf(10, start) + 1;
  return block.subarray(start);
}

function openBody(response: ServerResponse, request: ClickHouseRequest, format: string): Writable {
  response.setHeader("X-ClickHouse-Format", format);
  response.setHeader(
    "Content-Type",
    /^json/i.test(format) ? "application/json; charset=UTF-8" : "text/plain; charset=UTF-8",
  );
  if (!request.wantsGzip) return response;
  response.setHeader("Content-Encoding", "gzip");
  const gzip = createGzip({ level: 1 });
  response.once("close", () => gzip.destroy());
  gzip.pipe(response);
  return gzip;
}

function sendSummary(response: ServerResponse, metrics: Metrics | null): void {
  response.setHeader(
    "X-ClickHouse-Summary",
    JSON.stringify({
      read_rows: String(metrics?.readRows ?? 0),
      read_bytes: String(metrics?.readBytes ?? 0),
      written_rows: String(metrics?.writtenRows ?? 0),
      written_bytes: String(metrics?.writtenBytes ?? 0),
      total_rows_to_read: "0",
      result_rows: String(metrics?.readRows ?? 0),
      result_bytes: String(metrics?.readBytes ?? 0),
      elapsed_ns: String(Math.round((metrics?.elapsedSeconds ?? 0) * 1e9)),
    }),
  );
}

function failureText(failure: ClickHouseFailure, version: string): string {
  return `${failure.message} (version ${version})`;
}

function sendFailure(response: ServerResponse, failure: ClickHouseFailure, version: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = `${failureText(failure, version)}\n`;
  response.writeHead(failure.status, {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Length": String(Buffer.byteLength(body)),
    "X-ClickHouse-Exception-Code": String(failure.code),
  });
  response.end(body);
}
