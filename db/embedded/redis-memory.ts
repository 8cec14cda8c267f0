import { randomUUID } from "node:crypto";
import { importOptional } from "./optional-package";
import {
  errorText,
  type RedisCommand,
  type RedisEngine,
  type RedisOutcome,
  type RedisReply,
  toReply,
} from "./redis-engine";
import { forMemory, scriptReply } from "./redis-lua";
import { ScriptRegistry } from "./redis-scripts";

/** As far as it is used here; `ioredis-mock` ships no types. */
type MockRedis = Record<string, ((...args: string[]) => Promise<unknown>) | undefined> & {
  disconnect(): void;
  flushall(): Promise<unknown>;
};
type MockModule = { default: new (options: { host: string }) => MockRedis };

/**
 * What the in-memory engine serves. A list, because `ioredis-mock` has methods that are no
 * commands, and silently lacks options of some commands that it has.
 */
const served = new Set(
  `append bitcount dbsize decr decrby del echo exists expire expireat expiretime flushall flushdb get
  getdel getex getrange getset hdel hexists hget hgetall hincrby hincrbyfloat hkeys hlen hmget hmset
  hscan hset hsetnx hstrlen hvals incr incrby incrbyfloat keys lindex linsert llen lmove lpop lpos
  lpush lpushx lrange lrem lset ltrim mget mset msetnx persist pexpire pexpireat ping psetex pttl
  publish randomkey rename renamenx rpop rpoplpush rpush rpushx sadd scan scard sdiff set setex setnx
  setrange sinter sinterstore sismember smembers smismember smove spop srandmember srem sscan strlen
  sunion sunionstore time ttl type unlink xadd xlen xrange xrevrange zadd zcard zcount zincrby
  zinterstore zlexcount zmscore zpopmax zpopmin zrange zrangebylex zrangebyscore zrank zrem
  zremrangebyrank zremrangebyscore zrevrange zrevrangebyscore zrevrank zscan zscore`.split(/\s+/),
);

/** Where options start, counted without the command's name: the engine knows them in capitals only. */
const optionsFrom: Record<string, number> = {
  set: 2,
  getex: 1,
  scan: 1,
  hscan: 2,
  sscan: 2,
  zscan: 2,
  zadd: 1,
  zrange: 3,
  zrevrange: 3,
  zrangebyscore: 3,
  zrevrangebyscore: 3,
  zrangebylex: 3,
  lpos: 2,
  linsert: 1,
  xadd: 1,
};
const optionWords = new Set(
  `AFTER BEFORE BYLEX BYSCORE CH COUNT EX EXAT GET GT INCR KEEPTTL LIMIT LT MATCH MAXLEN NX PERSIST PX
  PXAT RANK REV TYPE WITHSCORES XX`.split(/\s+/),
);

/** A Redis in this process's memory, for one machine and one run: nothing outlives `stop`. */
export async function startMemoryRedis(): Promise<RedisEngine> {
  const { default: Mock } = await importOptional<MockModule>("ioredis-mock");
  // Instances with one host share their data; this one is to share with nobody.
  const redis = new Mock({ host: randomUUID() });
  const scripts = new ScriptRegistry(forMemory);
  let queue: Promise<unknown> = Promise.resolve();

  /** One batch after another, so that scripts and transactions are undivided. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  const runAll = async (commands: RedisCommand[]) => {
    const outcomes: RedisOutcome[] = [];
    for (const command of commands) {
      try {
        outcomes.push({ result: await execute(redis, scripts, command) });
      } catch (error) {
        outcomes.push({ error: errorText(error) });
      }
    }
    return outcomes;
  };

  return {
    pipeline: (commands) => inTurn(() => runAll(commands)),
    transaction: (commands) =>
      inTurn(() => {
        for (const [name] of commands) {
          if (!served.has(name.toLowerCase()) && !scriptCommands.has(name.toLowerCase())) {
            throw new Error(`EXECABORT Transaction discarded: ${unknownCommand(name)}`);
          }
        }
        return runAll(commands);
      }),
    async stop() {
      await inTurn(() => redis.flushall());
      redis.disconnect();
    },
  };
}

const scriptCommands = new Set(["eval", "evalsha", "eval_ro", "evalsha_ro", "script"]);

function unknownCommand(name: string): string {
  return `ERR unknown command '${name}' (the in-memory engine serves a part of Redis; set REDIS_URL for all of it)`;
}

async function execute(
  redis: MockRedis,
  scripts: ScriptRegistry,
  [givenName, ...args]: RedisCommand,
): Promise<RedisReply> {
  const name = givenName.toLowerCase();
  if (scriptCommands.has(name)) return executeScript(redis, scripts, name, args);
  if (name === "info") return "# Server\r\nredis_version:in-memory\r\n";
  const command = served.has(name) ? redis[name] : undefined;
  if (!command) throw new Error(unknownCommand(givenName));
  if (/^p?expire(at)?$/.test(name) && args.length > 2) {
    // The engine would ignore the condition, which is worse than refusing it.
    throw new Error(`ERR ${givenName} with ${args[2]} is not served by the in-memory engine`);
  }
  await refuseNonNumber(redis, name, args);
  return toReply(await command.apply(redis, withCapitalOptions(name, args)));
}

/** The engine counts on whatever is stored, and would overwrite a text or a list with NaN. */
async function refuseNonNumber(redis: MockRedis, name: string, args: string[]): Promise<void> {
  const counting = /^(h)?(?:incr|decr)(?:by)?(float)?$/.exec(name);
  if (!counting) return;
  const [key = "", field = ""] = args;
  const [, isHash, isFloat] = counting;
  const type = await redis.type?.(key);
  if (type === "none") return;
  if (type !== (isHash ? "hash" : "string")) {
    throw new Error("WRONGTYPE Operation against a key holding the wrong kind of value");
  }
  const stored = isHash ? await redis.hget?.(key, field) : await redis.get?.(key);
  if (stored === null) return;
  if (isFloat ? !Number.isFinite(Number(stored)) : !/^-?\d+$/.test(String(stored))) {
    throw new Error(`ERR value is not ${isFloat ? "a valid float" : "an integer or out of range"}`);
  }
}

function withCapitalOptions(name: string, args: string[]): string[] {
  const start = optionsFrom[name];
  if (start === undefined) return args;
  return args.map((arg, index) =>
    index >= start && optionWords.has(arg.toUpperCase()) ? arg.toUpperCase() : arg,
  );
}

async function executeScript(
  redis: MockRedis,
  scripts: ScriptRegistry,
  name: string,
  args: string[],
): Promise<RedisReply> {
  const [first = "", ...rest] = args;
  if (name === "script") return scriptCommand(scripts, first.toLowerCase(), rest);
  let body: string | undefined;
  if (name.startsWith("evalsha")) {
    body = scripts.body(first);
    if (body === undefined) throw new Error("NOSCRIPT No matching script. Please use EVAL.");
  } else {
    body = scripts.remember(first).body;
  }
  return scriptReply(await redis.eval?.(body, ...rest));
}

function scriptCommand(scripts: ScriptRegistry, subcommand: string, args: string[]): RedisReply {
  switch (subcommand) {
    case "load":
      return scripts.remember(args[0] ?? "").sha;
    case "exists":
      return args.map((sha) => (scripts.has(sha) ? 1 : 0));
    case "flush":
      scripts.clear();
      return "OK";
    default:
      throw new Error(`ERR unknown subcommand '${subcommand}' of SCRIPT`);
  }
}
