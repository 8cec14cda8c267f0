import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse";
import { describe, expect, it } from "vitest";
import { compareQuality } from "../../party/analysis";
import { cascadeCurve } from "../../party/analysis/quality-cascade";
import { compareIndependent, comparePaired } from "../../party/analysis/quality-comparison";
import { costPerRight } from "../../party/analysis/quality-cost";
import {
  type JudgedItem,
  modelLabels,
  pairLabels,
  QualityLabelError,
} from "../../party/analysis/quality-labels";
import { independentSample, pairedSample, USUAL_RULE } from "../../party/analysis/quality-sample";
import { pairMomentsOf } from "../../party/analysis/statistics/ratio";
import { aCall, seeded } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const file = join(process.env.NETRA_REFERENCE_DATA ?? "../shared/data", "routellm-gsm8k.csv");

/** The strong model is the current one, the weak one the candidate. */
async function gsm8k(): Promise<JudgedItem[]> {
  const items: JudgedItem[] = [];
  for await (const row of createReadStream(file).pipe(parse({ columns: true }))) {
    items.push({
      current: row["gpt-4-1106-preview"] === "True" ? 1 : 0,
      candidate: row["mistralai/Mixtral-8x7B-Instruct-v0.1"] === "True" ? 1 : 0,
    });
  }
  return items;
}

const pairs = (both: number, onlyCurrent: number, onlyCandidate: number, neither: number) =>
  pairLabels([
    ...Array(both).fill({ current: 1, candidate: 1 }),
    ...Array(onlyCurrent).fill({ current: 1, candidate: 0 }),
    ...Array(onlyCandidate).fill({ current: 0, candidate: 1 }),
    ...Array(neither).fill({ current: 0, candidate: 0 }),
  ]);

describe("quality on GSM8K (RouteLLM)", () => {
  const title = existsSync(file) ? "" : ` (needs ${file}: set NETRA_REFERENCE_DATA)`;

  it.runIf(existsSync(file))(`the paired comparison${title}`, async () => {
    const items = await gsm8k();
    const outcome = comparePaired(pairLabels(items), USUAL_RULE);
    if (outcome.state !== "measured") throw new Error(outcome.reason);
    expect(items).toHaveLength(1319);
    expect(outcome.judged.current).toBe(1319);
    expect((outcome.candidate * 100).toFixed(1)).toBe("63.8");
    expect((outcome.current * 100).toFixed(1)).toBe("85.7");
    expect((outcome.difference * 100).toFixed(1)).toBe("-21.8");
    expect(outcome.mcnemar).toMatchObject({ onlyCurrent: 383, onlyCandidate: 95 });
    expect((outcome.mcnemar?.mid ?? 1) / 3.188247102834569e-42).toBeCloseTo(1, 9);
    // Tango's limits by scipy's root finder on the same table.
    expect(outcome.interval.low).toBeCloseTo(-0.24377699120891577, 9);
    expect(outcome.interval.high).toBeCloseTo(-0.19292433426066793, 9);
    expect(outcome.verdict).toBe("worse");
  });

  it.runIf(existsSync(file))(`the cascade's curve${title}`, async () => {
    const curve = cascadeCurve(await gsm8k());
    if (!curve) throw new Error("there are items");
    const percent = (share: number) => (share * 100).toFixed(1);
    expect(percent(curve.weak)).toBe("63.8");
    expect(percent(curve.strong)).toBe("85.7");
    expect(percent(curve.best.escalated)).toBe("29.0");
    expect(percent(curve.best.perfect)).toBe("92.9");
    expect(percent(curve.best.chance)).toBe("70.2");
    expect(curve.points[0]).toEqual({ escalated: 0, chance: curve.weak, perfect: curve.weak });
    expect(curve.points.at(-1)?.perfect).toBeCloseTo(curve.strong, 12);
    for (const { chance, perfect } of curve.points)
      expect(perfect).toBeGreaterThanOrEqual(chance - 1e-12);
  });
});

