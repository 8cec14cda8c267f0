import { describe, expect, it } from "vitest";
import { projectSpend } from "../../party/analysis";
import { budgetCrossing } from "../../party/analysis/growth-budget";
import { forecast } from "../../party/analysis/growth-forecast";
import { againstLimits } from "../../party/analysis/growth-limits";
import { factorSpend, monthEnd, monthOf } from "../../party/analysis/growth-months";
import { GrowthQuestionError } from "../../party/analysis/growth-question";
import { wholeDays } from "../../party/analysis/growth-series";
import { project } from "../../party/analysis/statistics/projection";
import { DAY_MS, fitSeasonalTrend } from "../../party/analysis/statistics/seasonal-trend";
import { aCall, seeded } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

/** A Monday. */
const start = Date.UTC(2026, 1, 2);
const week = [0.4, 1, 1.1, 1.05, 1, 0.9, 0.5];

/** Weekday level × linear trend, without scatter or with 10 % of it. */
function days(count: number, slope: number, scatter = 0, seed = 1): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, day) => {
    const mean = 100 * (week[new Date(start + day * DAY_MS).getUTCDay()] ?? 1) * (1 + slope * day);
    return mean * (1 + scatter * (random.next() + random.next() + random.next() - 1.5) * 2);
  });
}

const question = { days: 30, trend: "linear", level: 0.9 } as const;

describe("weekday levels and a trend", () => {
  it("are found exactly where there is no scatter, and go on as they were", () => {
    const truth = days(72, 0.01);
    const fit = fitSeasonalTrend({ start, values: truth.slice(0, 42) }, "linear");
    if (!fit) throw new Error("six weeks are enough");
    expect(fit.slope).toBeCloseTo(0.01 / (1 + 0.01 * 20.5), 9);
    const projected = project(fit, { days: 30, level: 0.9 });
    projected.forEach(({ at, expected, total }, day) => {
      expect(at).toBe(start + (42 + day) * DAY_MS);
      expect(expected).toBeCloseTo(truth[42 + day] ?? 0, 6);
      expect(total).toBeCloseTo(
        truth.slice(42, 43 + day).reduce((sum, value) => sum + value, 0),
        5,
      );
    });
  });

  it("are the mean of each weekday when flat", () => {
    const fit = fitSeasonalTrend({ start, values: [...Array(21).keys()] }, "flat");
    // Mondays are days 0, 7 and 14.
    expect(fit?.levels[1]).toBeCloseTo(7, 12);
    expect(fit?.levels[0]).toBeCloseTo(13, 12);
    expect(fit?.slope).toBe(0);
  });

  it("never project less than nothing, however steep the fall", () => {
    const falling = days(28, -0.035);
    const fit = fitSeasonalTrend({ start, values: falling }, "linear");
    if (!fit) throw new Error("four weeks are enough");
    for (const { expected, interval } of project(fit, { days: 90, level: 0.9 })) {
      expect(expected).toBeGreaterThanOrEqual(0);
      expect(interval.low).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(interval.high)).toBe(true);
    }
  });

  it("leave weekdays of rest at zero and unknown days out", () => {
    const values = days(42, 0, 0.1).map((value, day) =>
      new Date(start + day * DAY_MS).getUTCDay() === 0 ? 0 : day === 10 ? null : value,
    );
    const fit = fitSeasonalTrend({ start, values }, "linear");
    if (!fit) throw new Error("six weeks are enough");
    expect(fit.levels[0]).toBe(0);
    expect(fit.known).toBe(35);
    expect(project(fit, { days: 7, level: 0.9 })[6]?.expected).toBe(0);
  });
});

