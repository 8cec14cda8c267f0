import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agents } from "../../party/agents/registry";
import { askAgain, askableTools } from "../../party/analysis/ask-again";
import { type Evidence, evidenceSchema } from "../../party/protocol";
import { ask, datasetId, storyCalls, workspaceId } from "../agents/scene";
import { aCall } from "../clickhouse/support/calls";
import { memorySource } from "./support/memory-source";

const QUESTION = "Where does the money go, and what would save some of it?";
const versions = new Map([[datasetId, 1]]);

function sourceOf(calls = storyCalls()) {
  return memorySource([{ workspaceId, datasetId, calls }]);
}

/** What the crew recorded, as it comes out of the record. */
async function recorded(): Promise<Evidence[]> {
  const { evidence } = await ask(QUESTION);
  return evidence.map((one) => evidenceSchema.parse(JSON.parse(JSON.stringify(one))));
}

describe("asking an evidence's question again", () => {
  it("gives every evidence of a run the same values, over the same calls", async () => {
    const evidence = await recorded();
    expect(evidence.length).toBeGreaterThan(9);
    for (const one of evidence) {
      const recheck = await askAgain(sourceOf(), { workspaceId, evidence: one, versions });
      if (one.ground === "stated") {
        expect(recheck.state).toBe("not-askable");
        continue;
      }
      expect(recheck, one.tool).toEqual({
        state: "same",
        values: one.values.length,
        datasets: [],
        catalogue: null,
      });
    }
  });

  it("says which values moved, and from which version of the dataset to which", async () => {
    const totals = (await recorded()).find(({ tool }) => tool === "profile-totals");
    if (!totals) throw new Error("the crew records totals");
    const value = (key: string) => totals.values.find((one) => one.key === key)?.value;
    const later = [...storyCalls(), aCall({ id: "late", model: "house-model-7", feature: "new" })];
    const recheck = await askAgain(sourceOf(later), {
      workspaceId,
      evidence: totals,
      versions: new Map([[datasetId, 4]]),
    });
    if (recheck.state !== "changed") throw new Error(recheck.state);
    expect(recheck.datasets).toEqual([{ name: "March calls", was: 1, now: 4 }]);
    const change = (key: string) => recheck.changes.find((one) => one.key === key);
    expect(change("calls")).toEqual({
      segment: null,
      key: "calls",
      label: "calls",
      unit: "calls",
      was: value("calls"),
      now: String(Number(value("calls")) + 1),
    });
    expect(change("cost")).toBeUndefined();
    expect(change("unpriced_calls")).toMatchObject({
      now: String(Number(value("unpriced_calls")) + 1),
    });
  });

  it("tells values that came from values that went", async () => {
    const breakdown = (await recorded()).find(({ tool }) => tool === "breakdown-by-feature");
    if (!breakdown) throw new Error("the crew records a breakdown");
    const moved = storyCalls().map((call) =>
      call.feature === "search" ? { ...call, feature: "find" } : call,
    );
    const recheck = await askAgain(sourceOf(moved), { workspaceId, evidence: breakdown, versions });
    if (recheck.state !== "changed") throw new Error(recheck.state);
    const calls = recheck.changes.filter(({ key }) => key === "calls");
    const { value } = breakdown.values.find(
      ({ segment, key }) => segment === "search" && key === "calls",
    ) ?? { value: null };
    expect(calls).toEqual([
      { segment: "search", key: "calls", label: "calls", unit: "calls", was: value },
      { segment: "find", key: "calls", label: "calls", unit: "calls", now: value },
    ]);
  });

  it("asks over the workspace that asks, whatever the evidence says", async () => {
    const totals = (await recorded()).find(({ tool }) => tool === "profile-totals");
    if (!totals) throw new Error("the crew records totals");
    const foreign = { ...totals, parameters: { ...totals.parameters, workspace: workspaceId } };
    const recheck = await askAgain(sourceOf(), {
      workspaceId: randomUUID(),
      evidence: foreign,
      versions: new Map(),
    });
    if (recheck.state !== "changed") throw new Error(recheck.state);
    expect(recheck.changes.find(({ key }) => key === "calls")).toMatchObject({ now: "0" });
    expect(recheck.datasets).toEqual([{ name: "March calls", was: 1, now: null }]);
  });

  it("says why there is nothing to ask", async () => {
    const [one] = await recorded();
    if (!one) throw new Error("the crew records evidence");
    const { question: _question, ...old } = one;
    const { question } = (await recorded()).find((found) => found.question) ?? one;
    if (!question) throw new Error("evidence has a question");
    const gone = { ...one, question: { ...question, tool: "constructor" } };
    for (const [evidence, reason] of [
      [old, /before questions were kept/],
      [{ ...old, ground: "stated" as const }, /nothing was computed/],
      [gone, /the tool "constructor" is no longer there/],
    ] as const) {
      const recheck = await askAgain(sourceOf(), { workspaceId, evidence, versions });
      expect(recheck).toMatchObject({
        state: "not-askable",
        reason: expect.stringMatching(reason),
      });
    }
  });

  it("knows every tool of the crew that computes something", () => {
    const looksUp = new Set(["list_datasets", "list_names", "note_stated", "count_stored_calls"]);
    const tools = [...agents.values()].flatMap((agent) =>
      agent.tools.flatMap(({ name, effect }) => (effect === "read" ? [name] : [])),
    );
    expect(tools.filter((name) => !looksUp.has(name) && !askableTools.has(name))).toEqual([]);
  });
});
