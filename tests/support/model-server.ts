import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** What the test's model server understood of a chat-completions request. */
export interface ModelCall {
  model: string;
  stream: boolean;
  system: string;
  /** All user and tool texts, in order. */
  text: string;
  messages: Array<{ role: string; content: string }>;
  tools: string[];
  toolChoice: string;
  wantsJson: boolean;
  body: unknown;
  /** When the connection closed before the answer was over, Unix ms; null when it did not. */
  abandonedAt: number | null;
}

/** How the server answers one request. */
export type ModelReply =
  /** `everyMs`: how long each piece of a streamed text takes, asked before each; none by default. */
  | { kind: "text"; text: string; pieces?: number; everyMs?: () => number }
  /** One chunk per token, written when it comes. */
  | { kind: "stream"; tokens: AsyncIterable<string> }
  | { kind: "json"; value: unknown }
  | { kind: "tools"; calls: Array<{ name: string; input: unknown }> }
  | { kind: "raw-tool"; name: string; arguments: string }
  | { kind: "status"; status: number; retryAfter?: string }
  /** Sends headers and a piece, then nothing more. */
  | { kind: "stall"; text?: string }
  /** Never answers. */
  | { kind: "silence" }
  /** Sends the text, then drops the connection without an end. */
  | { kind: "cut"; text: string }
  | { kind: "garbage" }
  | { kind: "empty" }
  | { kind: "filtered" };

export interface ScriptEntry {
  /** Which request it is for; any when absent. */
  when?: (call: ModelCall) => boolean;
  reply: ModelReply | ((call: ModelCall) => ModelReply);
  /** How often it serves; once when absent. */
  times?: number;
}

export interface ModelServer {
  /** For OPENAI_BASE_URL. */
  url: string;
  calls: ModelCall[];
  /** Requests for which nothing was scripted; they got a 500. */
  unscripted: ModelCall[];
  script(...entries: ScriptEntry[]): void;
  /** Forgets script and records. */
  reset(): void;
  stop(): Promise<void>;
}

const requestSchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
  tool_choice: z.unknown().optional(),
  response_format: z.unknown().optional(),
});

/** An OpenAI-compatible server on a free loopback port that does exactly what the script says. */
export async function startModelServer(): Promise<ModelServer> {
  let script: Array<{ entry: ScriptEntry; left: number }> = [];
  const calls: ModelCall[] = [];
  const unscripted: ModelCall[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  // A client that keeps a connection must not meet its end in the middle of the next request.
  server.keepAliveTimeout = 600_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST" || !request.url?.endsWith("/chat/completions")) {
      response.writeHead(404).end();
      return;
    }
    const call = read(await bodyOf(request));
    calls.push(call);
    response.once("close", () => {
      if (!response.writableEnded) call.abandonedAt = Date.now();
    });
    const found = script.find(({ entry, left }) => left > 0 && (entry.when?.(call) ?? true));
    if (!found) {
      unscripted.push(call);
      sendStatus(response, 500, undefined, "not scripted");
      return;
    }
    found.left -= 1;
    const { reply } = found.entry;
    await send(response, call, typeof reply === "function" ? reply(call) : reply);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    unscripted,
    script(...entries) {
      script = [...script, ...entries.map((entry) => ({ entry, left: entry.times ?? 1 }))];
    },
    reset() {
      script = [];
      calls.length = 0;
      unscripted.length = 0;
    },
    stop: () => stop(server),
  };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces).toString("utf8");
}

function read(text: string): ModelCall {
  const body: unknown = JSON.parse(text);
  const request = requestSchema.parse(body);
  const messages = request.messages.map(({ role, content }) => ({
    role,
    content: asText(content),
  }));
  return {
    model: request.model,
    stream: request.stream ?? false,
    system: messages.find(({ role }) => role === "system" || role === "developer")?.content ?? "",
    text: messages
      .filter(({ role }) => role !== "system" && role !== "developer")
      .map(({ content }) => content)
      .join("\n"),
    messages,
    tools: request.tools?.map((tool) => tool.function.name) ?? [],
    toolChoice: typeof request.tool_choice === "string" ? request.tool_choice : "auto",
    wantsJson: request.response_format !== undefined,
    body,
    abandonedAt: null,
  };
}

function asText(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) {
    return content
      .map((part: unknown) =>
        typeof part === "object" && part !== null && "text" in part ? String(part.text) : "",
      )
      .join("");
  }
  return "";
}

