import { describe, expect, it } from "vitest";
import { evalScene, measure } from "./measure";
import { tunedPhrasings } from "./phrasings-tuned";

const halves = [["on which the rules were tuned", tunedPhrasings]] as const;

describe.each(halves)("phrasings %s", (_half, phrasings) => {
  it("are read as a person means them, at least nineteen of twenty", async () => {
    const verdicts = await measure(phrasings, evalScene());
    const wrong = verdicts.filter(({ differences }) => differences.length > 0);
    const right = 1 - wrong.length / verdicts.length;
    expect(right, JSON.stringify(wrong, null, 2)).toBeGreaterThanOrEqual(0.95);
  }, 120_000);
});
