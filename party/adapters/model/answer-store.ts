import type { RedisCache } from "../../../db/redis";

/** What one finds who asks for an answer. */
export type Found =
  | { kind: "answer"; value: unknown }
  /** Nobody is at it: the caller is, from now on, and says so with `renew` until `keep` or `giveUp`. */
  | { kind: "yours" }
  /** Somebody else is asking the model right now. */
  | { kind: "awaited" }
  /** Whoever asked last failed a moment ago: ask for yourself. */
  | { kind: "alone" };

/**
 * Answers of models by the hash of their request, shared by all rooms and processes. Every method
 * rejects when Redis does not serve it, `look` also when it takes longer than a model call should wait.
 */
export interface AnswerStore {
  look(hash: string, owner: string): Promise<Found>;
  renew(hash: string, owner: string): Promise<void>;
  keep(hash: string, value: unknown, seconds: number): Promise<void>;
  giveUp(hash: string): Promise<void>;
}

export interface AnswerStoreOptions {
  /** How long a model call waits for Redis, ms. */
  lookMs?: number;
  /** Who has not renewed for so long is dead, ms. */
  leaseMs?: number;
}

const LOOK_MS = 50;
export const LEASE_MS = 3_000;
/** Those who waited for a failed call ask at once, each for itself, and not one after the other. */
const ALONE_MS = 1_000;
const GAVE_UP = "gave-up";

/** In Redis, under `answer:<hash>`; who is asking stands under `asking:<hash>`. */
export function createAnswerStore(
  redis: RedisCache,
  options: AnswerStoreOptions = {},
): AnswerStore {
  const { lookMs = LOOK_MS, leaseMs = LEASE_MS } = options;
  const answer = (hash: string) => `answer:${hash}`;
  const asking = (hash: string) => `asking:${hash}`;
  return {
    look: async (hash, owner) => {
      const looked = redis.transaction([
        { get: answer(hash) },
        { set: asking(hash), value: owner, ms: leaseMs, only: "new" },
        { get: asking(hash) },
      ]);
      const [value, , who] = await within(lookMs, looked);
      if (value !== null) return { kind: "answer", value };
      if (who === owner) return { kind: "yours" };
      return { kind: who === GAVE_UP ? "alone" : "awaited" };
    },
    renew: async (hash, owner) => {
      await redis.transaction([{ set: asking(hash), value: owner, ms: leaseMs, only: "existing" }]);
    },
    keep: async (hash, value, seconds) => {
      await redis.transaction([
        { set: answer(hash), value, ms: seconds * 1_000 },
        { delete: asking(hash) },
      ]);
    },
    giveUp: async (hash) => {
      await redis.transaction([{ set: asking(hash), value: GAVE_UP, ms: ALONE_MS }]);
    },
  };
}

/**
 * Resolves or rejects as `work`, and rejects after `ms`. Counted in short pieces: where this process itself is
 * busy, an answer that has come is read between two of them.
 */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const PIECES = 10;
  return new Promise((resolve, reject) => {
    let left = PIECES;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = () => {
      left -= 1;
      if (left < 0) reject(new Error(`no answer within ${ms} ms`));
      else timer = setTimeout(next, ms / PIECES);
    };
    next();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
