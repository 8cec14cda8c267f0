import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { formatUsd, parseUsd, priceCall } from "../../db/prices";
import { createAnalytics } from "../../party/adapters/analytics";
import {
  catalogueModels,
  leverCapacity,
  leverModelSwap,
  leverPrefixBreaks,
  leverPromptTrim,
} from "../../party/analysis";
import type { CallSource, Scope } from "../../party/analysis/source";
import { generatedCalls, seeded } from "../clickhouse/support/calls";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { percentile } from "./support/memory-query";
import { prefixBreakRows } from "./support/plain-prefixes";
import { plainSegments } from "./support/plain-swaps";
import { wholeScope } from "./support/scopes";
import type { StoredCall } from "./support/stored-call";

const LOGS = process.env.NETRA_TEST_FULL ? 2_000 : 12;
const providers = ["openai", "anthropic", "google", "deepseek", "groq", "mistral", "cohere"];

interface Log {
  about: string;
  source: CallSource;
  scope: Scope;
  /** In order of time. */
  calls: StoredCall[];
  random: ReturnType<typeof seeded>;
}

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

/** Seeded logs of the real store, one after the other; each seed is in `about`. */
async function onLogs(first: number, check: (log: Log) => Promise<void>): Promise<void> {
  const source = createAnalytics(engine.clickhouse);
  for (let seed = first; seed < first + LOGS; seed++) {
    const random = seeded(seed);
    const calls: Call[] = generatedCalls(seed, random.integer(0, 80));
    const target = { workspaceId: randomUUID(), datasetId: randomUUID(), importId: randomUUID() };
    await insertCalls(engine.clickhouse, target, calls);
    const stored = calls
      .map((call) => {
        const price = priceCall(call);
        return { ...call, datasetId: target.datasetId, cost: price.priced ? price.cost : null };
      })
      .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
    const scope = wholeScope(target.workspaceId, target.datasetId);
    await check({ about: `seed ${seed}`, source, scope, calls: stored, random });
  }
}

