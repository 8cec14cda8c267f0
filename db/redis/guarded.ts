import { checkedFirst } from "../checked-first";
import { ForeignStampError } from "../stamp";
import { type RedisCache, RedisUnavailableError } from "./client";

/** A stamp seen is believed this long, ms: Redis may be exchanged or emptied between two commands. */
const BELIEVED_MS = 10_000;

/**
 * A Redis whose commands are preceded by a look at its stamp, unless there was one lately and no command
 * has failed since. So a Redis that comes back without its stamp gets it again, and one with another
 * stamp is refused before anything but the stamp was read there.
 * @param ensureOwn resolves when the stamp is ours; throws ForeignStampError when it is not
 * @param onForeign told of each refusal
 */
export function guardRedis(
  redis: RedisCache,
  ensureOwn: () => Promise<void>,
  onForeign: (error: ForeignStampError) => void,
): RedisCache {
  const checked = checkedFirst(ensureOwn, { believedMs: BELIEVED_MS });
  const run = async <T>(command: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await checked(ask);
    } catch (error) {
      if (error instanceof ForeignStampError) onForeign(error);
      throw error instanceof RedisUnavailableError
        ? error
        : new RedisUnavailableError(command, error);
    }
  };
  return {
    get: (key) => run("GET", () => redis.get(key)),
    set: (key, value, options) => run("SET", () => redis.set(key, value, options)),
    delete: (key) => run("DEL", () => redis.delete(key)),
    transaction: (steps) => run("MULTI", () => redis.transaction(steps)),
    version: () => run("INFO", () => redis.version()),
  };
}
