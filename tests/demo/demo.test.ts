import { createHash } from "node:crypto";
import { calcPrice } from "@pydantic/genai-prices";
import { beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { describeDemo, generateDemoCalls, loadDemoCalls, type PlantedFacts } from "../../db/demo";

const DAY_MS = 86_400_000;
const endsAt = Date.UTC(2025, 5, 18);
const options = { seed: 1, endsAt };
let calls: Call[] = [];
let facts: PlantedFacts;

beforeAll(() => {
  calls = [...generateDemoCalls(options)].flat();
  facts = describeDemo(options);
}, 60_000);

/** One line a call, of everything that chance decides in it. */
const digest = (some: readonly Call[]) => {
  const hash = createHash("sha256");
  for (const { tags, prefixBlocks, ...rest } of some) {
    hash.update(`${Object.values(rest).join()}${tags.region}${prefixBlocks.at(-1)}\n`);
  }
  return hash.digest("hex");
};
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

describe("the demo's calls", { timeout: 60_000 }, () => {
  it("are the same for the same seed and end, and others for another seed", () => {
    const again = [...generateDemoCalls(options)].flat();
    expect(digest(again)).toBe(digest(calls));
    const other = [...generateDemoCalls({ ...options, seed: 2 })].flat();
    expect(digest(other)).not.toBe(digest(calls));
  });

  it("are about 50,000 in 30 days before the end, in order, each with its own id", () => {
    expect(calls.length).toBeGreaterThan(48_000);
    expect(calls.length).toBeLessThan(52_000);
    expect(calls.length).toBe(facts.calls);
    const times = calls.map(({ time }) => time);
    expect(times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0))).toBe(true);
    expect(times[0]).toBeGreaterThanOrEqual(endsAt - 30 * DAY_MS);
    expect(times.at(-1)).toBeLessThan(endsAt);
    const ids = calls.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it("are sound: counts whole, parts within their whole, blocks for all input", () => {
    const unsound = calls.filter((call) => {
      const counts = [
        call.inputTokens,
        call.outputTokens,
        call.cacheReadTokens,
        call.reasoningTokens,
      ];
      const blocks = call.blockTokens === 0 ? 0 : Math.ceil(call.inputTokens / call.blockTokens);
      return (
        !counts.every((count) => Number.isInteger(count) && count >= 0) ||
        call.cacheReadTokens + call.cacheWriteTokens > call.inputTokens ||
        call.reasoningTokens > call.outputTokens ||
        !/^[0-9a-f]{16}$/.test(call.promptHash) ||
        (call.status === "ok" && call.prefixBlocks.length !== blocks)
      );
    });
    expect(unsound).toEqual([]);
  });

  it("the same prompt has the same tokens and the same blocks", () => {
    const known = new Map<string, Call>();
    const others = calls.filter((call) => {
      if (call.status === "error") return false;
      const first = known.get(call.promptHash) ?? call;
      known.set(call.promptHash, first);
      return (
        call.feature !== first.feature ||
        call.inputTokens !== first.inputTokens ||
        call.prefixBlocks.join() !== first.prefixBlocks.join()
      );
    });
    expect(others).toEqual([]);
  });

  it("use models that the catalogue prices, and one that it does not", () => {
    const models = new Map(
      calls.map(({ provider, model }) => [`${provider}/${model}`, { provider, model }]),
    );
    const unpriced = [...models.values()].filter(
      ({ provider, model }) =>
        calcPrice({ input_tokens: 1000, output_tokens: 100 }, model, { providerId: provider }) ===
        null,
    );
    expect(unpriced).toEqual([facts.unpricedModel]);
    expect(models.size).toBeGreaterThanOrEqual(9);
    expect(new Set(calls.map(({ feature }) => feature)).size).toBe(8);
  });

  it("cost what calcPrice says, 3,000 to 8,000 USD", () => {
    const usd = calls.reduce((sum, call) => {
      const usage = {
        input_tokens: call.inputTokens,
        cache_read_tokens: call.cacheReadTokens,
        output_tokens: call.outputTokens,
      };
      const price = calcPrice(usage, call.model, {
        providerId: call.provider,
        timestamp: new Date(call.time),
      });
      return sum + (price?.total_price ?? 0);
    }, 0);
    expect(usd).toBeCloseTo(Number(facts.spendUsd), 4);
    expect(usd).toBeGreaterThan(3000);
    expect(usd).toBeLessThan(8000);
  });

  it("follow the week and grow", () => {
    const perDay = new Map<number, number>();
    for (const { time } of calls) {
      const day = Math.floor(time / DAY_MS);
      perDay.set(day, (perDay.get(day) ?? 0) + 1);
    }
    const on = (weekdays: number[]) =>
      [...perDay].filter(([day]) => weekdays.includes(new Date(day * DAY_MS).getUTCDay()));
    const mean = (days: Array<[number, number]>) =>
      days.reduce((sum, [, count]) => sum + count, 0) / days.length;
    expect(mean(on([0, 6]))).toBeLessThan(mean(on([1, 2, 3, 4, 5])) / 2);
    const tuesdays = on([2]).map(([, count]) => count);
    expect(tuesdays.at(-1)).toBeGreaterThan((tuesdays[0] ?? 0) * 1.15);
    const hours = calls.map(({ time }) => new Date(time).getUTCHours());
    expect(hours.filter((hour) => hour === 10).length).toBeGreaterThan(
      hours.filter((hour) => hour === 3).length * 5,
    );
  });
});

describe("what is planted", { timeout: 60_000 }, () => {
  it("duplicates: the facts' number is a plain count over the log", () => {
    const seen = new Set<string>();
    const again = calls.filter(({ status, provider, model, promptHash }) => {
      const key = `${provider}/${model}/${promptHash}`;
      const repeated = status === "ok" && seen.has(key);
      if (status === "ok") seen.add(key);
      return repeated;
    });
    expect(again.length).toBe(facts.duplicateCalls);
    expect(Object.keys(facts.duplicateCallsByFeature).sort()).toEqual([
      "search-answers",
      "ticket-tagging",
    ]);
    expect(facts.duplicateCallsByFeature["search-answers"]).toBeGreaterThan(3500);
    expect(facts.duplicateCallsByFeature["ticket-tagging"]).toBeGreaterThan(1000);
  });

  it("a retry storm of two hours on a weekday, most of all errors and retries", () => {
    const { feature, from, to, errors, retries } = facts.retryStorm;
    const inStorm = calls.filter(
      (call) => call.feature === feature && call.time >= from && call.time < to,
    );
    expect(inStorm.length).toBe(facts.retryStorm.calls);
    expect(inStorm.filter(({ status }) => status === "error").length).toBe(errors);
    expect(inStorm.filter(({ retry }) => retry > 0).length).toBe(retries);
    expect(to - from).toBe(2 * 3_600_000);
    expect([0, 6]).not.toContain(new Date(from).getUTCDay());
    expect(errors).toBeGreaterThan(facts.errorCalls * 0.5);
    expect(retries).toBeGreaterThan(facts.retryCalls * 0.5);
    expect(Number(facts.errorCostUsd)).toBeGreaterThan(5);
    expect(facts.errorCalls).toBe(calls.filter(({ status }) => status === "error").length);
    expect(facts.retryCalls).toBe(calls.filter(({ retry }) => retry > 0).length);
  });

  it("a latency regression in the last week of one feature", () => {
    const { feature, since, factor } = facts.latencyRegression;
    const latencies = (from: number, to: number) =>
      calls
        .filter(
          (call) =>
            call.feature === feature && call.status === "ok" && call.time >= from && call.time < to,
        )
        .map(({ latencyMs }) => latencyMs ?? 0);
    const slower = median(latencies(since, endsAt)) / median(latencies(0, since));
    expect(slower).toBeGreaterThan(factor * 0.9);
    expect(slower).toBeLessThan(factor * 1.1);
    expect(endsAt - since).toBe(7 * DAY_MS);
  });

  it("a large model on a simple task, with a small one measured beside it", () => {
    const { large, small } = facts.oversized;
    expect([large.model, small.model]).toEqual(["gpt-4o", "gpt-4o-mini"]);
    expect(large.labelled).toBeGreaterThan(1500);
    expect(small.labelled).toBeGreaterThan(400);
    expect(Math.abs(large.meanQuality - small.meanQuality)).toBeLessThan(0.03);
    const latency = (model: string) =>
      median(
        calls
          .filter(
            (call) =>
              call.feature === facts.oversized.feature &&
              call.model === model &&
              call.status === "ok",
          )
          .map(({ latencyMs }) => latencyMs ?? 0),
      );
    expect(latency(small.model)).toBeLessThan(latency(large.model));
  });

  it("long shared prefixes", () => {
    const bySharing = new Map(facts.prefixReuse.map((prefix) => [prefix.feature, prefix]));
    const chat = bySharing.get("support-chat");
    const documents = bySharing.get("document-summary");
    expect((chat?.reusedTokens ?? 0) / (chat?.inputTokens ?? 1)).toBeGreaterThan(0.7);
    const share = (documents?.reusedTokens ?? 0) / (documents?.inputTokens ?? 1);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.4);
  });

  it("unpriced calls and quality labels", () => {
    expect(facts.unpricedCalls).toBe(
      calls.filter(({ provider }) => provider === "in-house").length,
    );
    expect(facts.unpricedCalls).toBeGreaterThan(1000);
    const labels = calls.flatMap(({ quality }) => (quality === null ? [] : [quality]));
    expect(labels.length).toBe(facts.qualityLabels);
    expect(labels.every((label) => label === 0 || label === 1)).toBe(true);
  });
});

