import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { formatUsd, parseUsd, priceCall } from "../../db/prices";
import {
  catalogueModels,
  comparePeriods,
  type JointPlanParams,
  jointPlan,
  latencyByFeature,
  leverModelSwap,
  leverPrefixBreaks,
  leverPromptCache,
  leverResponseCache,
  leverRetryWaste,
  PlanInputError,
} from "../../party/analysis";
import { aCall, generatedCalls } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const HOUR = 3_600_000;
const start = Date.UTC(2026, 2, 1);

/** A thousand input and a hundred output tokens of gpt-4o: $0.0035. */
const call = (id: string, hours: number, fields: Partial<Call> = {}) =>
  aCall({ id, time: start + hours * HOUR, promptHash: "p", ...fields });

describe("the response cache", () => {
  it("saves repeats by the time since the previous one, and never the first", async () => {
    const { source, scope } = heldLog([
      call("a", 0),
      call("b", 1),
      call("c", 25),
      call("d", 49.001),
      call("other model", 1.5, { model: "gpt-4o-mini" }),
      call("failed", 1.6, { status: "error" }),
      call("unknown prompt", 1.7, { promptHash: "" }),
    ]);
    const { result } = await leverResponseCache(source, scope, {});
    expect(result).toMatchObject({
      available: true,
      repeats: 3,
      savingLowUsd: "0.0035",
      savingUsd: "0.007",
      savingHighUsd: "0.0105",
    });
  });

  it("says so when the log has no prompt hashes", async () => {
    const { source, scope } = heldLog([
      call("a", 0, { promptHash: "" }),
      call("b", 1, { promptHash: "" }),
    ]);
    const { result } = await leverResponseCache(source, scope, {});
    expect(result).toMatchObject({ available: false, savingUsd: null });
    expect(result.reason).toMatch(/no prompt hashes/);
  });
});

describe("the prompt cache", () => {
  const prefixed = (id: string, seconds: number, fields: Partial<Call> = {}) =>
    call(id, seconds / 3600, {
      inputTokens: 2000,
      prefixBlocks: ["1", "2", "3", "4"],
      blockTokens: 512,
      ...fields,
    });

  it("serves at most the input, prices hits at the model's cached price", async () => {
    const { source, scope } = heldLog([prefixed("a", 0), prefixed("b", 300), prefixed("c", 601)]);
    const { result } = await leverPromptCache(source, scope, {});
    expect(result.limited).toEqual({ lifetimeSeconds: 300, hitTokens: 2000, hitShare: "33.3333" });
    expect(result.unlimited).toEqual({ hitTokens: 4000, hitShare: "66.6667" });
    // gpt-4o: $2.50 fresh and $1.25 cached per million, in whole steps of 128 tokens: 1,920 of 2,000.
    expect(result).toMatchObject({
      billedReadTokens: 1920,
      savingUsd: "0.0024",
      savingLowUsd: "0.0024",
      savingHighUsd: "0.0048",
      naiveSavingUsd: "0.0075",
    });
  });

  it("charges for writes where the model does, and leaves a model alone that would lose", async () => {
    const claude = { provider: "anthropic", model: "claude-sonnet-4-5", inputTokens: 2048 };
    const { source, scope } = heldLog([prefixed("a", 0, claude), prefixed("b", 10, claude)]);
    const { result } = await leverPromptCache(source, scope, {});
    // 2048 × ($3 − $0.30) saved, 2048 × ($3.75 − $3) paid, per million.
    expect(result.savingUsd).toBe(formatUsd(2048n * 2_700_000n - 2048n * 750_000n));
    // Entries of an hour cost twice the input to write.
    expect(result.models[0]).toMatchObject({
      rule: { minimumTokens: 1024 },
      hourSavingUsd: formatUsd(2048n * 2_700_000n - 2048n * 3_000_000n),
    });
    const alone = heldLog([prefixed("a", 0, claude)]);
    const lost = await leverPromptCache(alone.source, alone.scope, {});
    expect(lost.result.savingUsd).toBe("0");
    expect(lost.result.models[0]?.savingUsd).toBe(formatUsd(-2048n * 750_000n));
  });

  it("neither reads nor writes prompts under the provider's minimum", async () => {
    const short = { provider: "anthropic", model: "claude-haiku-4-5", inputTokens: 2048 };
    const { source, scope } = heldLog([prefixed("a", 0, short), prefixed("b", 10, short)]);
    const { result } = await leverPromptCache(source, scope, {});
    expect(result.limited.hitTokens).toBe(2048);
    expect(result).toMatchObject({ billedReadTokens: 0, savingUsd: "0", savingHighUsd: "0" });
    expect(result.models[0]?.rule?.minimumTokens).toBe(4096);
  });

  it("is not available for a model without a cached price, though its hits are counted", async () => {
    const plain = { model: "gpt-4-turbo" };
    const { source, scope } = heldLog([prefixed("a", 0, plain), prefixed("b", 1, plain)]);
    const { result } = await leverPromptCache(source, scope, {});
    expect(result).toMatchObject({ available: false, savingUsd: null });
    expect(result.limited.hitTokens).toBe(2000);
  });
});

