import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { jointPlan, type PlanOption, solveGoals } from "../../party/analysis";
import { planOf } from "../../party/analysis/goal-options";
import { aCall, generatedCalls } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const start = Date.UTC(2026, 2, 1);
const many = (name: string, count: number, fields: (index: number) => Partial<Call>) =>
  Array.from({ length: count }, (_, index) =>
    aCall({ id: `${name}-${index}`, time: start + index * 60_000, ...fields(index) }),
  );
const swap = {
  feature: "chat",
  fromProvider: "openai",
  fromModel: "gpt-4o",
  toProvider: "openai",
  toModel: "gpt-4o-mini",
};
const moves: PlanOption = { lever: "model-swap", swap };
const cache: PlanOption = { lever: "response-cache" };
const breaker: PlanOption = { lever: "retry-waste" };
const batch: PlanOption = { lever: "batch", feature: "chat" };

/** Slow, dear calls and quick, cheap ones that labels show to be as good; a tenth of the dear ones repeats. */
const labelled = [
  ...many("dear", 100, (index) => ({
    latencyMs: 900 + index,
    quality: index % 2 ? 0.9 : 0.88,
    promptHash: index < 10 ? "same" : "",
  })),
  ...many("cheap", 100, (index) => ({
    model: "gpt-4o-mini",
    latencyMs: 300 + index,
    quality: index % 2 ? 0.91 : 0.89,
  })),
];

describe("the goal solver", () => {
  it("takes the least risky plan that meets every goal", async () => {
    const { source, scope } = heldLog(labelled);
    const cut = { kind: "cost-cut", percent: 5 } as const;
    const { result } = await solveGoals(source, scope, {
      goals: [cut],
      options: [moves, cache, breaker, batch],
    });
    expect(result).toMatchObject({ outcome: "met", plans: 16, nearest: null });
    // 9 of 100 calls of $0.0035 repeat, of $0.371 in all.
    expect(result.plan).toMatchObject({ savingUsd: "0.0315", share: "8.4906" });
    expect(result.plan?.options.map(({ name }) => name)).toEqual(["response-cache"]);

    const faster = await solveGoals(source, scope, {
      goals: [
        { kind: "cost-cut", percent: 20 },
        { kind: "latency", feature: "chat", percentile: "p95", ms: 500 },
        { kind: "quality", feature: "chat" },
      ],
      options: [moves, cache, breaker, batch],
    });
    expect(faster.result.plan?.options).toEqual([
      {
        name: "model-swap: chat · openai/gpt-4o → openai/gpt-4o-mini",
        ground: "simulated",
        quality: "no-worse",
      },
    ]);
    expect(faster.result.plan?.goals).toMatchObject([
      { state: "met" },
      { state: "met", value: 394.05 },
      { state: "met", value: null },
    ]);
  });

  it("shows that there is no way, and the nearest miss", async () => {
    const { source, scope } = heldLog(labelled);
    const { result } = await solveGoals(source, scope, {
      goals: [
        { kind: "cost-cut", percent: 99 },
        { kind: "latency", feature: "chat", percentile: "p50", ms: 10 },
      ],
      options: [moves, cache],
    });
    expect(result).toMatchObject({ outcome: "no-way", plans: 4, plan: null });
    expect(result.reason).toMatch(/none of the 4 plans/);
    // All but nothing is missed by the fewest percent with everything on.
    expect(result.nearest?.options).toHaveLength(2);
    expect(result.nearest?.goals.map(({ state }) => state)).toEqual(["missed", "missed"]);
    for (const plan of result.front) {
      for (const other of result.front) {
        const beaten =
          Number(other.savingUsd) > Number(plan.savingUsd) &&
          other.risk < plan.risk &&
          (other.goals[1]?.value ?? 0) <= (plan.goals[1]?.value ?? 0);
        expect(beaten).toBe(false);
      }
    }
  });

  it("lets nothing unknown meet a goal: not speed, not quality", async () => {
    const { source, scope } = heldLog(many("dear", 50, (index) => ({ latencyMs: 900 + index })));
    const { result } = await solveGoals(source, scope, {
      goals: [
        { kind: "cost-cut", percent: 20 },
        { kind: "latency", feature: "chat", percentile: "p95", ms: 5_000 },
        { kind: "quality", feature: "chat" },
      ],
      options: [moves],
    });
    expect(result.outcome).toBe("no-way");
    const all = result.front.find(({ options }) => options.length === 1);
    expect(all?.goals.map(({ state }) => state)).toEqual(["met", "unknown", "unknown"]);
  });

  it("holds a batch for slow, and calls without latency for unknown", async () => {
    const { source, scope } = heldLog(many("a", 40, () => ({ latencyMs: null })));
    const goals = [{ kind: "latency", feature: "chat", percentile: "p95", ms: 1_000 }] as const;
    const { result } = await solveGoals(source, scope, { goals, options: [batch] });
    expect(result.outcome).toBe("no-way");
    const states = result.front.map(({ options, goals: [goal] }) => [options.length, goal?.state]);
    expect(states).toContainEqual([1, "missed"]);
    expect(states).toContainEqual([0, "unknown"]);
  });

  for (const seed of [81, 82]) {
    it(`saves what the joint plan of the same options does (seed ${seed})`, async () => {
      const { source, scope } = heldLog(generatedCalls(seed, 250));
      const options: PlanOption[] = [
        breaker,
        cache,
        { lever: "prompt-cache" },
        { lever: "output-cap", cap: { feature: "search", tokens: 100 } },
        batch,
      ];
      const goals = [{ kind: "cost-cut", percent: 99.9 }] as const;
      const { result } = await solveGoals(source, scope, { goals, options });
      expect(result).toMatchObject({ outcome: "no-way", plans: 32 });
      const names = result.nearest?.options.map(({ name }) => name.split(":")[0]);
      const taken = options.filter(({ lever }) => names?.includes(lever));
      expect(taken.length).toBeGreaterThan(3);
      const { result: plan } = await jointPlan(source, scope, planOf(taken));
      expect(result.nearest?.savingUsd).toBe(plan.savingUsd);
    });
  }

  it("answers an empty log, and names goals that cannot be", async () => {
    const { source, scope } = heldLog([]);
    const cut = (percent: number) => ({ kind: "cost-cut", percent }) as const;
    const empty = await solveGoals(source, scope, { goals: [cut(20)], options: [cache] });
    expect(empty.result).toMatchObject({ outcome: "unavailable", plan: null, nearest: null });
    const wrong = async (field: string, goals: Parameters<typeof solveGoals>[2]["goals"]) =>
      expect(solveGoals(source, scope, { goals, options: [] })).rejects.toMatchObject({ field });
    await wrong("goals", []);
    await wrong("goals[0].percent", [cut(0)]);
    await wrong("goals[0].percent", [cut(Number.NaN)]);
    await wrong("goals[0].ms", [{ kind: "latency", feature: "", percentile: "p95", ms: -1 }]);
  });
});
