import { normalQuantile } from "./statistics/distributions";
import { USUAL_LEVEL } from "./statistics/interval";

/** What a comparison has to show before a model counts as no worse. */
export interface QualityRule {
  /** A share of right answers (or mean label) this much lower still counts as no worse, 0–1. */
  margin: number;
  /** Confidence of the two-sided interval; being no worse is then shown at (1 + level) / 2, one-sided. */
  level: number;
  /** Chance that a sample of the stated size settles it when the two models are equally good. */
  power: number;
}

export const USUAL_RULE: QualityRule = { margin: 0.03, level: USUAL_LEVEL, power: 0.8 };

/** The smallest sample that settles a question, and what it was reckoned with. */
export interface SampleSize {
  design: "paired" | "independent";
  /** Items judged for both models when paired; judged calls of each model when independent. */
  size: number;
  rule: QualityRule;
  /** In plain words, for the receipt. */
  assuming: string;
}

/** Two models that are right on half of the items each, as if by two coins. */
const COINS_DISAGREE = 0.5;

/**
 * Items that both models must answer, n = (z₁₋α + z_power)² ψ ÷ margin², where ψ is the variance of one
 * item's difference: for right or wrong at equal quality, the share of items on which just one of the two
 * is right (Nam 1997, Biometrics 53, 1422–1430). Without labels ψ is 0.5: models that agree no more than
 * two coins do.
 */
export function pairedSample(rule: QualityRule, variance: number | null): SampleSize {
  const known = variance ?? COINS_DISAGREE;
  return {
    design: "paired",
    size: Math.max(1, Math.ceil((standardErrors(rule) ** 2 * known) / rule.margin ** 2)),
    rule,
    assuming:
      variance === null
        ? "equal quality, the two models agreeing no more than two coins do"
        : "equal quality, the two models disagreeing as often as observed",
  };
}

/**
 * Judged calls of each model, n = (z₁₋α + z_power)² · 2 p(1 − p) ÷ margin² (Blackwelder 1982; Chow, Shao and
 * Wang, Sample Size Calculations, 4.2). Without labels p is 0.5, the worst case. `variance` is that of one
 * label, p(1 − p) for right or wrong.
 */
export function independentSample(rule: QualityRule, variance: number | null): SampleSize {
  const known = variance ?? 0.25;
  return {
    design: "independent",
    size: Math.max(1, Math.ceil((standardErrors(rule) ** 2 * 2 * known) / rule.margin ** 2)),
    rule,
    assuming:
      variance === null
        ? "equal quality, half of the answers right (the worst case)"
        : "equal quality, labels that vary as observed",
  };
}

/** What is counted, and what it was reckoned with: a note for the receipt. */
export function sampleNote({ design, assuming, rule }: SampleSize): string {
  const what = design === "paired" ? "prompts judged for both" : "judged calls of each model";
  return `${what}, at a power of ${rule.power * 100} %; ${assuming}`;
}

function standardErrors({ level, power }: QualityRule): number {
  return normalQuantile((1 + level) / 2) + normalQuantile(power);
}
