import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkNumbers } from "../../party/analysis/numbers";
import type { Unit } from "../../party/protocol";
import { formatValue } from "../../party/protocol/format";
import { value } from "./evidence";

const decimal = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.nat(6))
  .map(([digits, places]) => {
    const text = digits.toString().padStart(places + 1, "0");
    const cut = text.length - places;
    return places === 0 ? text : `${text.slice(0, cut)}.${text.slice(cut)}`;
  });
const units: Unit[] = ["USD", "tokens", "calls", "ms", "percent", "ratio", "count", "seconds"];
const sentence = (text: string) => `In the range it comes to ${text}, as logged.`;
const evidenceOf = (unit: Unit, text: string) => [
  { label: "E1", values: [value("figure", unit, text)] },
];

describe("whatever the value", () => {
  it("is found again as the crew itself writes it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        decimal,
        fc.constantFrom("auto" as const, "fine" as const, "exact" as const),
        (unit, text, style) => {
          const written = formatValue({ unit, value: text }, style);
          // Written as zero, it no longer says what it is.
          fc.pre(/[1-9]/.test(written));
          const rounded = Number(written.replace(/[^\d.]/g, ""));
          const size = Number(text) / (written.endsWith(" s") && unit === "ms" ? 1_000 : 1);
          // So coarse a rounding is refused on purpose.
          fc.pre(Math.abs(rounded - size) / size <= 0.05);
          const checked = checkNumbers(sentence(written), evidenceOf(unit, text));
          expect(checked.unmatched).toEqual([]);
          expect(checked.text[1]).toMatchObject({ evidence: "E1", key: "figure", text: written });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is not taken for a number that is six percent off", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        decimal,
        fc.double({ min: 1.06, max: 40, noNaN: true }),
        fc.boolean(),
        (unit, text, factor, up) => {
          const other = (Number(text) * (up ? factor : 1 / factor)).toFixed(6);
          const written = formatValue({ unit, value: other }, "exact");
          fc.pre(/[1-9]/.test(written));
          fc.pre(Math.abs(Number(other) - Number(text)) / Number(text) >= 0.0501);
          const checked = checkNumbers(sentence(written), evidenceOf(unit, text));
          expect(checked.unmatched.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is not taken for the same number in another unit", () => {
    const families: Unit[][] = [["USD"], ["percent"], ["ms", "seconds"]];
    fc.assert(
      fc.property(
        fc.constantFrom(...families),
        fc.constantFrom(...families),
        decimal,
        (mine, theirs, text) => {
          fc.pre(mine !== theirs);
          const [unit = "USD"] = mine;
          const [other = "USD"] = theirs;
          const written = formatValue({ unit, value: text }, "exact");
          const checked = checkNumbers(sentence(written), evidenceOf(other, text));
          expect(checked.unmatched.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never crashes on any text, and loses none of it but citations", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        const { text: checked } = checkNumbers(text, evidenceOf("USD", "12.5"));
        const plain = checked.map((part) => (typeof part === "string" ? part : part.text)).join("");
        expect(plain).toBe(text.replace(/\s?[[(]E[1-9]\d{0,5}(?:\s*,\s*E[1-9]\d{0,5})*[\])]/g, ""));
      }),
      { numRuns: 1_000 },
    );
  });
});
