import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleQuestions } from "../../app/chat/example-questions";
import { insertCalls } from "../../db/clickhouse";
import { loadDemoCalls, type PlantedFacts } from "../../db/demo";
import { createAnalytics } from "../../party/adapters/analytics";
import { systemClock } from "../../party/ports/clock";
import { expectProtocol, expectReceipts } from "../agents/figures";
import { ask, datasetId, type Scene, steps, type Told, workspaceId } from "../agents/scene";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { digestOf } from "./digest";

/**
 * The ten standard questions on the demo's month, by rules, to the last digit. Each whole report stands in
 * `goldens`, to be read by a person; after a change that is meant: `npx vitest run tests/questions -u`.
 */
const ENDS_AT = Date.UTC(2026, 2, 31);
let engine: TestClickHouse;
let facts: PlantedFacts;

beforeAll(async () => {
  engine = await startTestClickHouse();
  const target = { workspaceId, datasetId, importId: "0190a000-0000-7000-8000-0000000000e1" };
  facts = await loadDemoCalls(
    async (calls) => {
      await insertCalls(engine.clickhouse, target, calls);
    },
    { seed: 1, endsAt: ENDS_AT },
  );
}, 120_000);
afterAll(() => engine.stop());

function scene(): Scene {
  return {
    analytics: createAnalytics(engine.clickhouse),
    datasets: [
      {
        id: datasetId,
        name: "Demo: 30 days of calls",
        source: "demo",
        version: 1,
        calls: facts.calls,
        firstCallAt: facts.firstCallAt,
        lastCallAt: facts.lastCallAt,
      },
    ],
    clock: { ...systemClock, now: () => ENDS_AT + 12 * 3_600_000 },
  };
}

const WHOLE_CREW = ["triage", "data", "optimization", "actions", "reporting"];

function expectWhole(told: Told): void {
  expect(told.finished).toMatchObject({ state: "completed", reason: null });
  expect(steps(told)).toEqual(WHOLE_CREW.map((agent) => `${agent} completed`));
  expect(told.events.filter(({ type }) => type === "tool-failed")).toEqual([]);
  expectProtocol(told);
  expect(expectReceipts(told)).toBeGreaterThan(40);
}

describe("the ten standard questions, by rules", () => {
  it("are ten, each asked once", () => {
    expect(new Set(exampleQuestions.map(({ text }) => text)).size).toBe(10);
    expect(new Set(exampleQuestions.map(({ label }) => label)).size).toBe(10);
  });

  it.each(exampleQuestions.map((one, index) => ({ ...one, number: index + 1 })))(
    "$label",
    { timeout: 60_000 },
    async ({ number, label, text }) => {
      const told = await ask(text, scene());
      expectWhole(told);
      const name = `${String(number).padStart(2, "0")}-${label
        .toLowerCase()
        .replace(/[^a-z]+/g, "-")
        .replace(/-$/, "")}`;
      await expect(digestOf(text, told)).toMatchFileSnapshot(`goldens/${name}.txt`);
    },
  );
});