describe("a paired comparison", () => {
  it("calls a model no worse only when the whole interval is above the margin", () => {
    const good = comparePaired(pairs(900, 20, 25, 55), USUAL_RULE);
    expect(good).toMatchObject({ state: "measured", verdict: "no-worse", needed: null });
    const few = comparePaired(pairs(45, 2, 2, 1), USUAL_RULE);
    expect(few).toMatchObject({ state: "measured", verdict: "undecided" });
    const bad = comparePaired(pairs(500, 80, 10, 10), USUAL_RULE);
    expect(bad).toMatchObject({ state: "measured", verdict: "worse", needed: null });
  });

  it("takes graded labels by their differences", () => {
    const random = seeded(7);
    const items = Array.from({ length: 400 }, () => {
      const hard = random.next();
      return { current: 0.5 + hard / 4, candidate: 0.48 + hard / 4 + random.next() / 50 };
    });
    const outcome = comparePaired(pairLabels(items), USUAL_RULE);
    expect(outcome).toMatchObject({ state: "measured", verdict: "no-worse", mcnemar: null });
    if (outcome.state !== "measured") return;
    // Items are hard for both alike: the interval of the pairs is far narrower than the labels' spread.
    expect(outcome.interval.high - outcome.interval.low).toBeLessThan(0.002);
    expect(outcome.difference).toBeCloseTo(-0.01, 2);
  });

  it("is unknown without labels, and says what would settle it", () => {
    for (const items of [
      [],
      [
        { current: 1, candidate: null },
        { current: null, candidate: 0 },
      ],
    ]) {
      const outcome = comparePaired(pairLabels(items), USUAL_RULE);
      expect(outcome).toMatchObject({
        state: "unknown",
        reason: "no item was judged for both models",
        needed: { design: "paired", size: 3435 },
      });
    }
    expect(comparePaired(pairLabels([{ current: 0.5, candidate: 0.7 }]), USUAL_RULE).state).toBe(
      "unknown",
    );
  });

  it("decides nothing on one pair of right and wrong", () => {
    const outcome = comparePaired(pairs(1, 0, 0, 0), USUAL_RULE);
    expect(outcome).toMatchObject({ state: "measured", verdict: "undecided", difference: 0 });
    expect(JSON.stringify(outcome)).not.toMatch(/NaN|null,"high"/);
  });

  it("refuses labels that are none", () => {
    for (const label of [Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY]) {
      expect(() => pairLabels([{ current: label, candidate: 1 }])).toThrow(QualityLabelError);
      expect(() => modelLabels([1, label])).toThrow(QualityLabelError);
    }
  });
});

describe("a comparison of calls of their own", () => {
  const labels = (right: number, wrong: number) =>
    modelLabels([...Array(right).fill(1), ...Array(wrong).fill(0)]);

  it("gives Newcombe's interval and its verdict", () => {
    const outcome = compareIndependent(labels(48, 32), labels(56, 14), {
      ...USUAL_RULE,
      level: 0.95,
    });
    if (outcome.state !== "measured") throw new Error(outcome.reason);
    expect(outcome.interval.low).toBeCloseTo(0.0524, 4);
    expect(outcome.interval.high).toBeCloseTo(0.3339, 4);
    expect(outcome.verdict).toBe("no-worse");
    expect(outcome.own?.candidate.low).toBeCloseTo(0.6917, 3);
  });

  it("takes graded labels by Welch's interval", () => {
    const outcome = compareIndependent(
      modelLabels([0.5, 0.6, 0.7, 0.8]),
      modelLabels([0.4, 0.5, 0.45]),
      USUAL_RULE,
    );
    expect(outcome).toMatchObject({ state: "measured", verdict: "worse" });
  });

  it("is unknown when one side has no labels, never safe", () => {
    expect(compareIndependent(labels(90, 10), labels(0, 0), USUAL_RULE)).toMatchObject({
      state: "unknown",
      reason: "the candidate has no quality labels",
      needed: { design: "independent", size: 3435 },
    });
    expect(compareIndependent(labels(0, 0), labels(90, 10), USUAL_RULE).state).toBe("unknown");
  });
});

