import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { parseUsd } from "../../db/prices";
import { explainChange } from "../../party/analysis";
import {
  type Change,
  decomposeChange,
  effectNames,
  type PeriodUse,
  type SegmentUse,
} from "../../party/analysis/change/decompose";
import { aCall, generatedCalls, seeded } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const DAY = 86_400_000;
const start = Date.UTC(2026, 2, 1);
const isFull = process.env.NETRA_TEST_FULL === "1";

const use = (fields: Partial<SegmentUse> = {}): SegmentUse => ({
  feature: "chat",
  model: "openai/gpt-4o",
  calls: 10n,
  freshTokens: 6_000n,
  readTokens: 3_000n,
  writeTokens: 1_000n,
  outputTokens: 500n,
  freshCost: 6_000n * 100n,
  readCost: 3_000n * 10n,
  writeCost: 1_000n * 125n,
  outputCost: 500n * 400n,
  ...fields,
});
const period = (...segments: SegmentUse[]): PeriodUse => ({
  segments,
  failed: { calls: 0n, cost: 0n },
  unpricedCalls: 0n,
  unlisted: { calls: 0n, cost: 0n },
});
const scaled = (of: SegmentUse, factor: bigint): SegmentUse => ({
  ...of,
  calls: of.calls * factor,
  freshTokens: of.freshTokens * factor,
  readTokens: of.readTokens * factor,
  writeTokens: of.writeTokens * factor,
  outputTokens: of.outputTokens * factor,
  freshCost: of.freshCost * factor,
  readCost: of.readCost * factor,
  writeCost: of.writeCost * factor,
  outputCost: of.outputCost * factor,
});
const sumOf = (change: Change) =>
  effectNames.reduce((sum, name) => sum + change.effects[name], 0n) +
  change.appeared.reduce((sum, { cost }) => sum + cost, 0n) -
  change.vanished.reduce((sum, { cost }) => sum + cost, 0n) +
  change.errors +
  change.unlisted;
/** The effects that are not zero. */
const effectsOf = (change: Change) =>
  Object.fromEntries(Object.entries(change.effects).filter(([, amount]) => amount !== 0n));

const mini = use({
  model: "openai/gpt-4o-mini",
  freshCost: 6_000n * 7n,
  readCost: 3_000n * 3n,
  writeCost: 1_000n * 7n,
  outputCost: 500n * 31n,
});

