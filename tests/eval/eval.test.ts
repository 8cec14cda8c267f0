import { describe, expect, it } from "vitest";
import { evalScene, measure } from "./measure";
import { onceBlindPhrasings } from "./phrasings-once-blind";
import { onceHeldOutPhrasings } from "./phrasings-once-held-out";
import { tunedPhrasings } from "./phrasings-tuned";

describe("phrasings on which the rules were tuned", () => {
  it.each([
    ["from the start", tunedPhrasings],
    ["after they had been held out", onceHeldOutPhrasings],
    ["after they had been written blind", onceBlindPhrasings],
  ])(
    "%s: are read as a person means them, at least nineteen of twenty",
    async (_when, phrasings) => {
      const verdicts = await measure(phrasings, evalScene());
      const wrong = verdicts.filter(({ differences }) => differences.length > 0);
      const right = 1 - wrong.length / verdicts.length;
      expect(right, JSON.stringify(wrong, null, 2)).toBeGreaterThanOrEqual(0.95);
    },
    120_000,
  );
});

describe("all phrasings", () => {
  it("are each there once", () => {
    const texts = [...tunedPhrasings, ...onceHeldOutPhrasings, ...onceBlindPhrasings].map(
      ({ text }) => words(text),
    );
    expect(texts).toHaveLength(new Set(texts).size);
  });
});

/** Case, spacing and punctuation do not make another phrasing. */
const words = (text: string) => (text.toLowerCase().match(/[\p{L}\p{N}%$]+/gu) ?? []).join(" ");
