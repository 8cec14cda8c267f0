// As in client.ts: this entry of the driver runs anywhere.
import { Redis } from "@upstash/redis/cloudflare";
import { assertOwnStamp, ForeignStampError, type Stamp, stampSchema } from "../stamp";
import { RedisUnavailableError } from "./client";

/** Without the environment's prefix: processes of two environments must see each other's stamp. */
const KEY = "netra:stamp";
const TIMEOUT_MS = 1_000;

/** Redis answered that it does not know our token. Trying again does not help. */
export class RedisRefusedError extends Error {
  override readonly name = "RedisRefusedError";
  readonly retryable = false;
  constructor() {
    super("Redis refuses the token");
  }
}

interface RedisAddress {
  UPSTASH_REDIS_REST_URL: string;
  UPSTASH_REDIS_REST_TOKEN: string;
}

export interface RedisStamp {
  /** The stamp that stands there; null for none. One command. */
  read(): Promise<Stamp | null>;
  /** Stamps Redis unless it is stamped; resolves to the stamp that stands there then. */
  claim(stamp: Stamp): Promise<Stamp>;
}

/** @throws RedisUnavailableError, RedisRefusedError, ForeignStampError (unreadable) from every method */
export function createRedisStamp(
  config: RedisAddress,
  { timeoutMs = TIMEOUT_MS } = {},
): RedisStamp {
  const redis = new Redis({
    url: config.UPSTASH_REDIS_REST_URL,
    token: config.UPSTASH_REDIS_REST_TOKEN,
    signal: () => AbortSignal.timeout(timeoutMs),
    retry: { retries: 1, backoff: () => 50 + Math.random() * 50 },
    enableTelemetry: false,
    enableAutoPipelining: false,
  });
  const read = async (): Promise<Stamp | null> => {
    const value = await asking("GET", () => redis.get<unknown>(KEY));
    if (value === null) return null;
    const stamp = stampSchema.safeParse(value);
    if (!stamp.success)
      throw new ForeignStampError("Redis", "carries a stamp that cannot be read.");
    return stamp.data;
  };
  return {
    read,
    claim: async (stamp) => {
      await asking("SET", () => redis.set(KEY, stamp, { nx: true }));
      return (await read()) ?? stamp;
    },
  };
}

async function asking<T>(command: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    // The driver gives no status; Upstash and Netra's endpoint use these words.
    const refused =
      error instanceof Error && /\b(unauthorized|WRONGPASS|NOAUTH)\b/i.test(error.message);
    throw refused ? new RedisRefusedError() : new RedisUnavailableError(command, error);
  }
}

/** Makes sure that Redis is ours: its stamp may be lost, and then it gets it again. */
export async function ensureRedisStamp(redis: RedisStamp, own: Stamp): Promise<void> {
  const found = (await redis.read()) ?? (await redis.claim(own));
  assertOwnStamp("Redis", found, own);
}
