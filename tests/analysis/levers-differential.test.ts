import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { formatUsd, parseUsd, priceCall } from "../../db/prices";
import { createAnalytics } from "../../party/adapters/analytics";
import { catalogueModels, leverModelSwap, leverPrefixBreaks } from "../../party/analysis";
import type { CallSource, Scope } from "../../party/analysis/source";
import { generatedCalls, seeded } from "../clickhouse/support/calls";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { prefixBreakRows } from "./support/plain-prefixes";
import { plainSegments } from "./support/plain-swaps";
import { wholeScope } from "./support/scopes";
import type { StoredCall } from "./support/stored-call";

const LOGS = process.env.NETRA_TEST_FULL ? 2_000 : 30;
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