describe(`levers on the real store against a reckoning call by call, ${LOGS} generated logs each`, () => {
  it("the catalogue's models: every cost, count and order", async () => {
    let offers = 0;
    await onLogs(2_000, async ({ about, source, scope, calls, random }) => {
      const wanted = providers.filter(() => random.chance(0.5));
      const most = random.integer(1, 20);
      const { result } = await catalogueModels(source, scope, { most, providers: wanted });
      const plain = await plainSegments(calls, wanted);
      expect(result.segments.length + result.segmentsLeftOut, about).toBe(plain.length);
      for (const segment of result.segments) {
        const { feature, provider, model } = segment;
        const own = plain.find(
          (one) => one.feature === feature && one.provider === provider && one.model === model,
        );
        expect(segment, about).toMatchObject({
          costUsd: formatUsd(own?.cost ?? 0n),
          longestTokens: own?.longest,
          tooShort: own?.tooShort,
          unknownContext: own?.unknownContext,
          cheaper: own?.cheaper.size,
          leftOut: Math.max(0, (own?.cheaper.size ?? 0) - most),
        });
        const costs = [...(own?.cheaper.values() ?? [])]
          .map(({ cost }) => cost)
          .sort((a, b) => Number(a > b) - Number(a < b));
        expect(
          segment.offers.map(({ newCostUsd }) => newCostUsd),
          about,
        ).toEqual(costs.slice(0, most).map(formatUsd));
        for (const offer of segment.offers) {
          const found = own?.cheaper.get(`${offer.toProvider}/${offer.toModel}`);
          expect(offer.newCostUsd, `${about}, ${offer.name}`).toBe(formatUsd(found?.cost ?? 0n));
          const cautious = parseUsd(offer.costUsd) - parseUsd(offer.savingLowUsd);
          // Rounded up to a whole pico-dollar once per part of the price and step of the input.
          expect(Math.abs(Number(cautious) - (found?.cautious ?? 0)), about).toBeLessThanOrEqual(
            16 + Number(cautious) * 1e-12,
          );
          offers++;
        }
      }
    });
    expect(offers).toBeGreaterThan(LOGS * 5);
  }, 1_200_000);

  it("the model swap: what each candidate would have cost", async () => {
    let swaps = 0;
    await onLogs(4_000, async ({ about, source, scope, calls }) => {
      const { result } = await leverModelSwap(source, scope, {});
      const plain = await plainSegments(calls, providers);
      let chosen = 0n;
      for (const swap of result.swaps) {
        const own = plain.find(
          (one) =>
            one.feature === swap.feature &&
            one.provider === swap.fromProvider &&
            one.model === swap.fromModel,
        );
        const found = own?.cheaper.get(`${swap.toProvider}/${swap.toModel}`);
        expect(swap, about).toMatchObject({
          costUsd: formatUsd(own?.cost ?? 0n),
          newCostUsd: formatUsd(found?.cost ?? 0n),
          context: { longestTokens: own?.longest },
        });
        if (swap.chosen) chosen += (own?.cost ?? 0n) - (found?.cost ?? 0n);
        swaps++;
      }
      if (result.available) expect(result.savingUsd, about).toBe(formatUsd(chosen));
      else expect(plain, about).toEqual([]);
    });
    expect(swaps).toBeGreaterThan(LOGS);
  }, 1_200_000);

  it("the prompt trim: bounds, savings and how many prompts they cut", async () => {
    let saves = 0;
    await onLogs(8_000, async ({ about, source, scope, calls, random }) => {
      const trims = ["search", "chat", "summary"].map((feature) => ({
        feature,
        to: random.pick<number | "p50" | "p90">([random.integer(1, 3_000), "p50", "p90"]),
      }));
      const { result } = await leverPromptTrim(source, scope, { trims });
      let saving = 0n;
      let trimmed = 0;
      for (const { feature, to } of trims) {
        const own = calls.filter((call) => call.status === "ok" && call.feature === feature);
        const lengths = own.map(({ inputTokens }) => inputTokens);
        if (lengths.length === 0) continue;
        const level = to === "p50" ? 0.5 : 0.9;
        const ranked = Math.round((percentile(lengths, level) ?? 0) * 1e6) / 1e6;
        const bound = typeof to === "number" ? to : Math.max(1, Math.ceil(ranked));
        expect(result.trims, about).toContainEqual({ feature, tokens: bound });
        for (const call of own) {
          const price = priceCall(call);
          const plain = call.inputTokens - call.cacheReadTokens - call.cacheWriteTokens;
          const cut = Math.min(call.inputTokens - bound, plain);
          if (!price.priced || cut <= 0) continue;
          saving += BigInt(cut) * price.applied.input;
          trimmed++;
        }
      }
      if (result.available) {
        expect(result, about).toMatchObject({
          savingUsd: formatUsd(saving),
          savingLowUsd: "0",
          savingHighUsd: formatUsd(saving),
          trimmed,
        });
      } else expect(trimmed, about).toBe(0);
      saves += Number(saving > 0n);
    });
    expect(saves).toBeGreaterThan(LOGS / 2);
  }, 1_200_000);

  it("capacity by the hour: units, idle share, break-even and saving", async () => {
    let seen = 0;
    await onLogs(10_000, async ({ about, source, scope, calls, random }) => {
      const own = calls.filter(
        ({ provider, model }) => provider === "openai" && model === "gpt-4o",
      );
      const kind = random.pick<"provisioned" | "self-hosted">(["provisioned", "self-hosted"]);
      const terms = {
        kind,
        provider: "openai",
        model: "gpt-4o",
        usdPerHour: random.integer(1, 5_000) / 1_000,
        tokensPerSecond: random.integer(1, 400) / 8,
        ...(kind === "provisioned" ? { units: random.integer(1, 6) } : {}),
      };
      const { result } = await leverCapacity(source, scope, terms);
      if (own.length === 0) {
        expect(result, about).toMatchObject({ available: false, units: null, needed: null });
        return;
      }
      const minuteOf = (time: number) => Math.floor(time / 60_000);
      const first = Math.min(...own.map(({ time }) => minuteOf(time)));
      const minutes = Math.max(...own.map(({ time }) => minuteOf(time))) - first + 1;
      const perMinute = Array.from({ length: minutes }, () => 0);
      for (const call of own) {
        const minute = minuteOf(call.time) - first;
        perMinute[minute] = (perMinute[minute] ?? 0) + call.inputTokens + call.outputTokens;
      }
      const tokens = perMinute.reduce((sum, count) => sum + count, 0);
      const bears = terms.tokensPerSecond * 60;
      const [mean, p99, peak] = [
        tokens / minutes,
        percentile(perMinute, 0.99) ?? 0,
        Math.max(...perMinute),
      ].map((load) => Math.max(1, Math.ceil(load / bears)));
      expect(result.needed, about).toEqual({ mean, p99, peak });
      const units = terms.units ?? p99 ?? 1;
      const cost = (count = 1) => (count * terms.usdPerHour * minutes) / 60;
      const idle = Math.max(0, 1 - tokens / (units * bears * minutes));
      const spent = own.reduce((sum, call) => sum + Number(call.cost ?? 0n) / 1e12, 0);
      const saved = (count = 1) => (kind === "provisioned" ? cost(units) : spent) - cost(count);
      const close = (text: string | number | null, value: number) =>
        expect(Math.abs(Number(text) - value), about).toBeLessThanOrEqual(
          1e-9 * Math.abs(value) + 1e-9,
        );
      close(result.capacityCostUsd, cost(units));
      close(result.idleCostUsd, cost(units) * idle);
      close(result.savingUsd, saved(p99));
      close(result.savingLowUsd, Math.min(saved(peak), saved(p99)));
      close(result.savingHighUsd, Math.max(saved(mean), saved(p99)));
      expect(Math.abs(Number(result.idleSharePercent) - idle * 100), about).toBeLessThan(1e-4);
      const even = (units * terms.usdPerHour * tokens) / spent;
      expect(Math.abs((result.breakEvenTokensPerHour ?? 0) - even), about).toBeLessThanOrEqual(
        1 + even * 1e-9,
      );
      seen++;
    });
    expect(seen).toBeGreaterThan(LOGS / 2);
  }, 1_200_000);

  it("the prefix breaks: every break, to the last digit", async () => {
    let breaks = 0;
    await onLogs(6_000, async ({ about, source, scope, calls, random }) => {
      // Generated logs are small: shared beginnings on one model, so that breaks of ten calls are met.
      const [leastCalls, limit] = [random.integer(1, 4), random.integer(1, 60)];
      const { rows } = await source.prefixBreaks(scope, { leastCalls, limit });
      const plain = prefixBreakRows(calls, { leastCalls, limit });
      expect(rows, about).toEqual(plain);
      const { result } = await leverPrefixBreaks(source, scope, {});
      expect(
        result.breaks.map(({ name: _name, ...row }) => row),
        about,
      ).toEqual(prefixBreakRows(calls, { leastCalls: 10, limit: 30 }));
      breaks += rows.length;
    });
    expect(breaks).toBeGreaterThan(LOGS);
  }, 1_200_000);
});
