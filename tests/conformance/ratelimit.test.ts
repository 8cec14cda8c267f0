import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { required, startTestEngines, type TestEngines } from "../embedded/support";
import { missing, startRedisServer } from "../support/debian-servers";

const only = { postgres: false, clickhouse: false };

/** Upstash's own limiter works by Lua scripts, which it sends by hash first. */
function limiterCases(start: () => Promise<TestEngines>): void {
  let engines: TestEngines;
  let redis: Redis;

  beforeAll(async () => {
    engines = await start();
    redis = new Redis({
      url: required(engines.env.UPSTASH_REDIS_REST_URL),
      token: required(engines.env.UPSTASH_REDIS_REST_TOKEN),
      retry: false,
    });
  }, 30_000);
  afterAll(() => engines?.stop());

  const limiterOf = (limiter: ReturnType<typeof Ratelimit.fixedWindow>) =>
    new Ratelimit({ redis, limiter, prefix: crypto.randomUUID(), ephemeralCache: false });

  /** Windows start at multiples of their length: waits for the start of one, so that none ends in between. */
  const startOfWindow = (ms: number) =>
    new Promise((resolve) => setTimeout(resolve, ms - (Date.now() % ms) + 5));

  it("keeps a fixed window: as many as allowed, also at once, and afresh in the next", async () => {
    const limiter = limiterOf(Ratelimit.fixedWindow(5, "1 s"));
    await startOfWindow(1_000);
    const answers = await Promise.all(Array.from({ length: 8 }, () => limiter.limit("ada")));
    expect(answers.filter(({ success }) => success)).toHaveLength(5);
    expect(await limiter.limit("bob")).toMatchObject({ success: true, limit: 5, remaining: 4 });
    expect(await limiter.getRemaining("ada")).toMatchObject({ remaining: 0 });
    await startOfWindow(1_000);
    expect(await limiter.limit("ada")).toMatchObject({ success: true, remaining: 4 });
    await limiter.resetUsedTokens("ada");
    expect(await limiter.limit("ada")).toMatchObject({ remaining: 4 });
  });

  it("keeps a sliding window: the one before counts by the part that still overlaps", async () => {
    const limiter = limiterOf(Ratelimit.slidingWindow(10, "1 s"));
    await startOfWindow(1_000);
    const first = await Promise.all(Array.from({ length: 12 }, () => limiter.limit("ada")));
    expect(first.filter(({ success }) => success)).toHaveLength(10);
    await startOfWindow(1_000);
    // At its very start the window before counts almost whole.
    expect((await limiter.limit("ada")).remaining).toBeLessThanOrEqual(1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    // Past its middle less than half of it does.
    const later = await limiter.limit("ada");
    expect(later.success).toBe(true);
    expect(later.remaining).toBeGreaterThanOrEqual(3);
  });
}

describe("@upstash/ratelimit on the Redis in memory", () => {
  limiterCases(() => startTestEngines({ only }));
});

describe.skipIf(missing.redis)(
  `@upstash/ratelimit on redis-server${missing.redis ? `: ${missing.redis}` : ""}`,
  () => {
    limiterCases(async () => {
      const server = await startRedisServer();
      const engines = await startTestEngines({ only, upstream: { redisUrl: server.url } });
      return {
        ...engines,
        stop: async () => {
          await engines.stop();
          await server.stop();
        },
      };
    });
  },
);
