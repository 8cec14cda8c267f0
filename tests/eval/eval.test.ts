import { describe, expect, it } from "vitest";
import { evalScene, measure } from "./measure";
import { heldOutPhrasings } from "./phrasings-held-out";
import { tunedPhrasings } from "./phrasings-tuned";

describe("phrasings on which the rules were tuned", () => {
  it("are read as a person means them, at least nineteen of twenty", async () => {
    const verdicts = await measure(tunedPhrasings, evalScene());
    const wrong = verdicts.filter(({ differences }) => differences.length > 0);
    const right = 1 - wrong.length / verdicts.length;
    expect(right, JSON.stringify(wrong, null, 2)).toBeGreaterThanOrEqual(0.95);
  }, 120_000);
});

describe("phrasings held out", () => {
  it("are enough to tell a rate", () => {
    expect(heldOutPhrasings.length).toBeGreaterThanOrEqual(70);
  });

  it("are each there once, and none is one on which the rules were tuned", () => {
    const texts = [...tunedPhrasings, ...heldOutPhrasings].map(({ text }) => words(text));
    const tuned = new Set(texts.slice(0, tunedPhrasings.length));
    const heldOut = texts.slice(tunedPhrasings.length);
    expect(heldOut.filter((text) => tuned.has(text))).toEqual([]);
    expect(heldOut).toHaveLength(new Set(heldOut).size);
  });
});

/** Case, spacing and punctuation do not make another phrasing. */
const words = (text: string) => (text.toLowerCase().match(/[\p{L}\p{N}%$]+/gu) ?? []).join(" ");
