import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { concentration, unusualHours } from "../../party/analysis";
import { findAnomalies, HOUR_MS, WEEK_MS } from "../../party/analysis/anomalies/find-anomalies";
import { median, pooledSpread, robustScore } from "../../party/analysis/anomalies/robust-score";
import { gini, herfindahl } from "../../party/analysis/concentration-figures";
import { aCall, seeded } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const start = Date.UTC(2026, 1, 2);

describe("the robust score", () => {
  it("is the modified z-score of Iglewicz and Hoaglin", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNull();
    // Deviations from the median of the other three are 5, 1, 1 and 2: their median is 1.5.
    expect(robustScore(20, [1, 5, 6, 7], 0)?.expected).toBe(5.5);
    expect(robustScore(20, [1, 5, 6, 7], 0)?.score).toBeCloseTo(14.5 / (1.4826 * 1.5), 12);
    expect(robustScore(20, [1, 5, 6, 7], 10)).toEqual({ expected: 5.5, score: 1.45 });
  });

  it("falls back to the mean deviation where most values are equal, and to nothing where all are", () => {
    expect(pooledSpread([[2, 2, 2, 6]])).toBe(1.2533);
    expect(robustScore(6, [2, 2, 2, 6], 0)?.score).toBe(4 / 1.2533);
    expect(robustScore(6, [2, 2, 2, 2], 0)).toEqual({ expected: 2, score: null });
    expect(robustScore(6, [], 0)).toBeNull();
  });
});

describe("unusual hours", () => {
  /** Five weeks of hours with calls by the hour of the day, a little noise, and what is planted. */
  const hourly = (planted: (hour: number) => number = () => 0) => {
    const random = seeded(9);
    return new Map(
      Array.from({ length: 5 * 7 * 24 }, (_, hour) => [
        start + hour * HOUR_MS,
        100 +
          50 * Math.sin(((hour % 24) / 24) * 2 * Math.PI) +
          random.integer(-5, 5) +
          planted(hour),
      ]),
    );
  };
  const window = { from: start + 4 * WEEK_MS, to: start + 5 * WEEK_MS };
  const sums = { whenSilent: 0, counts: false } as const;
  const inWindow = (hour: number) => 4 * 7 * 24 + hour;

  it("finds a planted burst and a planted lull, as one anomaly each, the stronger first", () => {
    const found = findAnomalies(
      hourly((hour) =>
        hour >= inWindow(30) && hour < inWindow(33) ? 200 + hour : hour === inWindow(100) ? -80 : 0,
      ),
      window,
      sums,
    );
    expect(found.map(({ at, hours, score }) => [at, hours, Math.sign(score)])).toEqual([
      [window.from + 30 * HOUR_MS, 3, 1],
      [window.from + 100 * HOUR_MS, 1, -1],
    ]);
    expect(found[0]?.peakAt).toBeGreaterThanOrEqual(window.from + 30 * HOUR_MS);
  });

  it("takes a busy hour that is busy every week for usual", () => {
    const found = findAnomalies(
      hourly((hour) => (hour % (7 * 24) === 60 ? 5000 : 0)),
      window,
      sums,
    );
    expect(found).toEqual([]);
  });

  it("counts a silent hour as zero calls, and as no latency at all", () => {
    const values = hourly();
    values.delete(window.from + 10 * HOUR_MS);
    expect(findAnomalies(values, window, sums).map(({ at, value }) => [at, value])).toEqual([
      [window.from + 10 * HOUR_MS, 0],
    ]);
    expect(findAnomalies(values, window, { ...sums, whenSilent: null })).toEqual([]);
  });

  it("scores a storm after weeks in which nothing ever happened, and not a single event", () => {
    const storm = new Map([
      [start, 0],
      [window.from + 5 * HOUR_MS, 40],
      [window.from + 9 * HOUR_MS, 1],
    ]);
    const found = findAnomalies(storm, window, { whenSilent: 0, counts: true });
    expect(found).toMatchObject([{ at: window.from + 5 * HOUR_MS, expected: 0, score: 40 }]);
  });

  const weekly = (weeks: number, extra: Call[] = []): Call[] => [
    ...Array.from({ length: weeks * 7 * 24 }, (_, hour) =>
      Array.from({ length: 2 + (hour % 3) }, (__, index) =>
        aCall({
          id: `${hour}-${index}`,
          time: start + hour * HOUR_MS + index * 60_000,
          inputTokens: 1000 + ((hour * 31) % 97),
          latencyMs: 500 + ((hour * 7 + index) % 50),
        }),
      ),
    ).flat(),
    ...extra,
  ];

  it("come out of a log with their score, and name what is off", async () => {
    const storm = Array.from({ length: 40 }, (_, index) =>
      aCall({
        id: `storm-${index}`,
        time: start + 4 * WEEK_MS + 50 * HOUR_MS + index * 1000,
        status: "error",
        errorCode: "429",
        outputTokens: 0,
      }),
    );
    const { source, scope } = heldLog(weekly(5, storm));
    const { result, draft } = await unusualHours(source, scope, { days: 6 });
    expect(result.unavailable).toBeNull();
    expect(new Set(result.anomalies.map(({ measure }) => measure))).toEqual(
      new Set(["calls", "errors", "spend"]),
    );
    const calls = result.anomalies.find(({ measure }) => measure === "calls");
    expect(calls?.name).toBe("2026-03-04 02:00 · calls");
    const value = (key: string) =>
      draft.values.find((one) => one.segment === calls?.name && one.key === key)?.value;
    expect(value("value")).toBe("44");
    expect(value("expected")).toBe("4");
    expect(Number(value("score"))).toBeGreaterThan(3.5);
  });

  it("say how much history is missing", async () => {
    for (const [weeks, told] of [
      [3, /2 of 4 weeks needed/],
      [4, /3 of 4 weeks needed/],
    ] as const) {
      const { source, scope } = heldLog(weekly(weeks));
      const { result } = await unusualHours(source, scope, {});
      expect(result.unavailable).toMatch(told);
      expect(result.anomalies).toEqual([]);
    }
    const gap = heldLog(
      weekly(5).filter(({ time }) => time < start + WEEK_MS || time >= start + 2 * WEEK_MS),
    );
    const { result } = await unusualHours(gap.source, gap.scope, { days: 7 });
    expect(result.unavailable).toMatch(/3 of 4 weeks needed/);
    const none = heldLog([]);
    expect((await unusualHours(none.source, none.scope, {})).result.unavailable).toBe(
      "no calls in range",
    );
  });
});