describe("a change of one thing alone", () => {
  it("of nothing is nothing", () => {
    const change = decomposeChange(period(use(), mini), period(use(), mini));
    expect(effectsOf(change)).toEqual({});
    expect(change).toMatchObject({ total: 0n, errors: 0n, appeared: [], vanished: [] });
  });

  it("of the number of calls is volume", () => {
    const change = decomposeChange(
      period(use(), mini),
      period(scaled(use(), 3n), scaled(mini, 3n)),
    );
    expect(effectsOf(change)).toEqual({ volume: change.total });
    expect(change.total).toBe(2n * (955_000n + 73_500n));
  });

  it("of the features' shares is the mix of features", () => {
    const search = { ...use(), feature: "search", freshCost: 0n, freshTokens: 0n };
    const change = decomposeChange(
      period(scaled(use(), 1n), scaled(search, 3n)),
      period(scaled(use(), 3n), scaled(search, 1n)),
    );
    expect(effectsOf(change)).toEqual({ feature_mix: change.total });
    expect(change.total).toBe(2n * 600_000n);
  });

  it("of the models' shares of a feature is the mix of models", () => {
    const change = decomposeChange(
      period(scaled(use(), 3n), scaled(mini, 1n)),
      period(scaled(use(), 1n), scaled(mini, 3n)),
    );
    expect(effectsOf(change)).toEqual({ model_mix: change.total });
    expect(change.total).toBe(-2n * (955_000n - 73_500n));
  });

  it("of the prompt's length is input tokens per call", () => {
    const longer = use({
      freshTokens: 12_000n,
      readTokens: 6_000n,
      writeTokens: 2_000n,
      freshCost: 1_200_000n,
      readCost: 60_000n,
      writeCost: 250_000n,
    });
    const change = decomposeChange(period(use()), period(longer));
    expect(effectsOf(change)).toEqual({ input_tokens: 755_000n });
  });

  it("of the answer's length is output tokens per call", () => {
    const longer = use({ outputTokens: 750n, outputCost: 300_000n });
    expect(effectsOf(decomposeChange(period(use()), period(longer)))).toEqual({
      output_tokens: 100_000n,
    });
  });

  it("of what is read from the cache is cache share, also when nothing was before", () => {
    const cold = use({
      freshTokens: 10_000n,
      readTokens: 0n,
      writeTokens: 0n,
      freshCost: 1_000_000n,
      readCost: 0n,
      writeCost: 0n,
    });
    const change = decomposeChange(period(cold), period(use()));
    expect(effectsOf(change)).toEqual({ cache_share: -245_000n });
  });

  it("of a price is price", () => {
    const dearer = use({ freshCost: 900_000n, outputCost: 210_000n });
    expect(effectsOf(decomposeChange(period(use()), period(dearer)))).toEqual({ price: 310_000n });
    const fee = use({ outputTokens: 0n, outputCost: 5_000n });
    const higherFee = { ...fee, outputCost: 7_500n };
    expect(effectsOf(decomposeChange(period(fee), period(higherFee)))).toEqual({ price: 2_500n });
  });

  it("of failures, of segments that come and go, and of what is unpriced stands apart", () => {
    const change = decomposeChange(
      {
        ...period(use(), use({ model: "old" })),
        failed: { calls: 1n, cost: 70n },
        unpricedCalls: 4n,
        unlisted: { calls: 9n, cost: 11n },
      },
      {
        ...period(use(), use({ model: "new" })),
        failed: { calls: 5n, cost: 350n },
        unpricedCalls: 6n,
        unlisted: { calls: 9n, cost: 5n },
      },
    );
    expect(effectsOf(change)).toEqual({});
    expect(change).toMatchObject({
      total: 274n,
      errors: 280n,
      unlisted: -6n,
      unpricedCalls: { previous: 4n, current: 6n },
      failedCalls: { previous: 1n, current: 5n },
    });
    expect(change.appeared).toEqual([
      { feature: "chat", model: "new", calls: 10n, cost: 955_000n },
    ]);
    expect(change.vanished.map(({ model }) => model)).toEqual(["old"]);
    expect(sumOf(change)).toBe(change.total);
  });

  it("from nothing, to nothing and of no cost at all leaves nothing over", () => {
    const free = use({ freshCost: 0n, readCost: 0n, writeCost: 0n, outputCost: 0n });
    const silent = use({ freshTokens: 0n, readTokens: 0n, writeTokens: 0n, outputTokens: 0n });
    for (const [before, after] of [
      [period(), period(use())],
      [period(use()), period()],
      [period(), period()],
      [period(free), period(use())],
      [period(use()), period(free)],
      [
        period({ ...silent, freshCost: 0n, readCost: 0n, writeCost: 0n, outputCost: 0n }),
        period(use()),
      ],
    ] as const) {
      const change = decomposeChange(before, after);
      expect(sumOf(change)).toBe(change.total);
    }
  });
});

/** Any use of a segment: small and huge figures, and zeros where a log has them. */
function anyUse(random: ReturnType<typeof seeded>, model: string, feature: string): SegmentUse {
  const most = random.pick([3, 1000, 10_000_000]);
  const tokens = () => BigInt(random.chance(0.2) ? 0 : random.integer(0, most));
  const price = () => BigInt(random.integer(0, 75_000_000));
  const parts = {
    freshTokens: tokens(),
    readTokens: tokens(),
    writeTokens: tokens(),
    outputTokens: tokens(),
  };
  return {
    feature,
    model,
    calls: BigInt(random.integer(1, most)),
    ...parts,
    freshCost: parts.freshTokens * price(),
    readCost: parts.readTokens * price(),
    writeCost: parts.writeTokens * price(),
    outputCost:
      parts.outputTokens * price() + BigInt(random.chance(0.2) ? random.integer(1, most) : 0),
  };
}

