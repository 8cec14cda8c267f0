import { describe, expect, it } from "vitest";
import { plainText } from "../../party/protocol";
import { memorySource } from "../analysis/support/memory-source";
import { aCall } from "../clickhouse/support/calls";
import { analyticsOf, ask, datasetId, datasetOf, storyCalls, workspaceId } from "./scene";

const ownId = "0190a000-0000-7000-8000-0000000000d2";
const calls = storyCalls();
/** A hundred calls of the crew, 0.01 $ each: 2,000 tokens in and 500 out of gpt-4o. */
const ownCalls = Array.from({ length: 100 }, (_, index) =>
  aCall({
    id: `own-${index}`,
    time: Date.UTC(2026, 2, 10) + index * 3_600_000,
    model: "gpt-4o",
    feature: "reporting",
    inputTokens: 2_000,
    outputTokens: 500,
    cacheReadTokens: 0,
  }),
);
const own = { ...datasetOf(ownCalls, "Own model calls"), id: ownId, source: "crew" as const };
const analytics = analyticsOf(
  memorySource([
    { workspaceId, datasetId, calls },
    { workspaceId, datasetId: ownId, calls: ownCalls },
  ]),
);
// The crew's own are the newest as soon as a model is used.
const scene = { calls, analytics, datasets: [own, datasetOf(calls)] };

async function lookedAt(question: string, datasets = scene.datasets) {
  const told = await ask(question, { ...scene, datasets });
  const ids = told.evidence.flatMap((evidence) => evidence.datasets.map(({ id }) => id));
  return { told, ids: [...new Set(ids)] };
}

describe("the crew's own calls", () => {
  it.each([
    "What did it cost last week?",
    "Where does our money go, and what can we save?",
    "What did all our datasets cost together?",
    "Hi Netra, what did gpt-4o cost?",
    "Does Netra know what our calls cost?",
  ])("are in no figure of the workspace's: %s", async (question) => {
    expect((await lookedAt(question)).ids).toEqual([datasetId]);
  });

  it.each([
    "What did Netra itself cost?",
    "How much did netra spend on models?",
    "What do the crew's own calls cost?",
    "What did “Own model calls” cost?",
  ])("are asked about by themselves: %s", async (question) => {
    const { told, ids } = await lookedAt(question);
    expect(ids).toEqual([ownId]);
    expect(plainText(told.message?.text ?? [])).toContain("$1.00");
  });

  it("are no data to advise on where the workspace has no other", async () => {
    const { told, ids } = await lookedAt("Where does our money go?", [own]);
    expect(ids).toEqual([]);
    expect(told.finished).toMatchObject({ state: "completed" });
  });
});