describe("prefix breaks", () => {
  it("name the block behind which prompts part, and what the tokens behind it cost above cached reads", async () => {
    const calls = Array.from({ length: 12 }, (_, index) =>
      call(String(index).padStart(2, "0"), index / 100, {
        inputTokens: 2048,
        prefixBlocks: ["1", "2", `own ${index}`, `rest ${index}`].map((name, place) =>
          place < 2 ? name : String(1_000 + index * 10 + place),
        ),
        blockTokens: 512,
      }),
    );
    const { source, scope } = heldLog(calls);
    const { result } = await leverPrefixBreaks(source, scope, {});
    // The first call shares nothing yet; the other eleven part behind the second block.
    expect(result.breaks).toEqual([
      {
        name: "chat · openai/gpt-4o · after block 2",
        provider: "openai",
        model: "gpt-4o",
        feature: "chat",
        block: "2",
        place: 2,
        calls: 11,
        continuations: 11,
        sharedTokens: 11 * 1024,
        lostTokens: 11 * 1024,
        lostUsd: formatUsd(11n * 1024n * 1_250_000n),
      },
    ]);
  });
});

describe("retry waste", () => {
  it("counts failed repetitions, with the range over the first and the later ones", async () => {
    const failed = (id: string, retry: number) =>
      call(id, retry, { status: "error", errorCode: "529", retry });
    const { source, scope } = heldLog([
      failed("0", 0),
      failed("1", 1),
      failed("2", 2),
      failed("3", 3),
      call("ok", 9, { retry: 4 }),
    ]);
    const { result } = await leverRetryWaste(source, scope, {});
    expect(result).toMatchObject({
      errors: 4,
      retries: 4,
      savingLowUsd: "0.007",
      savingUsd: "0.0105",
      savingHighUsd: "0.014",
      share: "60",
    });
  });
});

