import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertCalls } from "../../db/clickhouse";
import { loadDemoCalls, type PlantedFacts } from "../../db/demo";
import { createAnalytics } from "../../party/adapters/analytics";
import { plainText } from "../../party/protocol";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { expectProtocol, expectReceipts } from "./figures";
import { ask, datasetId, steps, workspaceId } from "./scene";

const QUESTION = "Where does our money go, and what can we save without making answers slower?";
let engine: TestClickHouse;
let facts: PlantedFacts;

beforeAll(async () => {
  engine = await startTestClickHouse();
  const target = { workspaceId, datasetId, importId: "0190a000-0000-7000-8000-0000000000e1" };
  facts = await loadDemoCalls(
    async (calls) => {
      await insertCalls(engine.clickhouse, target, calls);
    },
    { seed: 1, endsAt: Date.UTC(2026, 2, 31) },
  );
}, 120_000);
afterAll(() => engine.stop());

function scene() {
  return {
    analytics: createAnalytics(engine.clickhouse),
    datasets: [
      {
        id: datasetId,
        name: "Demo: 30 days of calls",
        source: "demo" as const,
        version: 1,
        calls: facts.calls,
        firstCallAt: facts.firstCallAt,
        lastCallAt: facts.lastCallAt,
      },
    ],
  };
}

describe("the demo, on the real store", () => {
  it("is reported on completely, and with a receipt for every figure", async () => {
    const told = await ask(QUESTION, scene());
    expect(told.finished?.state).toBe("completed");
    expect(steps(told)).toHaveLength(5);
    expectProtocol(told);
    expect(expectReceipts(told)).toBeGreaterThan(60);
    const text = plainText(told.message?.text ?? []);
    expect(text).toContain(`${facts.calls.toLocaleString("en-US")} calls cost $`);
    const levers = new Set(told.report?.actions.map(({ lever }) => lever));
    expect(levers).toEqual(
      new Set(["response-cache", "prompt-cache", "retry-waste", "model-swap"]),
    );
    expect(told.report?.actions[0]?.lever).toBe("prompt-cache");
  });

  it("finds the planted regression and names it", async () => {
    const told = await ask("Why do answers take so long?", scene());
    const findings = told.report?.sections.find(({ id }) => id === "findings");
    expect(JSON.stringify(findings)).toContain("search-answers got slower");
  });

  it("answers a direct question directly", async () => {
    const told = await ask("What did gpt-4o cost last week?", scene());
    expect(plainText(told.message?.text ?? [])).toMatch(/^gpt-4o cost \$\d/);
    expectReceipts(told);
  });
});
