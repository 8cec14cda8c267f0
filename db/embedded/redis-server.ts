import type { Redis } from "ioredis";
import { importOptional } from "./optional-package";
import {
  errorText,
  type RedisCommand,
  type RedisEngine,
  type RedisOutcome,
  refusedCommands,
  toReply,
} from "./redis-engine";

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
  return {
    pipeline: (commands) => Promise.all(commands.map((command) => run(redis, command))),
    async transaction(commands) {
      const refused = commands.find(([name]) => refusedCommands.has(name.toLowerCase()));
      if (refused) throw new Error(`ERR command '${refused[0]}' is not served`);
      const transaction = redis.multi();
      for (const [name, ...args] of commands) transaction.call(name, ...args);
      const outcomes = (await transaction.exec()) ?? [];
      return outcomes.map(
        ([error, value]): RedisOutcome =>
          error ? { error: error.message } : { result: toReply(value) },
      );
    },
    async stop() {
      redis.disconnect();
    },
  };
}

async function run(redis: Redis, [name, ...args]: RedisCommand): Promise<RedisOutcome> {
  if (refusedCommands.has(name.toLowerCase())) {
    return { error: `ERR command '${name}' is not served` };
  }
  try {
    return { result: toReply(await redis.call(name, ...args)) };
  } catch (error) {
    return { error: errorText(error) };
  }
}
