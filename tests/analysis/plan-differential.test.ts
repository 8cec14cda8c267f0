import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { parseUsd, priceCall } from "../../db/prices";
import { createAnalytics } from "../../party/adapters/analytics";
import { type JointPlanParams, jointPlan } from "../../party/analysis";
import { generatedCalls, seeded } from "../clickhouse/support/calls";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { plainPlan } from "./support/plain-plan";
import { wholeScope } from "./support/scopes";

const LOGS = process.env.NETRA_TEST_FULL ? 2_000 : 24;

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

const levers = [
  "retry-waste",
  "response-cache",
  "prompt-trim",
  "output-cap",
  "model-swap",
  "cascade",
  "prompt-cache",
  "batch",
] as const;
type Target = readonly [provider: string, model: string];
const froms = [
  ["openai", "gpt-4o"],
  ["openai", "gpt-4o-mini"],
  ["anthropic", "claude-sonnet-4-5"],
  ["deepseek", "deepseek-chat"],
  ["", "gpt-4.1"],
] as const;
const targets: readonly [Target, ...Target[]] = [
  ["openai", "gpt-4.1-mini"],
  ["anthropic", "claude-haiku-4-5"],
  ["anthropic", "claude-3-5-haiku-latest"],
  ["google", "gemini-2.5-pro"],
  ["mistral", "mistral-small-2603"],
];
const features = ["search", "chat", "summary", ""] as const;

/** A plan of up to five levers, with everything about them drawn. */
function drawnPlan(seed: number): JointPlanParams {
  const random = seeded(seed);
  const count = random.integer(1, 5);
  const taken = [...levers].sort(() => random.next() - 0.5).slice(0, count);
  const segments = [...features.flatMap((feature) => froms.map((from) => ({ feature, from })))]
    .sort(() => random.next() - 0.5)
    .slice(0, 6);
  const choices = segments.map(({ feature, from: [fromProvider, fromModel] }) => {
    const [toProvider, toModel] = random.pick(targets);
    return { feature, fromProvider, fromModel, toProvider, toModel };
  });
  const lifetime = () => ({
    seconds: random.pick([900, 3_600, 7_200, 86_400]),
    features: random.chance(0.5) ? [{ feature: "chat", seconds: random.integer(1, 90_000) }] : [],
  });
  return {
    levers: taken,
    swaps: choices.slice(0, 4),
    cascades: choices
      .slice(4)
      .map((choice) => ({ ...choice, escalatedPercent: random.integer(0, 100) })),
    caps: [
      { feature: "search", tokens: random.integer(1, 900) },
      { feature: "chat", tokens: random.integer(1, 900) },
    ],
    trims: ["search", "chat", "summary"]
      .filter(() => random.chance(0.7))
      .map((feature) => ({ feature, tokens: random.integer(1, 4_000) })),
    batched: ["chat", "summary"].filter(() => random.chance(0.6)),
    ...(random.chance(0.5)
      ? {
          answers: {
            livesFrom: random.pick(["store", "last-use"]),
            low: lifetime(),
            central: lifetime(),
          },
        }
      : {}),
    promptCacheSeconds: random.pick([300, 900, 3_600, 86_400]),
  };
}

const least = (a: bigint, b: bigint) => (b < a ? b : a);

describe("a joint plan on the real store", () => {
  it(
    `is the same, to the last digit, as a reckoning call by call over ${LOGS} generated logs`,
    async () => {
      const source = createAnalytics(engine.clickhouse);
      const seen = { exact: 0, saves: 0, cached: 0 };
      for (let seed = 1_000; seed < 1_000 + LOGS; seed++) {
        const calls = generatedCalls(seed, seeded(seed).integer(0, 60));
        const target = {
          workspaceId: randomUUID(),
          datasetId: randomUUID(),
          importId: randomUUID(),
        };
        await insertCalls(engine.clickhouse, target, calls);
        const params = drawnPlan(seed);
        const scope = wholeScope(target.workspaceId, target.datasetId);
        const { result } = await jointPlan(source, scope, params);
        const stored = calls.map((call) => {
          const price = priceCall(call);
          return { ...call, datasetId: target.datasetId, cost: price.priced ? price.cost : null };
        });
        const about = `seed ${seed}, ${params.levers.join()}`;
        if (!stored.some(({ cost }) => cost !== null)) {
          expect(result, about).toMatchObject({ available: false, savingUsd: null, steps: [] });
          continue;
        }
        const plain = plainPlan(stored, params);
        const amounts = (pick: (step: (typeof result.steps)[number]) => string) =>
          result.steps.map((step) => parseUsd(pick(step)));
        expect(parseUsd(result.savingUsd ?? ""), about).toBe(plain.saving);
        const [low, high] = [result.savingLowUsd, result.savingHighUsd].map((text) =>
          parseUsd(text ?? ""),
        );
        expect(low, about).toBe(least(plain.low, plain.saving));
        expect(high, about).toBe(-least(-plain.high, -plain.saving));
        expect(
          amounts(({ savingUsd }) => savingUsd),
          about,
        ).toEqual(plain.marginal);
        const shares = amounts(({ attributedUsd }) => attributedUsd);
        expect(shares, about).toEqual(plain.shares);
        expect(
          shares.reduce((sum, share) => sum + share, 0n),
          about,
        ).toBe(plain.saving);
        seen.exact += Number(result.attribution?.method === "exact");
        seen.saves += Number(plain.saving > 0n);
        const cached = result.steps.find(({ lever }) => lever === "prompt-cache");
        seen.cached += Number(cached !== undefined && parseUsd(cached.savingUsd) > 0n);
      }
      // What the draws must have met, or the comparison shows little.
      expect(seen.saves).toBeGreaterThan(LOGS / 2);
      expect(seen.cached).toBeGreaterThan(LOGS / 25);
      expect(seen.exact).toBeGreaterThan(LOGS / 2);
    },
    LOGS * 5_000,
  );
});