describe("loading", { timeout: 60_000 }, () => {
  it("hands over the same calls in batches and returns the facts", async () => {
    const loaded: Call[] = [];
    const sizes: number[] = [];
    const began = performance.now();
    const planted = await loadDemoCalls(async (batch) => {
      sizes.push(batch.length);
      loaded.push(...batch);
    }, options);
    process.stdout.write(
      `demo: ${loaded.length} calls in ${Math.round(performance.now() - began)} ms\n`,
    );
    expect(planted).toEqual(facts);
    expect(digest(loaded)).toBe(digest(calls));
    expect(Math.max(...sizes)).toBe(5000);
  });

  it("works for ends within a day, and for shorter and smaller logs", () => {
    const short = describeDemo({
      seed: 7,
      endsAt: endsAt + 13.5 * 3_600_000,
      days: 7,
      calls: 2000,
    });
    expect(short.calls).toBeGreaterThan(1900);
    expect(short.lastCallAt).toBeLessThan(endsAt + 13.5 * 3_600_000);
    expect(short.firstCallAt).toBeGreaterThan(endsAt - 7 * DAY_MS);
  });

  it("passes a sink's failure on", async () => {
    await expect(loadDemoCalls(() => Promise.reject(new Error("full")), options)).rejects.toThrow(
      "full",
    );
  });
});
