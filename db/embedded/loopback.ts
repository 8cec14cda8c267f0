import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:net";

/** A line of progress or trouble, for people; never holds a secret. */
export type Log = (line: string) => void;

export const loopbackHost = "127.0.0.1";

/** Thrown by `readBody` when a request is larger than allowed. Retrying the same request is no use. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
  constructor(readonly limitBytes: number) {
    super(`The request body is larger than ${limitBytes} bytes.`);
  }
}

/** Someone else listens on the port that an engine is to have. */
export class EnginePortTakenError extends Error {
  override readonly name = "EnginePortTakenError";
  readonly retryable = true;
  constructor(
    readonly engine: string,
    readonly port: number,
    cause: unknown,
  ) {
    super(
      `Port ${port} on ${loopbackHost}, which ${engine} is to have, is taken by another program. Stop that program.`,
      { cause },
    );
  }
}

/**
 * Listens on loopback, on `port` or (0) on any free one, and answers the port.
 * @throws {EnginePortTakenError}
 */
export function listenOnLoopback(server: Server, engine: string, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const isTaken = "code" in error && error.code === "EADDRINUSE";
      reject(isTaken ? new EnginePortTakenError(engine, port, error) : error);
    });
    server.listen(port, loopbackHost, () => {
      server.removeAllListeners("error");
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no TCP address"));
      else resolve(address.port);
    });
  });
}

/** Stops listening, ends open connections and resolves when the port is free. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A port that was free a moment ago; the caller must cope with losing it to someone else. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, loopbackHost, () => {
      const address = probe.address();
      const port = address !== null && typeof address !== "string" ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Collects a body. One that is too large is read to its end all the same, so that the client, which
 * writes before it listens, gets its answer instead of a broken connection.
 * @throws {BodyTooLargeError}
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= limitBytes) parts.push(part);
    else parts.length = 0;
  }
  if (size > limitBytes) throw new BodyTooLargeError(limitBytes);
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

/** Compares two secrets in a time that tells neither their content nor their length. */
export function secretsEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": String(body.length),
  });
  response.end(body);
}

/** Calls back once if the client goes away before it has its answer. */
export function onClientGone(response: ServerResponse, callback: () => void): void {
  response.once("close", () => {
    if (!response.writableFinished) callback();
  });
}
