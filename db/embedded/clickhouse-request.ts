import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { failures } from "./clickhouse-errors";
import { BodyTooLargeError, readBody, secretsEqual } from "./loopback";

/** A request of a ClickHouse client, decoded: what stood in the address, the headers and the body. */
export interface ClickHouseRequest {
  /** The statement; empty when neither the address nor the body held one. */
  sql: string;
  /** Data for an INSERT whose statement stood in the address; `null` without such a body. */
  payload: Buffer | null;
  queryId: string | null;
  database: string | null;
  defaultFormat: string;
  settings: Map<string, string>;
  parameters: Map<string, string>;
  isReadonly: boolean;
  wantsGzip: boolean;
}

/** Arguments that belong to ClickHouse's HTTP interface and are no settings of the engine. */
const interfaceArguments = new Set([
  "query",
  "database",
  "query_id",
  "user",
  "password",
  "quota_key",
  "role",
  "session_id",
  "session_timeout",
  "session_check",
  "default_format",
  "compress",
  "decompress",
  "stacktrace",
  "buffer_size",
  "wait_end_of_query",
  "close_session",
  "client_protocol_version",
]);

/** Whether the request shows the right user and password, in any of the ways ClickHouse takes them. */
export function authenticated(
  request: IncomingMessage,
  expected: { user: string; password: string },
): boolean {
  const [user, password] = credentials(request);
  // Both are compared in any case, so that the time taken does not tell which one is wrong.
  const isUser = secretsEqual(user, expected.user);
  const isPassword = secretsEqual(password, expected.password);
  return isUser && isPassword;
}

/** The name for the message of a refused sign-in. */
export function claimedUser(request: IncomingMessage): string {
  return credentials(request)[0].slice(0, 64) || "default";
}

function credentials(request: IncomingMessage): [user: string, password: string] {
  const { headers } = request;
  const headerUser = headers["x-clickhouse-user"];
  if (headerUser !== undefined) {
    return [String(headerUser), String(headers["x-clickhouse-key"] ?? "")];
  }
  const basic = /^basic\s+(.+)$/i.exec(headers.authorization ?? "")?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, "base64").toString("utf8");
    const colon = text.indexOf(":");
    return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
  }
  const search = addressOf(request).searchParams;
  return [search.get("user") ?? "", search.get("password") ?? ""];
}

export function addressOf(request: IncomingMessage): URL {
  return new URL(request.url ?? "/", "http://loopback");
}

/** @throws {ClickHouseFailure} for a body that is too large, encoded in an unknown way or malformed. */
export async function readClickHouseRequest(
  request: IncomingMessage,
  bodyLimitBytes: number,
): Promise<ClickHouseRequest> {
  const { headers } = request;
  const address = addressOf(request);
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of address.searchParams) {
    if (name.startsWith("param_")) parameters.set(name.slice("param_".length), value);
    else if (!interfaceArguments.has(name)) settings.set(name, value);
  }
  const body = await decodedBody(request, bodyLimitBytes);
  const inAddress = address.searchParams.get("query") ?? "";
  let sql = inAddress;
  let payload: Buffer | null = null;
  const contentType = headers["content-type"] ?? "";
  if (/^multipart\/form-data/i.test(contentType)) {
    for (const [name, value] of await formFields(body, contentType)) {
      if (name === "query") sql += value;
      else if (name.startsWith("param_")) parameters.set(name.slice("param_".length), value);
    }
  } else if (inAddress.trim() === "") {
    sql = body.toString("utf8");
  } else if (request.method !== "GET") {
    payload = body;
  }
  const path = decodeURIComponent(address.pathname.slice(1));
  return {
    sql,
    payload,
    queryId: address.searchParams.get("query_id"),
    database:
      address.searchParams.get("database") ||
      single(headers["x-clickhouse-database"]) ||
      path ||
      null,
    defaultFormat:
      address.searchParams.get("default_format") ??
      single(headers["x-clickhouse-format"]) ??
      "TabSeparated",
    settings,
    parameters,
    isReadonly: request.method === "GET" || request.method === "HEAD",
    wantsGzip:
      settings.get("enable_http_compression") === "1" &&
      /\bgzip\b/i.test(single(headers["accept-encoding"]) ?? ""),
  };
}

async function decodedBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const encoding = (request.headers["content-encoding"] ?? "").toLowerCase();
  const decode = decoders[encoding];
  if (decode === undefined) throw failures.encoding(encoding);
  try {
    const body = await readBody(request, limitBytes);
    return body.length === 0 ? body : await decode(body, { maxOutputLength: limitBytes });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (error instanceof BodyTooLargeError || code === "ERR_BUFFER_TOO_LARGE") {
      throw failures.tooLarge(limitBytes);
    }
    if (/^(Z_|ERR_.*BROTLI)/.test(code)) throw failures.badBody((error as Error).message);
    throw error;
  }
}

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer> | Buffer;

const decoders: Record<string, Decode> = {
  "": (body) => body,
  identity: (body) => body,
  gzip: promisify(gunzip) as Decode,
  "x-gzip": promisify(gunzip) as Decode,
  deflate: promisify(inflate) as Decode,
  br: promisify(brotliDecompress) as Decode,
};

/** The clients send long parameters as a form. */
async function formFields(body: Buffer, contentType: string): Promise<[string, string][]> {
  try {
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": contentType },
    }).formData();
    const fields: [string, string][] = [];
    for (const [name, value] of form) {
      fields.push([name, typeof value === "string" ? value : await value.text()]);
    }
    return fields;
  } catch (error) {
    throw failures.badBody(error instanceof Error ? error.message : String(error));
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
