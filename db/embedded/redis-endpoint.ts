import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import {
  BodyTooLargeError,
  closeServer,
  type Log,
  listenOnLoopback,
  loopbackHost,
  readBody,
  secretsEqual,
  sendJson,
} from "./loopback";
import {
  errorText,
  type RedisCommand,
  type RedisEngine,
  type RedisOutcome,
  type RedisReply,
} from "./redis-engine";
import { startMemoryRedis } from "./redis-memory";
import { connectRedis } from "./redis-server";

const bodyLimitBytes = 32 * 1024 * 1024;

export interface RedisEndpoint {
  /** `UPSTASH_REDIS_REST_URL` */
  url: string;
  stop(): Promise<void>;
}

const commandSchema = z
  .array(z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .min(1)
  .transform((words) => words as unknown as RedisCommand);
const batchSchema = z.array(commandSchema);

/**
 * Serves Upstash's REST protocol on loopback in front of a Redis: the one that `upstream` names, or
 * one in memory whose data ends with it.
 * @param token the bearer token that clients must show.
 */
export async function startRedisEndpoint(options: {
  token: string;
  /** `redis://…` */
  upstream?: string | undefined;
  /** Any free one when absent. */
  port?: number | undefined;
  log: Log;
}): Promise<RedisEndpoint> {
  const engine =
    options.upstream === undefined
      ? await startMemoryRedis()
      : await connectRedis(options.upstream);
  const server = createServer((request, response) => {
    answer(engine, options.token, request, response).catch((error: unknown) => {
      const status = error instanceof BodyTooLargeError ? 413 : 400;
      sendJson(response, status, { error: errorText(error) });
    });
  });
  const port = await listenOnLoopback(server, "the Redis endpoint", options.port).catch(
    async (error: unknown) => {
      await engine.stop();
      throw error;
    },
  );
  return {
    url: `http://${loopbackHost}:${port}`,
    async stop() {
      await closeServer(server);
      await engine.stop();
    },
  };
}

async function answer(
  engine: RedisEngine,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const address = new URL(request.url ?? "/", "http://loopback");
  const given = /^bearer\s+(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (!secretsEqual(given ?? address.searchParams.get("_token") ?? "", token)) {
    sendJson(response, 401, { error: "Unauthorized" });
    return;
  }
  const body = (await readBody(request, bodyLimitBytes)).toString("utf8");
  const isBase64 = request.headers["upstash-encoding"] === "base64";
  const encode = (outcome: RedisOutcome) =>
    "error" in outcome || !isBase64 ? outcome : { result: inBase64(outcome.result) };
  switch (address.pathname) {
    case "/pipeline":
      sendJson(response, 200, (await engine.pipeline(parse(batchSchema, body))).map(encode));
      return;
    case "/multi-exec":
      sendJson(response, 200, (await engine.transaction(parse(batchSchema, body))).map(encode));
      return;
    default: {
      const command =
        address.pathname === "/" ? parse(commandSchema, body) : commandFromPath(address, body);
      const [outcome] = await engine.pipeline([command]);
      if (outcome === undefined) throw new Error("ERR no answer");
      sendJson(response, "error" in outcome ? 400 : 200, encode(outcome));
    }
  }
}

function parse<Output>(schema: z.ZodType<Output>, body: string): Output {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Error("ERR failed to parse the request body as JSON");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error("ERR the body is no list of commands");
  return parsed.data;
}

/** `/set/key/value?EX=10`, with a body as one more argument behind the path's. */
function commandFromPath(address: URL, body: string): RedisCommand {
  const words = address.pathname.slice(1).split("/").map(decodeURIComponent);
  if (body !== "") words.push(body);
  for (const [name, value] of address.searchParams) {
    if (name === "_token") continue;
    words.push(name);
    if (value !== "") words.push(value);
  }
  return words as unknown as RedisCommand;
}

function inBase64(reply: RedisReply): RedisReply {
  if (typeof reply === "string") return Buffer.from(reply, "utf8").toString("base64");
  return Array.isArray(reply) ? reply.map(inBase64) : reply;
}
