import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { required, type TestEngines } from "../embedded/support";

/** What any Redis must do behind the REST endpoint, asked by Upstash's own driver. */
export function redisCases(start: () => Promise<TestEngines>): void {
  let engines: TestEngines;
  let url: string;
  let token: string;
  let redis: Redis;

  beforeAll(async () => {
    engines = await start();
    url = required(engines.env.UPSTASH_REDIS_REST_URL);
    token = required(engines.env.UPSTASH_REDIS_REST_TOKEN);
    redis = new Redis({ url, token, retry: false });
  }, 30_000);

  beforeEach(async () => {
    await redis.flushall();
  });

  afterAll(() => engines?.stop());

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  describe("commands of @upstash/redis", () => {
    it("set and get values of any text and shape", async () => {
      expect(await redis.set("text", "naïve 🦉 OK")).toBe("OK");
      expect(await redis.get("text")).toBe("naïve 🦉 OK");
      await redis.set("document", { a: [1, "two", null] });
      expect(await redis.get("document")).toEqual({ a: [1, "two", null] });
      expect(await redis.get("absent")).toBeNull();
      expect(await redis.mget("text", "absent")).toEqual(["naïve 🦉 OK", null]);
      expect(await redis.set("status", "OK")).toBe("OK");
      expect(await redis.get("status")).toBe("OK");
      expect(await redis.ping()).toBe("PONG");
    });

    it("honour ex, px, nx and xx", async () => {
      expect(await redis.set("lock", "a", { nx: true, ex: 100 })).toBe("OK");
      expect(await redis.ttl("lock")).toBe(100);
      expect(await redis.set("lock", "b", { nx: true, ex: 100 })).toBeNull();
      expect(await redis.set("lock", "c", { xx: true, px: 40 })).toBe("OK");
      expect(await redis.get("lock")).toBe("c");
      await pause(60);
      expect(await redis.get("lock")).toBeNull();
      expect(await redis.set("lock", "d", { xx: true })).toBeNull();
      expect(await redis.setex("timed", 50, "v")).toBe("OK");
      expect(await redis.ttl("timed")).toBe(50);
    });

    it("delete, count and expire", async () => {
      expect(await redis.incr("n")).toBe(1);
      expect(await redis.incrby("n", 41)).toBe(42);
      expect(await redis.decr("n")).toBe(41);
      expect(await redis.incrbyfloat("n", 0.5)).toBe(41.5);
      expect(await redis.expire("n", 30)).toBe(1);
      expect(await redis.ttl("n")).toBe(30);
      expect(await redis.persist("n")).toBe(1);
      expect(await redis.pexpire("n", 20)).toBe(1);
      await pause(40);
      expect(await redis.exists("n")).toBe(0);
      await redis.mset({ a: 1, b: 2 });
      expect(await redis.del("a", "b", "c")).toBe(2);
    });

    it("keep hashes, lists, sets and sorted sets", async () => {
      expect(await redis.hset("h", { a: 1, b: "x" })).toBe(2);
      expect(await redis.hgetall("h")).toEqual({ a: 1, b: "x" });
      expect(await redis.hgetall("none")).toBeNull();
      expect(await redis.hget("h", "b")).toBe("x");
      expect(await redis.hincrby("h", "a", 2)).toBe(3);
      expect(await redis.hdel("h", "a")).toBe(1);

      expect(await redis.rpush("l", "a", "b", "c")).toBe(3);
      expect(await redis.lpush("l", "z")).toBe(4);
      expect(await redis.lrange("l", 0, -1)).toEqual(["z", "a", "b", "c"]);
      expect(await redis.lpop("l")).toBe("z");
      expect(await redis.ltrim("l", 0, 0)).toBe("OK");
      expect(await redis.llen("l")).toBe(1);

      expect(await redis.sadd("s", "a", "b")).toBe(2);
      expect(await redis.sismember("s", "a")).toBe(1);
      expect((await redis.smembers("s")).sort()).toEqual(["a", "b"]);

      expect(await redis.zadd("z", { score: 2, member: "b" }, { score: 1, member: "a" })).toBe(2);
      expect(await redis.zadd("z", { nx: true }, { score: 9, member: "a" })).toBe(0);
      expect(await redis.zrange("z", 0, -1, { withScores: true })).toEqual(["a", 1, "b", 2]);
      expect(await redis.zrange("z", 0, -1, { rev: true })).toEqual(["b", "a"]);
      expect(await redis.zrange("z", 2, "+inf", { byScore: true })).toEqual(["b"]);
      expect(await redis.zincrby("z", 5, "a")).toBe(6);
      expect(await redis.zscore("z", "a")).toBe(6);
      expect(await redis.zremrangebyscore("z", 0, 2)).toBe(1);
      expect(await redis.zcard("z")).toBe(1);
      expect(await redis.scan(0, { match: "h*" })).toEqual(["0", ["h"]]);
    });

    it("pipeline, with errors in their place", async () => {
      const pipeline = redis.pipeline();
      pipeline.set("text", "not a number");
      pipeline.incr("text");
      pipeline.get("text");
      const results = await pipeline.exec({ keepErrors: true });
      expect(results[0]).toEqual({ result: "OK", error: undefined });
      expect(results[1]?.error).toMatch(/not an integer/);
      expect(results[2]?.result).toBe("not a number");
    });

    it("run a transaction undivided", async () => {
      const rounds = Array.from({ length: 20 }, () => {
        const transaction = redis.multi();
        transaction.incr("count");
        transaction.incr("count");
        return transaction.exec<[number, number]>();
      });
      const pairs = await Promise.all(rounds);
      for (const [first, second] of pairs) expect(second).toBe(first + 1);
      expect(await redis.get("count")).toBe(40);
    });

    it("run scripts, by text and by hash", async () => {
      const script =
        '#!lua flags=allow-key-locking\nreturn {KEYS[1], ARGV[1], redis.call("INCR", KEYS[1])}';
      expect(await redis.eval(script, ["k"], ["v"])).toEqual(["k", "v", 1]);
      const sha = await redis.scriptLoad(script);
      expect(sha).toMatch(/^[0-9a-f]{40}$/);
      expect(await redis.evalsha(sha, ["k"], ["w"])).toEqual(["k", "w", 2]);
      expect(await redis.scriptExists(sha, "0".repeat(40))).toEqual([1, 0]);
      expect(await redis.createScript<[string, string, number]>(script).exec(["k"], ["x"])).toEqual(
        ["k", "x", 3],
      );
      expect(await redis.eval("redis.call('DEL', KEYS[1]) -- and no more", ["k"], [])).toBeNull();
      expect(await redis.exists("k")).toBe(0);
      await redis.mset({ "list:a": 1, "list:b": 2 });
      const lists = `local found = redis.call("SCAN", "0", "MATCH", KEYS[1], "COUNT", 1000)
        table.sort(found[2])
        local failed = redis.pcall("NOSUCH", KEYS[2])
        local grown = {}
        for at = 1, 3 do grown[#grown + 1] = at * 1.5 end
        return {found[1], found[2], redis.call("MGET", "list:a", "none", "list:b"), type(failed.err), grown}`;
      await redis.set("words", "none");
      expect(await redis.eval(lists, ["list:*", "words"], [])).toEqual([
        0,
        ["list:a", "list:b"],
        [1, null, 2],
        "string",
        [1, 3, 4],
      ]);
      const failing = 'return redis.error_reply("ERR as told")';
      await expect(redis.eval(failing, [], [])).rejects.toThrow(/as told/);
      await redis.scriptFlush();
      await expect(redis.evalsha(sha, ["k"], ["w"])).rejects.toThrow(/NOSCRIPT/);
    });
  });

  describe("the endpoint", () => {
    it("answers 401 to a wrong token and to none", async () => {
      const stranger = new Redis({ url, token: "wrong", retry: false });
      await expect(stranger.get("a")).rejects.toThrow(/Unauthorized/);
      const answer = await fetch(url, { method: "POST", body: '["PING"]' });
      expect([answer.status, await answer.json()]).toEqual([401, { error: "Unauthorized" }]);
    });

    it("takes commands from the path, and encodes only when asked", async () => {
      const headers = { authorization: `Bearer ${token}` };
      const call = async (path: string, init: RequestInit = {}) =>
        (
          await fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } })
        ).json();
      expect(await call("/set/a%2Fb/plain?EX=100")).toEqual({ result: "OK" });
      expect(await call("/get/a%2Fb")).toEqual({ result: "plain" });
      expect(await call("/set/body", { method: "POST", body: "from body" })).toEqual({
        result: "OK",
      });
      expect(await call("/get/body", { headers: { "upstash-encoding": "base64" } })).toEqual({
        result: btoa("from body"),
      });
    });

    it("answers 413 to a body that is too large", async () => {
      const answer = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(["SET", "large", "x".repeat(33 * 1024 * 1024)]),
      });
      expect(answer.status).toBe(413);
      expect(await redis.get("large")).toBeNull();
    });

    it("serves nothing that would hold or break the shared connection", async () => {
      const names = ["disconnect", "duplicate", "constructor", "multi", "subscribe", "__proto__"];
      for (const name of names) {
        const answer = await fetch(url, {
          method: "POST",
          headers: { authorization: `Bearer ${token}` },
          body: JSON.stringify([name]),
        });
        expect(answer.status).toBe(400);
      }
      expect(await redis.ping()).toBe("PONG");
    });
  });
}