describe("a forecast", () => {
  it("says how many more days it needs", () => {
    const short = forecast({ start, values: days(20, 0, 0.1) }, question);
    expect(short).toEqual({
      state: "too-short",
      known: 20,
      needed: 1,
      reason: "too short: 1 more whole day is needed",
    });
    expect(forecast({ start, values: [] }, question)).toMatchObject({ needed: 21 });
    expect(forecast({ start, values: days(21, 0, 0.1) }, question).state).toBe("projected");
  });

  it("of nothing spent is unknown, not zero", () => {
    expect(forecast({ start, values: Array(40).fill(0) }, question)).toEqual({
      state: "unknown",
      reason: "nothing was spent on these days",
    });
  });

  it("refuses a horizon that is none", () => {
    for (const wrong of [0, 367, Number.NaN]) {
      expect(() => forecast({ start, values: days(30, 0) }, { ...question, days: wrong })).toThrow(
        RangeError,
      );
    }
  });

  it("shows how the method did on the history's own last weeks", () => {
    const outcome = forecast({ start, values: days(70, 0.004, 0.1, 3) }, question);
    if (outcome.state !== "projected") throw new Error("ten weeks are enough");
    expect(outcome.backTest).toMatchObject({ weeks: 7, widen: 1 });
    expect(outcome.backTest?.error).toBeGreaterThan(0.005);
    expect(outcome.backTest?.error).toBeLessThan(0.15);
    const untried = forecast({ start, values: days(27, 0, 0.1) }, question);
    expect(untried).toMatchObject({ state: "projected", backTest: null, widened: 1 });
  });

  it("widens its interval where the history shows that the method fails", () => {
    const steady = days(77, 0, 0.02, 5);
    // Every other week doubles: nothing that weekdays or a line could know of.
    const uneven = steady.map((value, day) => (Math.floor(day / 7) % 4 === 3 ? value * 3 : value));
    const jumped = forecast({ start, values: uneven }, question);
    const calm = forecast({ start, values: steady }, question);
    if (jumped.state !== "projected" || calm.state !== "projected") throw new Error("long enough");
    expect(calm.widened).toBe(1);
    const width = ({ days }: typeof calm) => {
      const last = days.at(-1);
      return last ? (last.interval.high - last.interval.low) / last.total : 0;
    };
    expect(width(jumped)).toBeGreaterThan(10 * width(calm));
  });
});

describe("whole days", () => {
  const logged = (skip: (weekday: number, day: number) => boolean, count = 36) =>
    Array.from({ length: count }, (_, day) => ({ at: start + day * DAY_MS, value: day })).filter(
      ({ at }, day) => !skip(new Date(at).getUTCDay(), day),
    );

  it("leave the first and the last day out, and tell rest days from holes", () => {
    const whole = wholeDays(logged((weekday, day) => weekday === 0 || day === 15));
    expect(whole?.series.start).toBe(start + DAY_MS);
    expect(whole?.series.values).toHaveLength(34);
    expect(whole?.gaps).toBe(1);
    expect(whole?.series.values[14]).toBeNull();
    expect(whole?.series.values[5]).toBe(0);
    expect(whole?.series.values[0]).toBe(1);
  });

  it("are none in a log of two days, and keep unpriced days unknown", () => {
    expect(wholeDays([])).toBeNull();
    expect(wholeDays(logged(() => false, 1))).toBeNull();
    expect(wholeDays(logged(() => false, 2))).toBeNull();
    const unpriced = wholeDays(
      logged(() => false, 10).map((day) => ({ ...day, value: null as number | null })),
    );
    expect(unpriced).toMatchObject({ unknown: 8, gaps: 0 });
  });

  it("look back two years at most, whatever clock a call was logged by", () => {
    const astray = [{ at: 0, value: 1 }, ...logged(() => false)];
    expect(wholeDays(astray)?.series.values).toHaveLength(730);
  });
});