describe("the model swap", () => {
  const labelled = (model: string, quality: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      call(`${model}-${index}`, index / 10, {
        model,
        quality: quality + (index % 2 ? 0.01 : -0.01),
        latencyMs: 1000 + index,
      }),
    );

  it("offers nearer models first and knows nothing of quality without labels", async () => {
    const { source, scope } = heldLog([call("a", 0)]);
    const { result } = await leverModelSwap(source, scope, {});
    expect(result.swaps.map(({ toModel, chosen }) => [toModel, chosen])).toEqual([
      ["gpt-4.1", true],
      ["gpt-4.1-mini", false],
      ["gpt-4o-mini", false],
    ]);
    expect(result.swaps[0]).toMatchObject({
      costUsd: "0.0035",
      newCostUsd: "0.0028",
      savingUsd: "0.0007",
      savingLowUsd: "0.00054",
      quality: { state: "unknown" },
      latency: { state: "unknown" },
    });
    expect(result).toMatchObject({ savingUsd: "0.0007", savingLowUsd: "0", share: "20" });
  });

  it("takes the cheapest model that labels show to be no worse", async () => {
    const { source, scope } = heldLog([
      ...labelled("gpt-4o", 0.9, 60),
      ...labelled("gpt-4o-mini", 0.91, 40),
    ]);
    const { result } = await leverModelSwap(source, scope, {});
    const [best] = result.swaps;
    expect(best).toMatchObject({
      fromModel: "gpt-4o",
      toModel: "gpt-4o-mini",
      chosen: true,
      quality: {
        state: "measured",
        verdict: "no-worse",
        current: "0.9",
        candidate: "0.91",
        candidateCalls: 40,
      },
      latency: { state: "measured", currentP50Ms: 1029.5, candidateP50Ms: 1019.5 },
    });
    expect(parseUsd(result.savingLowUsd ?? "0")).toBeGreaterThan(0n);
  });

  it("says how large a sample would settle the quality of a model that the log does not judge", async () => {
    const { source, scope } = heldLog([call("a", 0)]);
    const { result, draft } = await leverModelSwap(source, scope, {});
    // (1.6449 + 0.8416)² · 0.5 ÷ 0.03² prompts, judged for both.
    expect(result.swaps[0]?.quality).toMatchObject({
      state: "unknown",
      needed: { design: "paired", size: 3435, rule: { margin: 0.03, level: 0.9, power: 0.8 } },
    });
    const needed = draft.values.find(({ key }) => key === "sample_needed");
    expect(needed?.value).toBe("3435");
    expect(needed?.note).toMatch(/prompts judged for both, at a power of 80 %/);
  });

  it("holds right and wrong answers on the same prompts against each other by Tango's interval", async () => {
    const judged = (model: string, isRight: (prompt: number) => boolean) =>
      Array.from({ length: 200 }, (_, prompt) =>
        call(`${model}-${prompt}`, prompt / 10, {
          model,
          promptHash: `p${prompt}`,
          quality: Number(isRight(prompt)),
        }),
      );
    const verdictOf = async (isRight: (prompt: number) => boolean) => {
      const { source, scope } = heldLog([
        ...judged("gpt-4o", (prompt) => prompt % 4 !== 0),
        ...judged("gpt-4o-mini", isRight),
      ]);
      const { result } = await leverModelSwap(source, scope, {});
      const swap = result.swaps.find(({ toModel }) => toModel === "gpt-4o-mini");
      return { swap, low: result.savingLowUsd };
    };
    // The same prompts right: no two labels differ, and the interval of 200 pairs is ± 0.0135.
    const same = await verdictOf((prompt) => prompt % 4 !== 0);
    expect(same.swap?.quality).toMatchObject({
      state: "measured",
      method: "score interval of a paired difference (Tango 1998)",
      verdict: "no-worse",
      needed: null,
    });
    expect(Number(same.low)).toBeGreaterThan(0);
    // As many right, but half of the wrong ones on other prompts: as good on the mean, and open all the same.
    const other = await verdictOf((prompt) => prompt % 8 > 1);
    expect(other.swap?.quality).toMatchObject({
      state: "measured",
      current: "0.75",
      candidate: "0.75",
      verdict: "undecided",
      needed: { design: "paired", size: 1727 },
    });
    expect(Number(other.low)).toBe(0);
    const worse = await verdictOf((prompt) => prompt % 2 === 1);
    expect(worse.swap?.quality).toMatchObject({ verdict: "worse", candidate: "0.5" });
    expect(worse.swap?.chosen).not.toBe(true);
  });

  it("takes a few graded labels that happen to be alike for nothing", async () => {
    const alike = (model: string) =>
      Array.from({ length: 5 }, (_, index) =>
        call(`${model}-${index}`, index, { model, quality: 0.8 }),
      );
    const { source, scope } = heldLog([...alike("gpt-4o"), ...alike("gpt-4o-mini")]);
    const { result } = await leverModelSwap(source, scope, {});
    const swap = result.swaps.find(({ toModel }) => toModel === "gpt-4o-mini");
    expect(swap?.quality).toMatchObject({
      state: "unknown",
      reason: expect.stringMatching(/30 graded/),
    });
    expect(result.savingLowUsd).toBe("0");
  });

  it("never chooses a model that labels show to be worse", async () => {
    const { source, scope } = heldLog([
      ...labelled("gpt-4o", 0.9, 60),
      ...labelled("gpt-4.1", 0.5, 60),
    ]);
    const { result } = await leverModelSwap(source, scope, {});
    const swap = result.swaps.find(({ fromModel, chosen }) => fromModel === "gpt-4o" && chosen);
    expect(swap?.toModel).toBe("gpt-4.1-mini");
    for (const { toModel, chosen } of result.swaps)
      if (toModel === "gpt-4.1") expect(chosen).toBe(false);
  });

  it("offers no model whose context is too short for the longest call", async () => {
    const { source, scope } = heldLog([call("a", 0, { model: "gpt-4.1", inputTokens: 150_000 })]);
    const { result } = await leverModelSwap(source, scope, {});
    expect(result.swaps.map(({ toModel }) => toModel)).toEqual(["gpt-4.1-mini", "gpt-4.1-nano"]);
  });
});

