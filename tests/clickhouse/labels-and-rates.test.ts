import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { createAnalytics } from "../../party/adapters/analytics";
import type { CallSource, Scope } from "../../party/analysis/source";
import { memorySource } from "../analysis/support/memory-source";
import { wholeScope } from "../analysis/support/scopes";
import { aCall, generatedCalls, seeded } from "./support/calls";
import { startTestClickHouse, type TestClickHouse } from "./support/engine";

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

async function bothSources(calls: readonly Call[]) {
  const target = { workspaceId: randomUUID(), datasetId: randomUUID(), importId: randomUUID() };
  await insertCalls(engine.clickhouse, target, [...calls]);
  return {
    real: createAnalytics(engine.clickhouse),
    plain: memorySource([{ ...target, calls }]),
    scope: wholeScope(target.workspaceId, target.datasetId),
  };
}

/** Rows by their texts, so that both sides stand in one order. */
async function rowsOf(ask: Promise<{ rows: object[] }>): Promise<object[]> {
  const texts = (row: object) =>
    JSON.stringify(
      Object.entries(row)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, part]) =>
          typeof part === "object" && part !== null && "model" in part
            ? [part.model, "provider" in part ? part.provider : ""]
            : typeof part === "string"
              ? part
              : "",
        ),
    );
  return [...(await ask).rows].sort((a, b) => (texts(a) < texts(b) ? -1 : 1));
}

/** Equal, numbers to 1e-9 of their size. */
function expectEqual(found: unknown, wanted: unknown, path: string): void {
  if (typeof found === "number" && typeof wanted === "number") {
    const size = Math.max(Math.abs(found), Math.abs(wanted), 1e-6);
    expect(Math.abs(found - wanted) / size, `${path}: ${found}, ${wanted}`).toBeLessThan(1e-9);
  } else if (typeof found === "object" && found !== null) {
    expect(Object.keys(found).sort(), path).toEqual(Object.keys(wanted ?? {}).sort());
    for (const [key, part] of Object.entries(found)) {
      expectEqual(part, (wanted as Record<string, unknown>)[key], `${path}.${key}`);
    }
  } else expect(found, path).toEqual(wanted);
}

const questions: Record<string, (source: CallSource, scope: Scope) => Promise<{ rows: object[] }>> =
  {
    "labels by model": (source, scope) => source.modelLabels(scope),
    "rates per minute": (source, scope) => source.rates(scope),
    "labels of pairs": (source, scope) => source.labelPairs(scope),
  };

/** Right-or-wrong and graded labels on shared prompts, some twice, some of failed calls. */
function labelledCalls(seed: number, size: number): Call[] {
  const random = seeded(seed);
  return Array.from({ length: size }, (_, index) =>
    aCall({
      id: `${seed}-${index}`,
      time: Date.UTC(2026, 2, 1) + index * 60_000,
      model: random.pick(["gpt-4o", "gpt-4o-mini", "o3", "house-model-7"]),
      provider: random.pick(["openai", ""]),
      feature: random.pick(["tagging", 'it\'s "odd"\\; DROP TABLE calls_v1 --']),
      inputTokens: random.integer(1, 5000),
      promptHash: random.chance(0.9) ? `p${random.integer(0, size / 8)}` : "",
      status: random.chance(0.05) ? "error" : "ok",
      quality: random.chance(0.2)
        ? null
        : random.chance(0.98)
          ? random.integer(0, 1)
          : random.integer(0, 100) / 100,
    }),
  );
}

describe("labels and rates in SQL", () => {
  for (const [name, calls] of Object.entries({
    "an empty log": [],
    "one judged call": labelledCalls(1, 1),
    "two models, right or wrong": labelledCalls(2, 400).map((call) => ({
      ...call,
      quality: call.quality === null ? null : Math.round(call.quality),
    })),
    "graded and binary labels": labelledCalls(3, 600),
    "a log of everything": generatedCalls(4, 500),
  })) {
    it(`read as plain code reads them: ${name}`, async () => {
      const { real, plain, scope } = await bothSources(calls);
      for (const [question, ask] of Object.entries(questions)) {
        const found = await rowsOf(ask(real, scope));
        expectEqual(found, await rowsOf(ask(plain, scope)), question);
        if (calls.length >= 400) expect(found.length, question).toBeGreaterThan(3);
      }
    });
  }

  it("are another workspace's only to itself", async () => {
    const { real, scope } = await bothSources(labelledCalls(5, 100));
    const stranger = { ...scope, workspaceId: randomUUID() };
    for (const ask of Object.values(questions)) {
      expect((await ask(real, scope)).rows.length).toBeGreaterThan(0);
      expect((await ask(real, stranger)).rows).toEqual([]);
    }
  });
});
