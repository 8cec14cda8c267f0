import type { Redis } from "ioredis";
import { importOptional } from "./optional-package";
import {
  errorText,
  isRefused,
  type RedisCommand,
  type RedisEngine,
  type RedisOutcome,
  type RedisReply,
  toReply,
} from "./redis-engine";
import { ScriptRegistry, sha1 } from "./redis-scripts";

/**
 * A Redis that runs elsewhere, behind the endpoint.
 * @param url `redis://…`. @throws when it cannot be reached.
 */
export async function connectRedis(url: string): Promise<RedisEngine> {
  const { Redis } = await importOptional<typeof import("ioredis")>("ioredis");
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 2 });
  // Reported by the command that meets it.
  redis.on("error", () => undefined);
  await redis.connect();
  const scripts = new ScriptRegistry(withoutForeignFlag);
  return {
    pipeline: (commands) => Promise.all(commands.map((command) => run(redis, scripts, command))),
    async transaction(commands) {
      const refused = commands.find(([name]) => isRefused(name));
      if (refused) throw new Error(refusal(refused[0]));
      const transaction = redis.multi();
      for (const command of commands) {
        const [name, ...args] = forRedis(scripts, command);
        transaction.call(name, ...args);
      }
      const outcomes = (await transaction.exec()) ?? [];
      return outcomes.map(
        ([error, value], index): RedisOutcome =>
          error
            ? { error: error.message }
            : { result: forClient(scripts, commands[index], toReply(value)) },
      );
    },
    async stop() {
      redis.disconnect();
    },
  };
}

async function run(
  redis: Redis,
  scripts: ScriptRegistry,
  command: RedisCommand,
): Promise<RedisOutcome> {
  if (isRefused(command[0])) return { error: refusal(command[0]) };
  try {
    const [name, ...args] = forRedis(scripts, command);
    return { result: forClient(scripts, command, toReply(await redis.call(name, ...args))) };
  } catch (error) {
    return { error: errorText(error) };
  }
}

function refusal(name: string): string {
  return `ERR command '${name}' is not served`;
}

/** Only Upstash knows this flag; Redis refuses the script because of it. */
function withoutForeignFlag(script: string): string {
  return script
    .replace(/^(#![^\n]*)\ballow-key-locking\b,?/, "$1")
    .replace(/^#!lua flags=[ ,]*\n/, "\n");
}

/** Scripts are exchanged for the ones that Redis can run, and their hashes with them. */
function forRedis(scripts: ScriptRegistry, command: RedisCommand): RedisCommand {
  const [name, first = "", second = "", ...rest] = command;
  switch (name.toLowerCase()) {
    case "eval":
    case "eval_ro":
      return [name, scripts.remember(first).body, second, ...rest];
    case "evalsha":
    case "evalsha_ro":
      return [name, hashForRedis(scripts, first), second, ...rest];
    case "script":
      if (first.toLowerCase() === "load") return [name, first, scripts.remember(second).body];
      if (first.toLowerCase() === "exists") {
        return [name, first, ...[second, ...rest].map((sha) => hashForRedis(scripts, sha))];
      }
      return command;
    default:
      return command;
  }
}

function hashForRedis(scripts: ScriptRegistry, sha: string): string {
  const body = scripts.body(sha);
  return body === undefined ? sha : sha1(body);
}

/** `SCRIPT LOAD` answers with the hash of what the client sent. */
function forClient(
  scripts: ScriptRegistry,
  command: RedisCommand | undefined,
  reply: RedisReply,
): RedisReply {
  const [name, first, second] = command ?? [""];
  const isLoad = name.toLowerCase() === "script" && first?.toLowerCase() === "load";
  return isLoad ? scripts.remember(second ?? "").sha : reply;
}