function anyPeriod(random: ReturnType<typeof seeded>): PeriodUse {
  const segments = ["chat", "search"].flatMap((feature) =>
    ["a", "b", "c"].flatMap((model) =>
      random.chance(0.8) ? [anyUse(random, model, feature)] : [],
    ),
  );
  return {
    ...period(...segments),
    failed: { calls: 2n, cost: BigInt(random.integer(0, 1_000_000)) },
  };
}

describe("any change", () => {
  const seeds = isFull ? 2_000 : 150;
  it(`is the sum of its parts to the last digit, segment by segment too (${seeds} seeds)`, () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const random = seeded(seed);
      const change = decomposeChange(anyPeriod(random), anyPeriod(random));
      expect(sumOf(change), `seed ${seed}`).toBe(change.total);
      for (const segment of change.segments) {
        const sum = effectNames.reduce((all, name) => all + segment.effects[name], 0n);
        expect(sum, `seed ${seed}, ${segment.feature} ${segment.model}`).toBe(segment.total);
      }
    }
  });

  it("is the mean over all orders in which its factors can change", () => {
    for (let seed = 1; seed <= (isFull ? 60 : 6); seed++) {
      const random = seeded(7_000 + seed);
      const before = { ...period(anyUse(random, "a", "chat"), anyUse(random, "b", "chat")) };
      const after = { ...period(anyUse(random, "a", "chat"), anyUse(random, "b", "chat")) };
      const found = decomposeChange(before, after);
      const expected = meanOverOrders(before.segments, after.segments);
      const scale = Math.max(...effectNames.map((name) => Math.abs(expected[name] ?? 0)), 1e3);
      for (const name of effectNames) {
        const difference = Math.abs(Number(found.effects[name]) - (expected[name] ?? 0));
        // Amounts in between are rounded to whole pico-dollars, and left-over units handed out: two a segment.
        const rounding = 2 * before.segments.length;
        expect(difference, `${name}, seed ${seed}`).toBeLessThan(1e-9 * scale + rounding);
      }
    }
  });
});

/** The plain reading of the decomposition: floating point, every order walked one by one. */
function meanOverOrders(before: readonly SegmentUse[], after: readonly SegmentUse[]) {
  const sum = (uses: readonly SegmentUse[]) =>
    uses.reduce((total, { calls }) => total + Number(calls), 0);
  const effects: Record<string, number> = Object.fromEntries(effectNames.map((name) => [name, 0]));
  const orders = permutations([...effectNames]);
  for (const [index, earlier] of before.entries()) {
    const later = after[index];
    if (!later) throw new Error("both periods have the same segments");
    const cost = (changed: ReadonlySet<string>) => {
      const at = (name: string) => (changed.has(name) ? later : earlier);
      const not = (name: string) => (changed.has(name) ? earlier : later);
      const all = (name: string) => sum(changed.has(name) ? after : before);
      const input = (of: SegmentUse) =>
        Number(of.freshTokens) + Number(of.readTokens) + Number(of.writeTokens);
      const calls = all("volume") * (Number(at("model_mix").calls) / all("model_mix"));
      const inputPerCall = input(at("input_tokens")) / Number(at("input_tokens").calls);
      const shared = input(at("cache_share")) > 0 ? at("cache_share") : not("cache_share");
      const kinds = [
        ["freshTokens", "freshCost"],
        ["readTokens", "readCost"],
        ["writeTokens", "writeCost"],
      ] as const;
      const price = (
        of: SegmentUse,
        other: SegmentUse,
        [tokens, paid]: readonly [keyof SegmentUse, keyof SegmentUse],
      ) => {
        const from = Number(of[tokens]) > 0 ? of : other;
        return Number(from[tokens]) > 0 ? Number(from[paid]) / Number(from[tokens]) : 0;
      };
      const mean = kinds.reduce((total, kind) => {
        const share = input(shared) > 0 ? Number(shared[kind[0]]) / input(shared) : 0;
        return total + share * price(at("price"), not("price"), kind);
      }, 0);
      const perCall = [earlier, later].some((of) => of.outputTokens === 0n && of.outputCost !== 0n);
      const units = perCall ? "calls" : "outputTokens";
      const output =
        (Number(at("output_tokens")[units]) / Number(at("output_tokens").calls)) *
        price(at("price"), not("price"), [units, "outputCost"]);
      return calls * (inputPerCall * mean + output);
    };
    for (const order of orders) {
      const changed = new Set<string>();
      let now = cost(changed);
      for (const name of order) {
        changed.add(name);
        const next = cost(changed);
        effects[name] = (effects[name] ?? 0) + (next - now) / orders.length;
        now = next;
      }
    }
  }
  return effects as Record<(typeof effectNames)[number], number>;
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [
      item,
      ...rest,
    ]),
  );
}

