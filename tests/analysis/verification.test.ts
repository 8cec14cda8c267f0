import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../party/analysis/statistics/seasonal-trend";
import { verify } from "../../party/analysis/verification";
import type { DayCost, DayPair } from "../../party/analysis/verification-effect";
import { seeded } from "../clickhouse/support/calls";

const start = Date.UTC(2026, 2, 2);
const nothing: DayCost = { units: 0, calls: 0, costUsd: 0 };

/** Days of about a hundred calls at the given cost per call, give or take `scatter`. */
function daysOf(
  count: number,
  {
    changed,
    untouched,
    scatter = 0.05,
    seed = 1,
    from = start,
    calls = 100,
  }: {
    changed: number;
    untouched: number | null;
    scatter?: number;
    seed?: number;
    from?: number;
    calls?: number;
  },
): DayPair[] {
  const random = seeded(seed);
  const around = () => 1 + scatter * (random.next() + random.next() + random.next() - 1.5) * 2;
  const cost = (each: number): DayCost => ({
    units: calls,
    calls,
    costUsd: calls * each * around(),
  });
  return Array.from({ length: count }, (_, day) => ({
    at: from + day * DAY_MS,
    changed: cost(changed),
    untouched: untouched === null ? nothing : cost(untouched),
  }));
}

const promised = { low: 0.2, high: 0.4 };
const later = start + 40 * DAY_MS;
const before = daysOf(28, { changed: 0.01, untouched: 0.02 });

describe("a promise against what came", () => {
  it("is kept when costs fell by it, whatever else grew dearer", () => {
    // Everything got 10 % dearer, the changed segment saved 30 % on top.
    const after = daysOf(28, { changed: 0.0077, untouched: 0.022, seed: 2, from: later });
    const outcome = verify({ before, after }, promised, 0.9);
    if (outcome.state !== "verified") throw new Error(JSON.stringify(outcome));
    const { realised } = outcome;
    expect(outcome.verdict).toBe("kept");
    expect(realised.corrected).toBe(true);
    expect(realised.shareInterval.low).toBeLessThan(0.3);
    expect(realised.shareInterval.high).toBeGreaterThan(0.3);
    expect(realised.shareInterval.high - realised.shareInterval.low).toBeLessThan(0.06);
    // What the days would have cost less what they did cost.
    expect(realised.savedUsd).toBeCloseTo(
      realised.costUsd / (1 - realised.share) - realised.costUsd,
      9,
    );
    expect(realised.promisedUsd.high / realised.promisedUsd.low).toBeCloseTo(2, 9);
  });

  it("is blamed for what others would explain, without untouched segments, and says so", () => {
    const alone = daysOf(28, { changed: 0.01, untouched: null });
    const after = daysOf(28, { changed: 0.0077, untouched: null, seed: 2, from: later });
    const outcome = verify({ before: alone, after }, promised, 0.9);
    if (outcome.state !== "verified") throw new Error(JSON.stringify(outcome));
    expect(outcome.realised.corrected).toBe(false);
    expect(outcome.realised.share).toBeCloseTo(0.23, 1);
  });

  it("is short, or no saving at all", () => {
    const little = daysOf(28, { changed: 0.0095, untouched: 0.02, seed: 3, from: later });
    expect(verify({ before, after: little }, promised, 0.9)).toMatchObject({
      state: "verified",
      verdict: "short",
    });
    const dearer = daysOf(28, { changed: 0.012, untouched: 0.02, seed: 4, from: later });
    const outcome = verify({ before, after: dearer }, promised, 0.9);
    expect(outcome).toMatchObject({ state: "verified", verdict: "no-saving" });
    if (outcome.state === "verified") expect(outcome.realised.savedUsd).toBeLessThan(0);
  });
});

