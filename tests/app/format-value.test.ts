import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatValue as formatOnPage } from "../../app/insights/format-value";
import { formatValue as formatInText } from "../../party/analysis/format";
import { unitSchema } from "../../party/protocol";

describe("a value on the page", () => {
  it("looks as it looks in the report's text", () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.nat(6))
      .map(([negative, digits, places]) => {
        const text = digits.toString().padStart(places + 1, "0");
        const cut = text.length - places;
        const plain = places === 0 ? text : `${text.slice(0, cut)}.${text.slice(cut)}`;
        return negative ? `-${plain}` : plain;
      });
    const units = unitSchema.options.filter((unit) => unit !== "date");
    fc.assert(
      fc.property(fc.constantFrom(...units), decimal, (unit, value) => {
        expect(formatOnPage({ unit, value })).toBe(formatInText({ unit, value }));
      }),
    );
  });

  it("never shows a zero for what nobody knows", () => {
    expect(formatOnPage({ unit: "USD", value: null, note: "unpriced: unknown-model" })).toBe(
      "unpriced",
    );
    expect(formatOnPage({ unit: "ms", value: null })).toBe("unknown");
  });

  it.each([
    ["USD", "96.791325", "$96.79"],
    ["tokens", "22361870", "22,361,870"],
    ["percent", "37.362", "37.4 %"],
    ["ms", "1240", "1.24 s"],
    ["date", "2023-11-16T18:15:00.000Z", "2023-11-16 18:15 UTC"],
  ] as const)("writes %s %s as %s", (unit, value, shown) => {
    expect(formatOnPage({ unit, value })).toBe(shown);
  });
});