describe("the catalogue's models", () => {
  it("are listed by what they would save, with what was left out and what is not known", async () => {
    const { source, scope } = heldLog([call("a", 0, { inputTokens: 150_000 })]);
    const { result, draft } = await catalogueModels(source, scope, {
      most: 2,
      providers: ["openai"],
    });
    const [segment] = result.segments;
    // gpt-4o and its like hold 128,000 tokens; the longest call has 150,100.
    expect(segment?.longestTokens).toBe(150_100);
    expect(segment?.tooShort).toBeGreaterThan(5);
    expect(segment?.offers).toHaveLength(2);
    expect((segment?.cheaper ?? 0) - 2).toBe(segment?.leftOut);
    const savings = segment?.offers.map(({ savingUsd }) => parseUsd(savingUsd)) ?? [];
    expect((savings[0] ?? 0n) >= (savings[1] ?? 0n) && (savings[1] ?? 0n) > 0n).toBe(true);
    for (const offer of segment?.offers ?? []) {
      expect(offer).toMatchObject({
        chosen: false,
        quality: { state: "unknown" },
        latency: { state: "unknown" },
      });
      expect(offer.toModel).not.toBe("gpt-4o-mini");
    }
    expect(draft.assumptions.join(" ")).toMatch(/What a model can do .* it is unknown/);
    const noWorse = draft.values.find(({ key }) => key === "no_worse");
    expect(noWorse).toMatchObject({ value: null, note: expect.stringMatching(/^unknown: /) });
  });

  it("need calls that have a price, and a sensible number of them to list", async () => {
    const unpriced = heldLog([call("a", 0, { model: "house-model-7" })]);
    const { result } = await catalogueModels(unpriced.source, unpriced.scope, {});
    expect(result).toMatchObject({
      available: false,
      reason: "unpriced: no successful call has a price",
      segments: [],
    });
    await expect(catalogueModels(unpriced.source, unpriced.scope, { most: 0 })).rejects.toThrow(
      "most: must be a whole number from 1 to 20",
    );
  });
});

/** Each call's price on its segment's chosen candidate, call by call. */
function pricedOn(original: Call, to: { toProvider: string; toModel: string }, at: number): bigint {
  const price = priceCall({ ...original, provider: to.toProvider, model: to.toModel, time: at });
  if (!price.priced) throw new Error(`${to.toModel} has no price`);
  return price.cost;
}

describe("swaps and the joint plan over a generated log", () => {
  for (const seed of [51, 52]) {
    it(`equal a reckoning call by call (seed ${seed})`, async () => {
      const calls = generatedCalls(seed, 700);
      const at = Math.max(...calls.map(({ time }) => time));
      const { source, scope } = heldLog(calls);
      const { result: lever } = await leverModelSwap(source, scope, {});
      const chosen = lever.swaps.filter((swap) => swap.chosen);
      const home = chosen.filter(({ fromProvider, toProvider }) => fromProvider === toProvider);
      expect(home.length).toBeGreaterThan(3);
      const ofSwap = (swap: (typeof chosen)[number]) =>
        calls.filter(
          (own) =>
            own.status === "ok" &&
            own.feature === swap.feature &&
            own.provider === swap.fromProvider &&
            own.model === swap.fromModel,
        );
      // Within a provider cached tokens stay cached, so that the price is that of the same call.
      for (const swap of home) {
        const cost = ofSwap(swap).reduce((sum, own) => sum + pricedOn(own, swap, at), 0n);
        expect(swap.newCostUsd, `${swap.name}, seed ${seed}`).toBe(formatUsd(cost));
      }

      const levers = ["retry-waste", "response-cache", "model-swap"] as const;
      const { result: plan } = await jointPlan(source, scope, { levers, swaps: home });
      const ordered = [...calls].sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
      const last = new Map<string, number>();
      let cost = 0n;
      let planned = 0n;
      for (const own of ordered) {
        const key = JSON.stringify([own.feature, own.provider, own.model, own.promptHash]);
        const before = own.status === "ok" && own.promptHash !== "" ? last.get(key) : undefined;
        if (own.status === "ok" && own.promptHash !== "") last.set(key, own.time);
        const price = priceCall(own);
        if (!price.priced) continue;
        cost += price.cost;
        if (own.status === "error" && own.retry > 0) continue;
        if (before !== undefined && own.time - before <= 24 * HOUR) continue;
        const swap = home.find((candidate) => ofSwap(candidate).includes(own));
        planned += swap ? pricedOn(own, swap, at) : price.cost;
      }
      expect(plan.costUsd).toBe(formatUsd(cost));
      expect(plan.plannedCostUsd, `seed ${seed}`).toBe(formatUsd(planned));
      expect(plan.savingUsd).toBe(formatUsd(cost - planned));
      const parts = plan.steps.reduce((sum, step) => sum + parseUsd(step.savingUsd), 0n);
      expect(formatUsd(parts)).toBe(plan.savingUsd);
      const [low, saving, high] = [plan.savingLowUsd, plan.savingUsd, plan.savingHighUsd].map(
        (text) => parseUsd(text ?? "0"),
      );
      expect(
        low !== undefined &&
          saving !== undefined &&
          high !== undefined &&
          low <= saving &&
          saving <= high,
      ).toBe(true);
    });
  }

  it("saves no more together than the levers save apart", async () => {
    const { source, scope } = heldLog(generatedCalls(53, 500));
    const [cache, retries] = await Promise.all([
      leverResponseCache(source, scope, {}),
      leverRetryWaste(source, scope, {}),
    ]);
    const { result } = await jointPlan(source, scope, {
      levers: ["retry-waste", "response-cache"],
      swaps: [],
    });
    expect(result.steps.map(({ savingUsd }) => savingUsd)).toEqual([
      retries.result.savingUsd,
      cache.result.savingUsd,
    ]);
  });
});

