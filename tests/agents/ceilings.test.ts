import { describe, expect, it } from "vitest";
import { type Ceilings, defaultCeilings, reachedCeiling } from "../../party/agents/core/ceilings";
import { type LanguageModelPort, ModelFailure } from "../../party/ports/language-model";
import { plainText } from "../../party/protocol";
import { memorySource } from "../analysis/support/memory-source";
import { expectProtocol, expectReceipts } from "./figures";
import {
  analyticsOf,
  ask,
  datasetId,
  type Scene,
  steps,
  storyCalls,
  type Told,
  workspaceId,
} from "./scene";

const QUESTION = "Where does our money go, and what can we save?";
const ceilings = (change: Partial<Ceilings>): Scene => ({
  ceilings: { ...defaultCeilings, ...change },
});
const summaryOf = ({ report }: Told) =>
  (report?.summary ?? []).map((text) => plainText(text)).join("\n");

/** A model that reads the question, uses this much for it, and must not be asked again. */
function greedyModel(inputTokens: number): LanguageModelPort & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    name: "greedy",
    costUsd: (usage) => usage.inputTokens / 1_000_000,
    async *stream({ agent }) {
      asked.push(agent);
      yield { type: "text", text: "" };
      throw new ModelFailure("refused");
    },
    async object(request) {
      asked.push(request.agent);
      const value = request.schema.parse({
        ...{ intent: "analysis", focus: ["cost"], metric: "spend", by: null, models: [] },
        ...{ features: [], excludedFeatures: [], keepLatency: false, keepQuality: false },
      });
      return { value, usage: { inputTokens, cachedInputTokens: 0, outputTokens: 1 } };
    },
  };
}

describe("a run that reaches a ceiling", () => {
  it("on steps reports what it has, and names the ceiling and what is missing", async () => {
    const told = await ask(QUESTION, ceilings({ steps: 3 }));
    expect(steps(told)).toEqual([
      "triage completed",
      "data completed",
      "optimization skipped",
      "actions skipped",
      "reporting completed",
    ]);
    expect(told.finished).toMatchObject({ state: "completed" });
    expect(summaryOf(told)).toContain("928 calls cost $7.67");
    expect(summaryOf(told)).toContain(
      "This report is partial: the run reached its ceiling on steps (CREW_MAX_STEPS). What is missing: optimization and actions.",
    );
    expect(plainText(told.message?.text ?? [])).toContain("CREW_MAX_STEPS");
    expectProtocol(told);
    expectReceipts(told);
  });

  it.each([
    ["tokens", { tokens: 400_000 }, 400_000],
    ["dollars", { dollars: 0.3 }, 300_000],
  ] as const)("on %s goes on by rules alone, and says so", async (name, change, used) => {
    const model = greedyModel(used);
    const told = await ask(QUESTION, { ...ceilings(change), model });
    expect(model.asked).toEqual(["triage"]);
    expect(steps(told)).toEqual([
      "triage completed",
      "data completed",
      "optimization completed",
      "actions completed",
      "reporting completed",
    ]);
    expect(told.report?.writer).toBe("rules");
    expect(summaryOf(told)).toContain(
      `the run reached its ceiling on ${name} (CREW_MAX_${name.toUpperCase()}), and the rules did the rest.`,
    );
    expect(told.report?.actions.length).toBeGreaterThan(0);
    expectReceipts(told);
    const spared = await ask(QUESTION, { ...ceilings(change), model: greedyModel(used - 2) });
    expect(steps(spared)).toContain("data fell-back");
    expect(summaryOf(spared)).not.toContain("ceiling");
  });

  it("on seconds cuts the step in progress and reports what was found before it", async () => {
    const source = memorySource([{ workspaceId, datasetId, calls: storyCalls() }]);
    const analytics = analyticsOf({
      ...source,
      duplicates: (_scope, _question, signal) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason)),
        ),
    });
    const told = await ask(QUESTION, { ...ceilings({ seconds: 4 }), analytics });
    expect(steps(told)).toEqual([
      "triage completed",
      "data completed",
      "optimization stopped",
      "actions skipped",
      "reporting completed",
    ]);
    expect(told.finished).toMatchObject({ state: "completed" });
    expect(summaryOf(told)).toContain(
      "the run reached its ceiling on seconds (CREW_MAX_SECONDS). What is missing: optimization and actions.",
    );
    expectProtocol(told);
    expectReceipts(told);
  }, 20_000);

  it("on seconds before any figure says what to do", async () => {
    const source = memorySource([{ workspaceId, datasetId, calls: storyCalls() }]);
    const analytics = analyticsOf({
      ...source,
      query: (scope, question, signal) =>
        (question.dimensions ?? []).length > 0
          ? source.query(scope, question, signal)
          : new Promise((_resolve, reject) =>
              signal?.addEventListener("abort", () => reject(signal.reason)),
            ),
    });
    const told = await ask(QUESTION, { ...ceilings({ seconds: 2 }), analytics });
    expect(steps(told)).toContain("data stopped");
    expect(told.finished).toMatchObject({ state: "completed" });
    expect(plainText(told.message?.text ?? [])).toMatch(
      /^This run reached its ceiling on seconds .* before any figure was found\. Ask about a shorter time/,
    );
  }, 20_000);

  it("counts the time of work, not the days for which it waited", () => {
    const one = {
      id: crypto.randomUUID(),
      agent: "data",
      outcome: "completed",
      writer: "rules",
    } as const;
    const usage = { modelCalls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };
    const worked = (elapsedMs: number) => ({ steps: [{ ...one, reason: null, elapsedMs }], usage });
    const unpriced = () => null;
    expect(reachedCeiling(worked(299_999), defaultCeilings, unpriced)).toBeNull();
    expect(reachedCeiling(worked(300_000), defaultCeilings, unpriced)).toBe("seconds");
  });
});