const USAGE = {
  prompt_tokens: 900,
  completion_tokens: 60,
  total_tokens: 960,
  prompt_tokens_details: { cached_tokens: 512 },
};

async function send(response: ServerResponse, call: ModelCall, reply: ModelReply): Promise<void> {
  switch (reply.kind) {
    case "status":
      return sendStatus(response, reply.status, reply.retryAfter);
    case "silence":
      return;
    case "garbage":
      response.writeHead(200, { "content-type": "application/json" }).end("{<html>oops");
      return;
    case "json":
      return sendText(response, call, JSON.stringify(reply.value));
    case "text":
      return sendText(response, call, reply.text, reply);
    case "stream":
      openStream(response);
      for await (const content of reply.tokens) {
        writeChunk(response, call, { delta: { role: "assistant", content } });
      }
      return closeStream(response, call, "stop");
    case "empty":
      return sendText(response, call, "");
    case "filtered":
      return sendText(response, call, "", { finish: "content_filter" });
    case "tools":
      return sendTools(
        response,
        call,
        reply.calls.map(({ name, input }) => ({ name, arguments: JSON.stringify(input) })),
      );
    case "raw-tool":
      return sendTools(response, call, [{ name: reply.name, arguments: reply.arguments }]);
    case "stall":
    case "cut":
      openStream(response);
      writeChunk(response, call, { delta: { role: "assistant", content: reply.text ?? "Spend " } });
      if (reply.kind === "cut") {
        await new Promise((resolve) => setTimeout(resolve, 5));
        response.destroy();
      }
  }
}

function sendStatus(
  response: ServerResponse,
  status: number,
  retryAfter?: string,
  message = "scripted",
): void {
  response
    .writeHead(status, {
      "content-type": "application/json",
      ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
    })
    .end(JSON.stringify({ error: { message, type: "test", code: null, param: null } }));
}

interface TextForm {
  pieces?: number;
  everyMs?: () => number;
  finish?: string;
}

async function sendText(
  response: ServerResponse,
  call: ModelCall,
  text: string,
  { pieces = 7, everyMs = () => 0, finish = "stop" }: TextForm = {},
): Promise<void> {
  if (!call.stream) {
    sendWhole(response, call, { role: "assistant", content: text }, finish);
    return;
  }
  openStream(response);
  const size = Math.max(1, Math.ceil(text.length / pieces));
  for (let at = 0; at < text.length && !response.destroyed; at += size) {
    const wait = everyMs();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    writeChunk(response, call, {
      delta: { role: "assistant", content: text.slice(at, at + size) },
    });
  }
  closeStream(response, call, finish);
}

function sendTools(
  response: ServerResponse,
  call: ModelCall,
  tools: Array<{ name: string; arguments: string }>,
): void {
  const toolCalls = tools.map((one, index) => ({
    index,
    id: `call_${index}_${tools.length}_${Math.random().toString(36).slice(2, 10)}`,
    type: "function",
    function: one,
  }));
  if (!call.stream) {
    sendWhole(
      response,
      call,
      { role: "assistant", content: null, tool_calls: toolCalls },
      "tool_calls",
    );
    return;
  }
  openStream(response);
  writeChunk(response, call, { delta: { role: "assistant", tool_calls: toolCalls } });
  closeStream(response, call, "tool_calls");
}

function sendWhole(
  response: ServerResponse,
  call: ModelCall,
  message: unknown,
  finish: string,
): void {
  response.writeHead(200, { "content-type": "application/json" }).end(
    JSON.stringify({
      id: "chatcmpl-test",
      object: "chat.completion",
      created: 1_700_000_000,
      model: call.model,
      choices: [{ index: 0, message, finish_reason: finish }],
      usage: USAGE,
    }),
  );
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

function writeChunk(
  response: ServerResponse,
  call: ModelCall,
  choice: Record<string, unknown>,
): void {
  const chunk = {
    id: "chatcmpl-test",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: call.model,
    choices: [{ index: 0, finish_reason: null, ...choice }],
  };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

function closeStream(response: ServerResponse, call: ModelCall, finish: string): void {
  writeChunk(response, call, { delta: {}, finish_reason: finish });
  response.write(
    `data: ${JSON.stringify({ id: "chatcmpl-test", object: "chat.completion.chunk", created: 1_700_000_000, model: call.model, choices: [], usage: USAGE })}\n\n`,
  );
  response.end("data: [DONE]\n\n");
}
