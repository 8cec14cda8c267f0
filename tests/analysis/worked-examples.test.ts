import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { budgetCrossing } from "../../party/analysis/growth-budget";
import { comparePaired } from "../../party/analysis/quality-comparison";
import { pairLabels } from "../../party/analysis/quality-labels";
import { pairedSample, USUAL_RULE } from "../../party/analysis/quality-sample";
import { project } from "../../party/analysis/statistics/projection";
import { DAY_MS, fitSeasonalTrend } from "../../party/analysis/statistics/seasonal-trend";
import { verify } from "../../party/analysis/verification";
import type { DayPair } from "../../party/analysis/verification-effect";

const page = readFileSync("docs/quality-growth-verification.md", "utf8");

/** The second cell of the row of that name. */
function shown(name: string): string | undefined {
  const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  return rows.find((cells) => cells[1] === name)?.[2];
}

const minus = (text: string) => text.replace("-", "−");
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const points = (share: number) => minus((share * 100).toFixed(1));

describe("docs/quality-growth-verification.md", () => {
  it("quality: the example is what the functions compute", () => {
    const items = [
      ...Array(30).fill({ current: 1, candidate: 1 }),
      ...Array(4).fill({ current: 1, candidate: 0 }),
      ...Array(2).fill({ current: 0, candidate: 1 }),
      ...Array(4).fill({ current: 0, candidate: 0 }),
    ];
    const outcome = comparePaired(pairLabels(items), USUAL_RULE);
    if (outcome.state !== "measured") throw new Error(outcome.reason);
    const { current, candidate, difference, interval, mcnemar, verdict, needed } = outcome;
    expect(shown("current, candidate")).toBe(`${percent(current)}, ${percent(candidate)}`);
    expect(shown("candidate − current")).toBe(`${points(difference)} points`);
    expect(shown("interval")).toBe(`${points(interval.low)} to ${points(interval.high)} points`);
    expect(shown("McNemar, exact and mid-p")).toBe(
      `${mcnemar?.exact.toFixed(4)}, ${mcnemar?.mid.toFixed(4)}`,
    );
    expect(shown("verdict")).toBe(verdict);
    expect(shown("prompts that would settle it")).toBe(String(needed?.size));
    expect(shown("without any labels")).toBe(
      pairedSample(USUAL_RULE, null).size.toLocaleString("en"),
    );
  });

  it("growth: the example is what the functions compute", () => {
    const start = Date.UTC(2026, 1, 2);
    const week = [0.4, 1, 1.1, 1.05, 1, 0.9, 0.5];
    const values = Array.from(
      { length: 28 },
      (_, day) => 100 * (week[new Date(start + day * DAY_MS).getUTCDay()] ?? 1) * (1 + 0.01 * day),
    );
    const fit = fitSeasonalTrend({ start, values }, "linear");
    if (!fit) throw new Error("four weeks are enough");
    const days = project(fit, { days: 60, level: 0.9 });
    expect(shown("growth per week, of the middle")).toBe(percent(fit.slope * 7));
    expect(shown("next seven days")).toBe(`$${days[6]?.total.toFixed(2)}`);
    const outcome = budgetCrossing(3_000, 0, days);
    if (outcome.state !== "crosses" || outcome.at === null) throw new Error(outcome.state);
    expect(shown("day on which $3,000 more are spent")).toBe(
      new Date(outcome.at).toISOString().slice(0, 10),
    );
  });

  it("verification: the example is what the functions compute", () => {
    const side = (from: number, changed: number, untouched: number) =>
      Array.from({ length: 14 }, (_, day): DayPair => {
        const cost = (each: number) => ({ units: 100, calls: 100, costUsd: 100 * each });
        return {
          at: from + day * DAY_MS,
          changed: cost(changed),
          untouched: untouched === 0 ? { units: 0, calls: 0, costUsd: 0 } : cost(untouched),
        };
      });
    const [before, after] = [Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 23)];
    const realised = (untouchedBefore: number, untouchedAfter: number) => {
      const outcome = verify(
        {
          before: side(before, 0.01, untouchedBefore),
          after: side(after, 0.0077, untouchedAfter),
        },
        { low: 0.2, high: 0.4 },
        0.9,
      );
      if (outcome.state !== "verified") throw new Error(outcome.reason);
      return outcome.realised;
    };
    const found = realised(0.02, 0.022);
    expect(shown("saved share")).toBe(percent(found.share));
    expect(shown("cost of 14 days")).toBe(`$${found.costUsd.toFixed(2)}`);
    expect(shown("saved")).toBe(`$${found.savedUsd.toFixed(2)}`);
    expect(shown("without untouched")).toBe(percent(realised(0, 0).share));
  });
});