describe("too early", () => {
  it("is said with the calls that are missing to a whole week", () => {
    for (const [count, calls] of [
      [0, 700],
      [3, 400],
      [6, 100],
    ] as const) {
      const after = daysOf(count, { changed: 0.007, untouched: 0.02, from: later });
      expect(verify({ before, after }, promised, 0.9)).toMatchObject({
        state: "too-early",
        callsNeeded: calls,
        soFar: null,
      });
    }
  });

  it("is said when a kept promise could not be told from none, and enough calls then tell it", () => {
    const noisy = { scatter: 0.4, untouched: 0.02 };
    const long = daysOf(56, { ...noisy, changed: 0.01, seed: 5 });
    const from = start + 60 * DAY_MS;
    const week = daysOf(7, { ...noisy, changed: 0.0105, seed: 6, from });
    const outcome = verify({ before: long, after: week }, { low: 0.1, high: 0.4 }, 0.9);
    if (outcome.state !== "too-early" || outcome.callsNeeded === null) {
      throw new Error(JSON.stringify(outcome));
    }
    expect(outcome.reason).toBe(
      `too early: ${outcome.callsNeeded} more calls needed (the saving is not told from none yet)`,
    );
    expect(outcome.soFar?.weeksAfter).toBe(1);
    const enough = 7 + Math.ceil(outcome.callsNeeded / 100);
    let told = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const after = daysOf(enough, { ...noisy, changed: 0.0075, seed: 100 + seed, from });
      const later = verify({ before: long, after }, { low: 0.1, high: 0.4 }, 0.9);
      if (later.state === "verified" && later.verdict === "kept") told += 1;
    }
    // Made for 80 %; whole weeks and two estimates of the scatter move it.
    expect(told).toBeGreaterThan(65);
  });

  it("has no number where the days before differ too much among themselves", () => {
    const wild = daysOf(7, { changed: 0.01, untouched: 0.02, scatter: 0.9, seed: 8 });
    const after = daysOf(7, {
      changed: 0.0099,
      untouched: 0.02,
      scatter: 0.9,
      seed: 9,
      from: later,
    });
    const outcome = verify({ before: wild, after }, { low: 0.01, high: 0.02 }, 0.9);
    expect(outcome).toMatchObject({ state: "too-early", callsNeeded: null });
  });
});

describe("poor input", () => {
  const after = daysOf(14, { changed: 0.007, untouched: 0.02, from: later });

  it("is typed and explained", () => {
    expect(verify({ before: [], after: [] }, promised, 0.9)).toEqual({
      state: "unknown",
      reason: "less than a whole week of calls before the change",
    });
    expect(verify({ before: before.slice(0, 6), after }, promised, 0.9).state).toBe("unknown");
    const free = before.map((day) => ({ ...day, changed: { ...day.changed, costUsd: 0 } }));
    expect(verify({ before: free, after }, promised, 0.9)).toMatchObject({
      state: "unknown",
      reason: "the segment cost nothing before the change, or is unpriced",
    });
    const gone = after.map((day) => ({ ...day, changed: nothing }));
    expect(verify({ before, after: gone }, promised, 0.9)).toMatchObject({
      state: "unknown",
      reason: "the segment has no calls after the change",
    });
    const unpriced = after.map((day) => ({ ...day, changed: { ...day.changed, costUsd: 0 } }));
    expect(verify({ before, after: unpriced }, promised, 0.9)).toMatchObject({
      state: "unknown",
      reason: "the segment cost nothing after the change, or is unpriced",
    });
  });

  it("of days that are all alike gives an interval without width, never NaN", () => {
    const flat = (from: number, changed: number) =>
      daysOf(14, { changed, untouched: 0.02, scatter: 0, from });
    const outcome = verify({ before: flat(start, 0.01), after: flat(later, 0.007) }, promised, 0.9);
    expect(outcome).toMatchObject({ state: "verified", verdict: "kept" });
    if (outcome.state !== "verified") return;
    expect(outcome.realised.shareInterval.low).toBeCloseTo(0.3, 9);
    expect(outcome.realised.shareInterval.high).toBeCloseTo(0.3, 9);
  });

  it("with days without calls among them keeps to the calls there are", () => {
    const holes = before.map((day, index) =>
      index % 5 === 0 ? { ...day, changed: nothing, untouched: nothing } : day,
    );
    const outcome = verify({ before: holes, after }, promised, 0.9);
    expect(outcome.state).toBe("verified");
    expect(JSON.stringify(outcome)).not.toMatch(/null|NaN/);
  });
});
