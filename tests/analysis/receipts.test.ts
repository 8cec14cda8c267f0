import { describe, expect, it } from "vitest";
import { catalogueVersion } from "../../db/prices";
import { percentText } from "../../party/analysis/figures";
import { type EvidenceDraft, evidenceDraftSchema } from "../../party/protocol/evidence";
import { aCall, generatedCalls } from "../clickhouse/support/calls";
import { allAnalyses } from "./support/all-analyses";
import { heldLog } from "./support/scopes";

const logs = {
  "an empty log": [],
  "one call": [aCall({ id: "1" })],
  "one unpriced call": [aCall({ id: "1", model: "house-model-7" })],
  "one failed call": [aCall({ id: "1", status: "error", errorCode: "429", outputTokens: 0 })],
  "a call of no tokens": [aCall({ id: "1", inputTokens: 0, outputTokens: 0 })],
  "calls without anything but tokens": [1, 2, 3].map((id) =>
    aCall({ id: String(id), latencyMs: null, ttftMs: null, feature: "", user: "" }),
  ),
  "names of a thousand characters, twice": ["a", "b"].map((end) =>
    aCall({ id: end, feature: `${"x".repeat(999)}${end}`, user: "all others (2)" }),
  ),
  "a generated log": generatedCalls(31, 400),
};

function checkReceipt(draft: EvidenceDraft) {
  evidenceDraftSchema.parse(draft);
  expect(draft.catalogueVersion).toBe(catalogueVersion);
  expect(JSON.stringify(draft)).not.toMatch(/NaN|Infinity/);
  const keys = draft.values.map(({ segment, key }) => JSON.stringify([segment, key]));
  expect(new Set(keys).size).toBe(keys.length);
  for (const value of draft.values) {
    if (value.value === null) expect(value.note, value.key).toBeTruthy();
    else if (value.unit !== "date") expect(value.value, value.key).toMatch(/^-?\d+(\.\d+)?$/);
  }
}

describe("every analysis", () => {
  for (const [name, calls] of Object.entries(logs)) {
    it(`gives a receipt without gaps over ${name}`, async () => {
      const { source, scope } = heldLog(calls);
      for (const [tool, analyse] of Object.entries(allAnalyses(source, scope))) {
        const { draft, result } = await analyse();
        expect(() => checkReceipt(draft), tool).not.toThrow();
        // A run's state holds results as JSON.
        expect(JSON.parse(JSON.stringify(result)), tool).toEqual(result);
      }
    });
  }

  it("says nothing of money it does not know", async () => {
    const { source, scope } = heldLog([aCall({ id: "1", model: "house-model-7" })]);
    const analyses = allAnalyses(source, scope);
    const totals = await analyses.totals?.();
    const cost = totals?.draft.values.find(({ key }) => key === "cost");
    expect(cost).toMatchObject({ value: null, unit: "USD" });
    expect(cost?.note).toMatch(/^unpriced/);
    for (const lever of ["model swap", "prompt cache", "joint plan", "response cache"]) {
      const answer = await analyses[lever]?.();
      expect(answer?.result, lever).toMatchObject({
        available: false,
        savingUsd: null,
        share: null,
      });
    }
  });
});

describe("percentages", () => {
  it("are exact to four places, half away from zero, and unknown of nothing", () => {
    expect(percentText(54_098_411n, 144_793_823n)).toBe("37.3624");
    expect(percentText(1n, 0n)).toBeNull();
    expect(percentText(0n, 5n)).toBe("0");
    expect(percentText(1n, 3n)).toBe("33.3333");
    expect(percentText(2n, 3n)).toBe("66.6667");
    expect(percentText(-2n, 3n)).toBe("-66.6667");
    expect(percentText(1n, 10_000_000n)).toBe("0");
    expect(percentText(1n, 2_000_000n)).toBe("0.0001");
    expect(percentText(300n, 100n)).toBe("300");
  });
});