describe("a budget", () => {
  const path = [10, 20, 30].map((total, day) => ({
    at: start + day * DAY_MS,
    expected: 10,
    total,
    interval: { low: total - 8, high: total + 8, level: 0.9 },
  }));

  it("is crossed on a day between the earliest and the latest", () => {
    expect(budgetCrossing(115, 100, path)).toEqual({
      state: "crosses",
      earliest: start,
      at: start + DAY_MS,
      latest: start + 2 * DAY_MS,
    });
    expect(budgetCrossing(135, 100, path)).toEqual({
      state: "crosses",
      earliest: start + 2 * DAY_MS,
      at: null,
      latest: null,
    });
  });

  it("is crossed already, or not within the days", () => {
    expect(budgetCrossing(100, 100, path)).toEqual({ state: "already-crossed", over: 0 });
    expect(budgetCrossing(150, 100, path)).toEqual({
      state: "not-within-days",
      days: 3,
      left: 20,
    });
    expect(budgetCrossing(150, 100, [])).toMatchObject({ state: "not-within-days", left: 50 });
  });
});

describe("months", () => {
  it("put what was spent and what is projected together", () => {
    const month = monthOf(Date.UTC(2026, 11, 30, 5));
    expect(month).toEqual({ from: Date.UTC(2026, 11, 1), to: Date.UTC(2027, 0, 1) });
    expect(monthOf(month.from, 1)).toEqual({
      from: Date.UTC(2027, 0, 1),
      to: Date.UTC(2027, 1, 1),
    });
    const at = Date.UTC(2026, 11, 31);
    const last = { at, expected: 5, total: 5, interval: { low: 4, high: 6, level: 0.9 } };
    expect(monthEnd(month, 100, [last])).toMatchObject({
      total: 105,
      interval: { low: 104, high: 106 },
    });
    expect(monthEnd(month, 100, [{ ...last, at: month.to }])).toBeNull();
  });

  it("at a factor are the last four weeks' weekdays, without their trend", () => {
    const values = [...days(28, 0.05), ...Array(4).fill(days(7, 0)).flat()];
    // March 2026 begins on a Sunday, five days before the history of eight weeks (to 29 March) ends.
    const april = { from: Date.UTC(2026, 3, 1), to: Date.UTC(2026, 4, 1) };
    const outcome = factorSpend({ start, values }, april, 1.5, 0.9);
    if (outcome.state !== "projected") throw new Error(outcome.reason);
    // 30 days from a Wednesday: four whole weeks, a Wednesday and a Thursday.
    const whole = week.reduce((sum, level) => sum + level, 0);
    expect(outcome.total).toBeCloseTo(1.5 * 100 * (4 * whole + 1.05 + 1), 6);
    expect(factorSpend({ start, values: days(10, 0) }, april, 2, 0.9).state).toBe("unknown");
    const far = { from: Date.UTC(2028, 0, 1), to: Date.UTC(2028, 1, 1) };
    expect(factorSpend({ start, values }, far, 2, 0.9).state).toBe("unknown");
  });
});

describe("limits", () => {
  const rates = [
    {
      provider: "openai",
      model: "gpt-4o",
      minutes: 100,
      activeMinutes: 90,
      calls: 900,
      tokens: 90_000,
      requestsPerMinute: { p50: 8, p99: 40, peak: 60 },
      tokensPerMinute: { p50: 900, p99: 9000, peak: 12_000 },
      peakAt: start,
    },
  ];

  it("are met at the growth that brings the busiest minute to them", () => {
    const limit = { provider: "openai", model: "gpt-4o", tokensPerMinute: 10_000 };
    const [now] = againstLimits(rates, [{ ...limit, requestsPerMinute: 90 }]);
    expect(now).toMatchObject({
      requests: { state: "measured", standing: "within", headroom: 1.5 },
      tokens: { state: "measured", standing: "peaks-over" },
    });
    const [later] = againstLimits(rates, [{ ...limit, requestsPerMinute: 90 }], 3);
    expect(later?.requests).toMatchObject({ standing: "over", p99: 120, headroom: 0.5 });
  });

  it("are unknown where nothing was stated or logged", () => {
    const [one] = againstLimits(rates, [
      { provider: "openai", model: "o3", requestsPerMinute: 5, tokensPerMinute: null },
    ]);
    expect(one?.requests).toMatchObject({ state: "unknown" });
    expect(one?.tokens).toEqual({ state: "unknown", reason: "no limit was stated" });
    const [none] = againstLimits(rates, [
      { provider: "openai", model: "gpt-4o", requestsPerMinute: 0, tokensPerMinute: Number.NaN },
    ]);
    expect(none).toMatchObject({ requests: { state: "unknown" }, tokens: { state: "unknown" } });
  });
});