describe("the smallest sample", () => {
  it("is the one of the textbooks", () => {
    // (1.6449 + 0.8416)² × 2 × 0.25 ÷ 0.03² and × 0.1 ÷ 0.03².
    expect(independentSample(USUAL_RULE, null).size).toBe(3435);
    expect(pairedSample(USUAL_RULE, 0.1).size).toBe(687);
    // Julious 2004: α 2.5 %, power 90 %, margin 10 %, 85 % right: 268 a group by the same formula.
    expect(independentSample({ margin: 0.1, level: 0.95, power: 0.9 }, 0.85 * 0.15).size).toBe(268);
  });

  it("has the power it was made for", () => {
    const seed = 20260301;
    const random = seeded(seed);
    const size = pairedSample({ ...USUAL_RULE, margin: 0.05 }, 0.12).size;
    const trials = 400;
    let settled = 0;
    for (let trial = 0; trial < trials; trial++) {
      let [onlyCurrent, onlyCandidate] = [0, 0];
      for (let item = 0; item < size; item++) {
        const chance = random.next();
        if (chance < 0.06) onlyCurrent++;
        else if (chance < 0.12) onlyCandidate++;
      }
      const outcome = comparePaired(
        pairs(size - onlyCurrent - onlyCandidate, onlyCurrent, onlyCandidate, 0),
        { ...USUAL_RULE, margin: 0.05 },
      );
      if (outcome.state === "measured" && outcome.verdict === "no-worse") settled++;
    }
    // Three standard errors of 400 trials are 6 %.
    expect(settled / trials, `seed ${seed}`).toBeGreaterThan(0.74);
    expect(settled / trials, `seed ${seed}`).toBeLessThan(0.86);
  });
});

describe("the cost of a right answer", () => {
  it("pays for the wrong ones too", () => {
    const answers = [1, 1, 0, 1].map((below) => ({ above: 0.03, below }));
    expect(costPerRight(pairMomentsOf(answers), 0.9)).toMatchObject({
      state: "measured",
      usd: 0.04,
      right: 3,
      judged: 4,
    });
  });

  it("is unknown without prices or right answers, and has no bound on too few", () => {
    expect(costPerRight(pairMomentsOf([]), 0.9).state).toBe("unknown");
    expect(costPerRight(pairMomentsOf([{ above: 1, below: 0 }]), 0.9)).toEqual({
      state: "unknown",
      reason: "no judged answer was right",
    });
    const one = costPerRight(pairMomentsOf([{ above: 1, below: 1 }]), 0.9);
    expect(one).toMatchObject({ state: "measured", usd: 1, interval: null });
    const free = costPerRight(pairMomentsOf([1, 0, 1].map((below) => ({ above: 0, below }))), 0.9);
    expect(free).toMatchObject({ state: "measured", usd: 0 });
  });
});

describe("the comparison over a log", () => {
  const answer = (model: string, prompt: number, quality: number | null) =>
    aCall({ id: `${model}-${prompt}`, model, promptHash: `p${prompt}`, quality });

  it("pairs common prompts and takes the dearer model as the current one", async () => {
    const prompts = Array.from({ length: 60 }, (_, prompt) => prompt);
    const { source, scope } = heldLog([
      ...prompts.map((prompt) => answer("gpt-4o-mini", prompt, prompt % 10 === 0 ? 0 : 1)),
      ...prompts.map((prompt) => answer("gpt-4o", prompt, prompt % 12 === 0 ? 0 : 1)),
    ]);
    const { result } = await compareQuality(source, scope, {});
    const [only] = result.comparisons;
    expect(only).toMatchObject({
      name: "chat · openai/gpt-4o → openai/gpt-4o-mini",
      outcome: {
        design: "paired",
        judged: { current: 60 },
        mcnemar: { onlyCurrent: 5, onlyCandidate: 4 },
        verdict: "undecided",
      },
    });
    const [dear] = result.costs;
    // 55 of 60 right at $0.0035 each.
    expect(dear?.cost).toMatchObject({ state: "measured", right: 55 });
    if (dear?.cost.state === "measured") expect(dear.cost.usd).toBeCloseTo((60 * 0.0035) / 55, 12);
  });

  it("is unknown for models without labels, with the sample that would settle it", async () => {
    const { source, scope } = heldLog([answer("gpt-4o", 1, null), answer("gpt-4o-mini", 2, null)]);
    const { result, draft } = await compareQuality(source, scope, {});
    expect(result.comparisons[0]?.outcome).toMatchObject({ state: "unknown" });
    const sample = draft.values.find(({ key }) => key === "sample_needed");
    expect(sample).toMatchObject({ value: "3435", unit: "calls" });
    expect(draft.values.find(({ key }) => key === "no_worse")?.value).toBeNull();
  });
});
