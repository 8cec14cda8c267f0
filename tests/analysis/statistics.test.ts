import { describe, expect, it } from "vitest";
import {
  fairCoinCdf,
  fisherQuantile,
  logGamma,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from "../../party/analysis/statistics/distributions";
import { differenceOfMeans, meanInterval, momentsOf } from "../../party/analysis/statistics/means";
import {
  independentDifference,
  mcnemar,
  pairedDifference,
  wilsonInterval,
} from "../../party/analysis/statistics/proportions";
import { pairMomentsOf, ratioInterval } from "../../party/analysis/statistics/ratio";

describe("distributions, against published tables", () => {
  it("the normal distribution's quantiles (AS 241)", () => {
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.9)).toBeCloseTo(1.2815515655446004, 12);
    expect(normalQuantile(0.95)).toBeCloseTo(1.6448536269514722, 12);
    expect(normalQuantile(0.025)).toBeCloseTo(-1.959963984540054, 12);
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 9);
  });

  it("Student's quantiles, whole and fractional degrees of freedom", () => {
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706204736174694, 9);
    expect(studentQuantile(0.95, 5)).toBeCloseTo(2.0150483733330233, 10);
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.228138851986274, 10);
    expect(studentQuantile(0.05, 30)).toBeCloseTo(-1.697260886593957, 10);
    expect(studentQuantile(0.9, 2.5)).toBeCloseTo(1.7302509288071766, 10);
    expect(studentQuantile(0.95, 1e9)).toBeCloseTo(normalQuantile(0.95), 12);
    expect(studentCdf(studentQuantile(0.83, 7), 7)).toBeCloseTo(0.83, 12);
  });

  it("ln Γ, the binomial and Fisher's F", () => {
    expect(logGamma(5)).toBeCloseTo(Math.log(24), 12);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
    // (1 + 8) ÷ 2⁸.
    expect(fairCoinCdf(1, 8)).toBeCloseTo(9 / 256, 12);
    expect(fairCoinCdf(8, 8)).toBe(1);
    expect(fisherQuantile(0.95, 3, 10)).toBeCloseTo(3.7082648190468435, 9);
    expect(fisherQuantile(0.95, 10, 20)).toBeCloseTo(2.3478775669983114, 9);
  });
});

describe("intervals of shares, against their papers", () => {
  it("Wilson's (Newcombe 1998a, table I)", () => {
    for (const [right, judged, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const found = wilsonInterval({ right, judged }, 0.95);
      expect(found.low).toBeCloseTo(low, 4);
      expect(found.high).toBeCloseTo(high, 4);
    }
  });

  it("Newcombe's of two samples (1998b, 56 of 70 against 48 of 80)", () => {
    const found = independentDifference({ right: 56, judged: 70 }, { right: 48, judged: 80 }, 0.95);
    expect(found.low).toBeCloseTo(0.0524, 4);
    expect(found.high).toBeCloseTo(0.3339, 4);
  });

  it("Tango's of pairs and McNemar's test (Fagerland 2013, airway data of Bentur)", () => {
    const airways = { onlyFirst: 1, onlySecond: 7, pairs: 21 };
    const found = pairedDifference(airways, 0.95);
    expect(found.low).toBeCloseTo(-0.5172, 4);
    expect(found.high).toBeCloseTo(-0.026, 4);
    const { exact, mid } = mcnemar(airways);
    expect(exact).toBeCloseTo(0.0703, 4);
    expect(mid).toBeCloseTo(0.0391, 4);
  });

  it("are defined where nothing differs, all differ, or there is one item", () => {
    const z2 = normalQuantile(0.975) ** 2;
    const same = pairedDifference({ onlyFirst: 0, onlySecond: 0, pairs: 50 }, 0.95);
    expect(same.high).toBeCloseTo(z2 / (50 + z2), 9);
    expect(same.low).toBeCloseTo(-z2 / (50 + z2), 9);
    expect(pairedDifference({ onlyFirst: 9, onlySecond: 0, pairs: 9 }, 0.9).high).toBe(1);
    expect(pairedDifference({ onlyFirst: 0, onlySecond: 9, pairs: 9 }, 0.9).low).toBe(-1);
    const one = pairedDifference({ onlyFirst: 1, onlySecond: 0, pairs: 1 }, 0.9);
    expect(one.low).toBeLessThan(0.2);
    expect(mcnemar({ onlyFirst: 0, onlySecond: 0, pairs: 4 })).toEqual({ exact: 1, mid: 1 });
    expect(mcnemar({ onlyFirst: 3, onlySecond: 3, pairs: 9 }).exact).toBe(1);
  });

  it("turn round with their arguments", () => {
    const there = pairedDifference({ onlyFirst: 12, onlySecond: 5, pairs: 80 }, 0.9);
    const back = pairedDifference({ onlyFirst: 5, onlySecond: 12, pairs: 80 }, 0.9);
    expect(there.low).toBeCloseTo(-back.high, 9);
    expect(there.high).toBeCloseTo(-back.low, 9);
  });
});

describe("intervals of means and ratios", () => {
  it("Student's of one mean (Gosset's sleep data, second drug minus first)", () => {
    const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const found = meanInterval(momentsOf(sleep), 0.95);
    expect(found?.low).toBeCloseTo(0.7001142, 6);
    expect(found?.high).toBeCloseTo(2.4598858, 6);
  });

  it("Welch's of two means (the sleep data as two groups)", () => {
    const first = momentsOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]);
    const second = momentsOf([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    const found = differenceOfMeans(first, second, 0.95);
    expect(found?.low).toBeCloseTo(-3.3654832, 6);
    expect(found?.high).toBeCloseTo(0.2054832, 6);
  });

  it("Fieller's: the ratios for which above − r·below is not told from zero", () => {
    const items = [
      { above: 4, below: 1 },
      { above: 6, below: 2 },
      { above: 5, below: 1 },
      { above: 9, below: 3 },
      { above: 7, below: 2 },
    ];
    const found = ratioInterval(pairMomentsOf(items), 0.9);
    for (const limit of [found?.low ?? 0, found?.high ?? 0]) {
      const left = momentsOf(items.map(({ above, below }) => above - limit * below));
      const t = left.mean / Math.sqrt(left.variance / left.n);
      expect(Math.abs(t)).toBeCloseTo(studentQuantile(0.95, 4), 9);
    }
    expect(ratioInterval(pairMomentsOf([]), 0.9)).toBeNull();
    expect(ratioInterval(pairMomentsOf([{ above: 1, below: 1 }]), 0.9)).toBeNull();
    expect(
      ratioInterval(pairMomentsOf([1, 2, 3].map((above) => ({ above, below: 0 }))), 0.9),
    ).toBeNull();
  });

  it("say nothing on too few values", () => {
    expect(meanInterval(momentsOf([1]), 0.9)).toBeNull();
    expect(meanInterval(momentsOf([]), 0.9)).toBeNull();
    expect(differenceOfMeans(momentsOf([1]), momentsOf([1, 2]), 0.9)).toBeNull();
    expect(meanInterval(momentsOf([2, 2, 2]), 0.9)).toEqual({ low: 2, high: 2, level: 0.9 });
  });
});