describe("the explanation of a change over a log", () => {
  const day = (id: string, days: number, fields: Partial<Call> = {}) =>
    aCall({ id, time: start + days * DAY, ...fields });

  it("names what was planted: twice the calls, and a model that came", async () => {
    const calls = [
      day("a", 0),
      day("b", 1),
      ...[4, 4.2, 4.4, 5].map((at, index) => day(`n${index}`, at)),
      day("new", 5.1, { model: "gpt-4o-mini", inputTokens: 2000, outputTokens: 0 }),
      day("failed", 5.2, { status: "error", outputTokens: 0 }),
    ];
    const { source, scope } = heldLog(calls);
    const { result, draft } = await explainChange(source, scope, { days: 3 });
    expect(result.costDeltaUsd).toBe("0.0098");
    expect(result.parts.filter(({ usd }) => usd !== "0")).toEqual([
      { part: "volume", usd: "0.007" },
      { part: "new_segments", usd: "0.0003" },
      { part: "errors", usd: "0.0025" },
    ]);
    expect(result.segments).toEqual([
      {
        name: "chat · openai/gpt-4o",
        feature: "chat",
        model: "openai/gpt-4o",
        state: "continuing",
        deltaUsd: "0.007",
        effects: [{ effect: "volume", usd: "0.007" }],
      },
      {
        name: "chat · openai/gpt-4o-mini",
        feature: "chat",
        model: "openai/gpt-4o-mini",
        state: "new",
        deltaUsd: "0.0003",
        effects: [],
      },
    ]);
    expect(draft.values.find(({ key }) => key === "effect_volume")?.value).toBe("0.007");
  });

  it("says why there is none: nothing before, or nothing priced", async () => {
    const alone = heldLog([day("a", 0)]);
    expect((await explainChange(alone.source, alone.scope, {})).result.unavailable).toMatch(
      /do not reach back/,
    );
    const unpriced = heldLog([
      day("a", 0, { model: "house-model-7" }),
      day("b", 1.5, { model: "gpt-4o" }),
    ]);
    const { result, draft } = await explainChange(unpriced.source, unpriced.scope, { days: 1 });
    expect(result.unavailable).toBe("unpriced: no call of the earlier period has a known price");
    expect(draft.values).toMatchObject([{ key: "cost_delta", value: null }]);
  });

  for (const seed of isFull ? Array.from({ length: 200 }, (_, index) => index + 1) : [1, 2, 3]) {
    it(`sums to the change of the log's own cost (seed ${seed})`, async () => {
      const { source, scope } = heldLog(generatedCalls(seed, 250));
      const { result } = await explainChange(source, scope, { days: 4 });
      const { rows } = await source.query(scope, { measures: ["spend", "last_at"] });
      const end = (rows[0]?.values.last_at ?? 0) + 1;
      const compared = await source.query(scope, {
        measures: ["spend"],
        range: { from: end - 4 * DAY, to: end },
        compareWith: "preceding",
      });
      const [now, before] = compared.rows.map(({ values }) => parseUsd(values.spend ?? "0"));
      const sum = result.parts.reduce((total, { usd }) => total + parseUsd(usd), 0n);
      expect(sum).toBe((now ?? 0n) - (before ?? 0n));
    });
  }
});
