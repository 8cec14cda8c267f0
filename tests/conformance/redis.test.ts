import { Redis } from "@upstash/redis";
import { describe, expect, it } from "vitest";
import { required, startTestEngines } from "../embedded/support";
import { missing, startRedisServer } from "../support/debian-servers";
import { redisCases } from "./redis-cases";

const only = { postgres: false, clickhouse: false };

describe("the Redis in memory behind the REST endpoint", () => {
  redisCases(() => startTestEngines({ only }));

  it("refuses what it lacks, and says so", async () => {
    const engines = await startTestEngines({ only });
    const redis = new Redis({
      url: required(engines.env.UPSTASH_REDIS_REST_URL),
      token: required(engines.env.UPSTASH_REDIS_REST_TOKEN),
      retry: false,
    });
    await expect(redis.json.set("j", "$", {})).rejects.toThrow(/unknown command 'JSON.SET'/);
    await expect(redis.expire("n", 5, "NX")).rejects.toThrow(/not served by the in-memory/);
    await engines.stop();
  });
});

describe.skipIf(missing.redis)(
  `redis-server behind the REST endpoint${missing.redis ? `: ${missing.redis}` : ""}`,
  () => {
    redisCases(async () => {
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