describe("concentration", () => {
  const all = (...listed: number[]) => ({ listed, rest: { segments: 0, sum: 0 } });

  it("is what the textbooks say", () => {
    expect(herfindahl(all(1, 1, 1, 1))).toEqual({ low: 0.25, high: 0.25 });
    expect(herfindahl(all(7))).toEqual({ low: 1, high: 1 });
    expect(herfindahl(all(60, 40))?.low).toBeCloseTo(0.52, 12);
    expect(gini(all(1, 1, 1, 1))).toEqual({ low: 0, high: 0 });
    expect(gini(all(0, 0, 0, 1))?.low).toBeCloseTo(0.75, 12);
    expect(gini(all(1, 2, 3, 4))?.low).toBeCloseTo(0.25, 12);
    expect(gini(all(0, 0))).toBeNull();
    expect(herfindahl(all())).toBeNull();
  });

  it("lies between its bounds where the smallest were only summed up", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const amounts = Array.from({ length: random.integer(2, 60) }, () =>
        random.chance(0.1) ? 0 : random.next() ** 4 * 100,
      ).sort((a, b) => b - a);
      const kept = random.integer(1, amounts.length - 1);
      const rest = amounts.slice(kept);
      const distribution = {
        listed: amounts.slice(0, kept),
        rest: { segments: rest.length, sum: rest.reduce((sum, amount) => sum + amount, 0) },
      };
      for (const measure of [herfindahl, gini]) {
        const exact = measure(all(...amounts));
        const found = measure(distribution);
        if (!exact || !found) throw new Error(`seed ${seed} has amounts`);
        expect(found.low, `seed ${seed}`).toBeLessThanOrEqual(exact.low + 1e-9);
        expect(found.high, `seed ${seed}`).toBeGreaterThanOrEqual(exact.low - 1e-9);
      }
    }
  });

  it("of a log gives exact shares, and says why there are none", async () => {
    const calls = ["ann", "ann", "ann", "bob"].map((user, index) =>
      aCall({ id: String(index), user }),
    );
    const { source, scope } = heldLog(calls);
    const { result } = await concentration(source, scope, { by: "user" });
    expect(result).toMatchObject({ unavailable: null, segments: 2, costUsd: "0.014" });
    expect(result.tops[0]).toEqual({ top: 1, share: "75" });
    expect(result.gini?.low).toBeCloseTo(0.25, 12);
    expect(result.hhi?.low).toBeCloseTo(0.625, 12);
    for (const [log, reason] of [
      [[], /no priced calls/],
      [[aCall({ id: "1", model: "house-model-7" })], /no priced calls/],
      [[aCall({ id: "1", inputTokens: 0, outputTokens: 0 })], /cost nothing/],
    ] as const) {
      const held = heldLog(log);
      const none = await concentration(held.source, held.scope, { by: "user" });
      expect(none.result.unavailable).toMatch(reason);
      expect(none.result.gini).toBeNull();
      expect(none.result.tops[0]?.share).toBeNull();
    }
  });
});
