/** A command as it came: name first. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/** What a command answered, in the types of Redis' second protocol. */
export type RedisReply = string | number | null | RedisReply[];

/** A reply, or the text of the error that the command ended with (`WRONGTYPE …`). */
export type RedisOutcome = { result: RedisReply } | { error: string };

/** What the Upstash endpoint needs of a Redis, real or in memory. */
export interface RedisEngine {
  /** Runs the commands in order; others may run in between. */
  pipeline(commands: RedisCommand[]): Promise<RedisOutcome[]>;
  /** Runs the commands as one, undivided. Rejects, having run nothing, if one of them is unknown. */
  transaction(commands: RedisCommand[]): Promise<RedisOutcome[]>;
  stop(): Promise<void>;
}

/** Whether a command would hold the shared connection, change the server, or is no command at all. */
export function isRefused(name: string): boolean {
  // The client libraries look names up in plain objects and stumble over inherited ones.
  return refusedCommands.has(name.toLowerCase()) || name in Object.prototype;
}

const refusedCommands = new Set([
  "auth",
  "blmove",
  "blmpop",
  "blpop",
  "brpop",
  "brpoplpush",
  "bzmpop",
  "bzpopmax",
  "bzpopmin",
  "client",
  "config",
  "debug",
  "discard",
  "exec",
  "hello",
  "monitor",
  "multi",
  "psubscribe",
  "psync",
  "punsubscribe",
  "quit",
  "replicaof",
  "reset",
  "select",
  "shutdown",
  "slaveof",
  "ssubscribe",
  "subscribe",
  "sync",
  "unsubscribe",
  "unwatch",
  "watch",
]);

/** The client libraries turn some replies into objects; on the wire they are flat lists. */
export function toReply(value: unknown): RedisReply {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  if (Array.isArray(value)) return value.map(toReply);
  if (value instanceof Map) return [...value].flat().map(toReply);
  return Object.entries(value).flat().map(toReply);
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
