import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { formatUsd, parseUsd } from "../../db/prices";
import {
  jointPlan,
  leverBatch,
  leverCascade,
  leverOutputCap,
  PlanInputError,
} from "../../party/analysis";
import { aCall, generatedCalls } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const start = Date.UTC(2026, 2, 1);
/** A thousand input and a hundred output tokens of gpt-4o: $0.0035. */
const call = (id: string, fields: Partial<Call> = {}) => aCall({ id, time: start, ...fields });

describe("batches", () => {
  it("take the provider's discount off the features that may wait, and off no failure", async () => {
    const { source, scope } = heldLog([
      call("a"),
      call("b", { feature: "search" }),
      call("failed", { status: "error" }),
    ]);
    const { result } = await leverBatch(source, scope, { features: ["chat"] });
    expect(result).toMatchObject({ available: true, savingUsd: "0.00175", share: "16.6667" });
    expect(result.segments).toHaveLength(1);
  });

  it("bill cached reads as each provider says, and say so where it does not", async () => {
    const cached = {
      inputTokens: 1000,
      cacheReadTokens: 1000,
      outputTokens: 0,
      reasoningTokens: 0,
    };
    const saved = async (provider: string, model: string) => {
      const { source, scope } = heldLog([call("a", { provider, model, ...cached })]);
      const { result } = await leverBatch(source, scope, { features: ["chat"] });
      return [result.segments[0]?.rule?.cachedReads, result.savingUsd, result.savingHighUsd];
    };
    // A thousand cached reads at $0.30 per million, half of it off.
    expect(await saved("anthropic", "claude-sonnet-4-5")).toEqual([
      "discounted",
      "0.00015",
      "0.00015",
    ]);
    expect(await saved("google", "gemini-2.5-pro")).toEqual(["cache-price", "0", "0"]);
    // Half of $2.50 is what cached input costs on gpt-4o: taken as plain input, nothing is saved.
    expect(await saved("openai", "gpt-4o")).toEqual(["unknown", "0", "0.000625"]);
  });

  it("are unknown where nobody said what may wait, or no discount is known", async () => {
    const { source, scope } = heldLog([
      call("a", { provider: "deepseek", model: "deepseek-chat" }),
    ]);
    const nobody = await leverBatch(source, scope, { features: [] });
    expect(nobody.result).toMatchObject({ available: false, savingUsd: null });
    expect(nobody.result.reason).toMatch(/nobody has said/);
    const unknown = await leverBatch(source, scope, { features: ["chat"] });
    expect(unknown.result).toMatchObject({ available: false, savingUsd: null });
    expect(unknown.result.segments).toMatchObject([{ savingUsd: null, rule: null }]);
  });
});

describe("an output cap", () => {
  it("saves what lies above it, and shows how many answers it cuts", async () => {
    const { source, scope } = heldLog(
      [100, 200, 500].map((outputTokens, index) => call(String(index), { outputTokens })),
    );
    const { result } = await leverOutputCap(source, scope, {
      caps: [{ feature: "chat", tokens: 150 }],
    });
    expect(result).toMatchObject({
      savingUsd: formatUsd(400n * 10_000_000n),
      savingLowUsd: "0",
      calls: 3,
      truncated: 2,
      truncatedShare: "66.6667",
    });
  });

  it("names a cap that is no number of tokens", async () => {
    const { source, scope } = heldLog([call("a")]);
    const wrong = leverOutputCap(source, scope, { caps: [{ feature: "chat", tokens: -1 }] });
    await expect(wrong).rejects.toMatchObject({ name: "PlanInputError", field: "caps[0].tokens" });
  });
});

describe("a cascade", () => {
  const choice = {
    feature: "chat",
    fromProvider: "openai",
    fromModel: "gpt-4o",
    toProvider: "openai",
    toModel: "gpt-4o-mini",
  };

  it("is a curve whose calls pay the small model always and the present one when they escalate", async () => {
    const { source, scope } = heldLog([call("a")]);
    const { result } = await leverCascade(source, scope, choice);
    // $0.0035 on gpt-4o, $0.00021 on gpt-4o-mini.
    expect(result).toMatchObject({
      costUsd: "0.0035",
      smallCostUsd: "0.00021",
      breakEvenPercent: "94",
    });
    expect(
      result.points.map(({ escalatedPercent, costUsd }) => [escalatedPercent, costUsd]),
    ).toEqual(
      Array.from({ length: 11 }, (_, step) => [
        step * 10,
        formatUsd(210_000_000n + BigInt(step) * 350_000_000n),
      ]),
    );
    expect(result.points.at(-1)?.savingUsd).toBe("-0.00021");
  });

  it("is unknown for a segment that is not in the log, and for a model without prices", async () => {
    const { source, scope } = heldLog([call("a", { feature: "search" })]);
    const { result } = await leverCascade(source, scope, choice);
    expect(result).toMatchObject({ available: false, costUsd: null, points: [] });
    const unpriced = leverCascade(source, scope, { ...choice, toModel: "house-model-7" });
    await expect(unpriced).rejects.toBeInstanceOf(PlanInputError);
  });
});

describe("a lever alone", () => {
  for (const seed of [71, 72, 73]) {
    it(`saves over its segments what a plan of it alone does (seed ${seed})`, async () => {
      const { source, scope } = heldLog(generatedCalls(seed, 300));
      const caps = [{ feature: "search", tokens: 200 }];
      const features = ["chat", "summary"];
      const [cap, batch, capPlan, batchPlan] = await Promise.all([
        leverOutputCap(source, scope, { caps }),
        leverBatch(source, scope, { features }),
        jointPlan(source, scope, { levers: ["output-cap"], swaps: [], caps }),
        jointPlan(source, scope, { levers: ["batch"], swaps: [], batched: features }),
      ]);
      expect(cap.result.savingUsd).toBe(capPlan.result.savingUsd);
      expect(parseUsd(cap.result.savingUsd ?? "0")).toBeGreaterThan(0n);
      // Each segment rounds down to whole pico-dollars, so that many segments may lack that many of them.
      const [alone, joined] = [batch, batchPlan].map(({ result }) =>
        parseUsd(result.savingUsd ?? "0"),
      );
      expect((joined ?? 0n) - (alone ?? 0n)).toBeGreaterThanOrEqual(0n);
      expect((joined ?? 0n) - (alone ?? 0n)).toBeLessThan(BigInt(batch.result.segments.length));
    });
  }
});
