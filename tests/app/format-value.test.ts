import { describe, expect, it } from "vitest";
import { formatValue } from "../../party/protocol/format";

describe("a value on the page", () => {
  it("never shows a zero for what nobody knows", () => {
    expect(formatValue({ unit: "USD", value: null, note: "unpriced: unknown-model" })).toBe(
      "unpriced",
    );
    expect(formatValue({ unit: "ms", value: null })).toBe("unknown");
  });

  it.each([
    ["USD", "96.791325", "$96.79"],
    ["tokens", "22361870", "22,361,870"],
    ["percent", "37.362", "37.4 %"],
    ["ms", "1240", "1.24 s"],
    ["date", "2023-11-16T18:15:00.000Z", "2023-11-16 18:15 UTC"],
  ] as const)("writes %s %s as %s", (unit, value, shown) => {
    expect(formatValue({ unit, value })).toBe(shown);
  });
});
