// This entry of the driver runs anywhere; the default one asks fetch for a cache mode that workerd refuses.
import { Redis, type SetCommandOptions } from "@upstash/redis/cloudflare";

/** Redis did not answer in time or answered with an error. It holds caches only: go on without. */
export class RedisUnavailableError extends Error {
  override readonly name = "RedisUnavailableError";
  readonly retryable = true;
  constructor(
    readonly command: string,
    cause: unknown,
  ) {
    super(`Redis did not serve ${command}`, { cause });
  }
}

/** One step of a transaction. `only`: set where there is nothing yet, or where there is something. */
export type RedisStep =
  | { get: string }
  | { set: string; value: unknown; ms: number; only?: "new" | "existing" }
  | { delete: string };

/** The few commands Netra needs, JSON values, every key under `{environment}:`. */
export interface RedisCache {
  /** Null when there is no such key. The value is whatever was stored: check it. */
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, options: { seconds: number }): Promise<void>;
  delete(key: string): Promise<void>;
  /** Does all steps, undivided: what each `get` found, and null for the others, in their order. */
  transaction(steps: readonly RedisStep[]): Promise<unknown[]>;
  /** Of the server; null when it keeps that to itself. */
  version(): Promise<string | null>;
}

interface RedisConfig {
  NETRA_ENV: string;
  UPSTASH_REDIS_REST_URL: string;
  UPSTASH_REDIS_REST_TOKEN: string;
}

const TIMEOUT_MS = 1_000;
const RETRIES = 1;

/** @throws RedisUnavailableError from every method. */
export function createRedis(config: RedisConfig, { timeoutMs = TIMEOUT_MS } = {}): RedisCache {
  const redis = new Redis({
    url: config.UPSTASH_REDIS_REST_URL,
    token: config.UPSTASH_REDIS_REST_TOKEN,
    // A function: the driver asks it for each request, so each has a time-out of its own.
    signal: () => AbortSignal.timeout(timeoutMs),
    retry: { retries: RETRIES, backoff: () => 50 + Math.random() * 50 },
    enableTelemetry: false,
    enableAutoPipelining: false,
  });
  const name = (key: string) => `${config.NETRA_ENV}:${key}`;
  const run = async <T>(command: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw new RedisUnavailableError(command, error);
    }
  };
  return {
    get: (key) => run("GET", () => redis.get<unknown>(name(key))),
    set: (key, value, { seconds }) =>
      run("SET", async () => {
        await redis.set(name(key), value, { ex: seconds });
      }),
    delete: (key) =>
      run("DEL", async () => {
        await redis.del(name(key));
      }),
    transaction: (steps) =>
      run("MULTI", async () => {
        const multi = redis.multi();
        for (const step of steps) {
          if ("get" in step) multi.get(name(step.get));
          else if ("delete" in step) multi.del(name(step.delete));
          else {
            const { set, value, ms, only } = step;
            const when = only === "new" ? { nx: true } : only === "existing" ? { xx: true } : {};
            multi.set(name(set), value, { px: ms, ...when } as SetCommandOptions);
          }
        }
        const results = await multi.exec<unknown[]>();
        return steps.map((step, index) => ("get" in step ? (results[index] ?? null) : null));
      }),
    version: () =>
      run("INFO", async () => {
        // The driver has no such command.
        const response = await fetch(config.UPSTASH_REDIS_REST_URL, {
          method: "POST",
          headers: { Authorization: `Bearer ${config.UPSTASH_REDIS_REST_TOKEN}` },
          body: JSON.stringify(["INFO", "server"]),
          signal: AbortSignal.timeout(timeoutMs),
        });
        return /redis_version:([^\s"\\]+)/.exec(await response.text())?.[1] ?? null;
      }),
  };
}