describe("the projection over a log", () => {
  /** One call of $0.0035 per unit, at noon and later. */
  const log = (count: number) =>
    Array.from({ length: count }, (_, day) => {
      const weekday = new Date(start + day * DAY_MS).getUTCDay();
      return Array.from({ length: Math.round(10 * (week[weekday] ?? 1)) }, (_, number) =>
        aCall({ id: `${day}-${number}`, time: start + (day + 0.5) * DAY_MS + number * 1000 }),
      );
    }).flat();

  it("adds what was spent to what is projected, and dates the budget", async () => {
    // To Tuesday 24 March; that day counts as projected.
    const { source, scope } = heldLog(log(51));
    const per = (from: number, to: number) =>
      log(400).filter(({ time }) => time >= from && time < to).length * 0.0035;
    const march = monthOf(Date.UTC(2026, 2, 24));
    const budgetUsd = per(march.from, Date.UTC(2026, 2, 27)) + 0.01;
    const { result, draft } = await projectSpend(source, scope, { budgetUsd, factor: 2 });
    expect(result.month?.spent).toBeCloseTo(per(march.from, Date.UTC(2026, 2, 24)), 9);
    expect(result.month?.total).toBeCloseTo(per(march.from, march.to), 6);
    expect(result.factor).toMatchObject({ state: "projected", factor: 2 });
    if (result.factor?.state === "projected") {
      expect(result.factor.total).toBeCloseTo(2 * per(march.to, monthOf(march.to).to), 6);
    }
    expect(result.budget).toMatchObject({ state: "crosses", at: Date.UTC(2026, 2, 27) });
    const value = (key: string) => draft.values.find((one) => one.key === key)?.value;
    expect(value("budget_crossed")).toBe("2026-03-27T00:00:00.000Z");
    expect(value("month_end")).toBe(result.month?.total.toFixed(6));
  });

  it("is typed and explained for every poor log", async () => {
    for (const [calls, state, reason] of [
      [[], "unknown", "no calls in range"],
      [[aCall({ id: "1" })], "unknown", "the log has no whole day"],
      [log(10), "too-short", "too short: 13 more whole days are needed"],
      [
        log(40).map((call) => ({ ...call, model: "house-model-7" })),
        "unknown",
        "unpriced: no price is known for these models",
      ],
      [
        log(40).map((call) => ({ ...call, inputTokens: 0, outputTokens: 0 })),
        "unknown",
        "nothing was spent on these days",
      ],
    ] as const) {
      const { source, scope } = heldLog(calls);
      const { result, draft } = await projectSpend(source, scope, { budgetUsd: 5 });
      expect(result.forecast).toMatchObject({ state, reason });
      expect(result.month).toBeNull();
      expect(draft.values.find(({ key }) => key === "month_end")).toMatchObject({
        value: null,
        note: reason,
      });
    }
  });

  it("refuses a question that has no answer, and names the field", async () => {
    const { source, scope } = heldLog([]);
    for (const [wrong, field] of [
      [{ budgetUsd: 0 }, "budgetUsd"],
      [{ budgetUsd: Number.NaN }, "budgetUsd"],
      [{ factor: -1 }, "factor"],
      [{ factor: Number.POSITIVE_INFINITY }, "factor"],
      [{ level: 1 }, "level"],
    ] as const) {
      const refused = await projectSpend(source, scope, wrong).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(GrowthQuestionError);
      expect(refused).toMatchObject({ field });
    }
  });
});