describe("periods", () => {
  const day = (id: string, days: number, fields: Partial<Call> = {}) =>
    call(id, days * 24, { promptHash: "", ...fields });

  it("compare the last days with the ones before, and name what moved", async () => {
    const { source, scope } = heldLog([
      day("a", 0),
      day("b", 1),
      day("c", 6, { feature: "search", inputTokens: 2000 }),
      day("d", 6.5, { feature: "search", inputTokens: 2000 }),
    ]);
    const { result } = await comparePeriods(source, scope, { days: 4 });
    expect(result).toMatchObject({
      costChange: "71.4286",
      callsChange: "0",
      costDeltaUsd: "0.005",
    });
    expect(result.drivers.map(({ name, deltaUsd }) => [name, deltaUsd])).toEqual([
      ["search", "0.012"],
      ["chat", "-0.007"],
    ]);
  });

  it("say that there is nothing to compare with", async () => {
    const { source, scope } = heldLog([day("a", 0), day("b", 1)]);
    const { result, draft } = await comparePeriods(source, scope, { days: 7 });
    expect(result.unavailable).toMatch(/do not reach back/);
    expect(draft.values).toMatchObject([{ key: "cost_delta", value: null }]);
  });

  it("show a regression of latency only on enough calls", async () => {
    const many = (feature: string, count: number, from: number, latencyMs: number) =>
      Array.from({ length: count }, (_, index) =>
        day(`${feature}-${from}-${index}`, from + index / 100, {
          feature,
          latencyMs: latencyMs + index,
        }),
      );
    const { source, scope } = heldLog([
      ...many("slow", 40, 0, 1000),
      ...many("slow", 40, 3, 2000),
      ...many("rare", 3, 0, 1000),
      ...many("rare", 3, 3, 9000),
    ]);
    const { result } = await latencyByFeature(source, scope, { days: 2 });
    expect(result.features.map(({ name, regressed }) => [name, regressed])).toEqual([
      ["rare", false],
      ["slow", true],
    ]);
    expect(result.features[1]).toMatchObject({
      previousP95Ms: 1037.05,
      currentP95Ms: 2037.05,
      p95Change: "96.4274",
    });
  });
});

describe("a plan that cannot be reckoned", () => {
  const swap = {
    feature: "chat",
    fromProvider: "openai",
    fromModel: "gpt-4o",
    toProvider: "openai",
    toModel: "gpt-4o-mini",
  };
  const wrong: Array<[string, JointPlanParams]> = [
    ["levers", { levers: [], swaps: [] }],
    ["swaps[1]", { levers: ["model-swap"], swaps: [swap, swap] }],
    ["swaps[0]", { levers: ["model-swap"], swaps: [{ ...swap, toModel: "house-model-7" }] }],
    [
      "cascades[0]",
      {
        levers: ["model-swap", "cascade"],
        swaps: [swap],
        cascades: [{ ...swap, escalatedPercent: 10 }],
      },
    ],
    [
      "cascades[0].escalatedPercent",
      { levers: ["cascade"], swaps: [], cascades: [{ ...swap, escalatedPercent: 12.5 }] },
    ],
    ["caps[0].tokens", { levers: ["output-cap"], swaps: [], caps: [{ feature: "a", tokens: 0 }] }],
    [
      "caps",
      {
        levers: ["output-cap"],
        swaps: [],
        caps: [
          { feature: "a", tokens: 1 },
          { feature: "a", tokens: 2 },
        ],
      },
    ],
    ["promptCacheSeconds", { levers: ["prompt-cache"], swaps: [], promptCacheSeconds: Number.NaN }],
  ];
  for (const [field, params] of wrong) {
    it(`names ${field}`, async () => {
      const { source, scope } = heldLog([call("a", 0)]);
      const failure = await jointPlan(source, scope, params).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PlanInputError);
      expect(failure).toMatchObject({ field });
    });
  }
});
