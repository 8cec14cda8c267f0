import {
  costOf,
  dayShocks,
  normal,
  type PlantedDays,
  type PlantedTraffic,
  plantedCalls,
} from "../../../db/demo";
import { Chance } from "../../../db/demo/random";
import { PICO_PER_USD } from "../../../db/prices";
import { forecast } from "../../../party/analysis/growth-forecast";
import { compareIndependent, comparePaired } from "../../../party/analysis/quality-comparison";
import { modelLabels, pairLabels } from "../../../party/analysis/quality-labels";
import { USUAL_RULE } from "../../../party/analysis/quality-sample";
import type { Interval } from "../../../party/analysis/statistics/interval";
import { DAY_MS } from "../../../party/analysis/statistics/seasonal-trend";
import { verify } from "../../../party/analysis/verification";
import type { DayCost, DayPair } from "../../../party/analysis/verification-effect";

/** One interval and the planted amount that it should hold. */
export interface Trial {
  interval: Interval;
  truth: number;
}

/** A kind of figure with an interval, tried by seed. */
export type Trials = Record<string, (seed: number) => Trial>;

const start = Date.UTC(2026, 0, 5);
const usd = (pico: bigint) => Number(pico) / Number(PICO_PER_USD);

const assistant: PlantedTraffic = {
  feature: "assistant",
  provider: "openai",
  model: "gpt-4o",
  callsPerDay: 40,
  trend: 0.004,
  dayShock: 0.08,
  persistence: 0.2,
  inputTokens: 3_000,
  outputTokens: 300,
};
const search: PlantedTraffic = {
  ...assistant,
  feature: "search",
  model: "gpt-4.1",
  callsPerDay: 60,
};

/** Cost of each day of a feature's calls. */
function dailyCost(
  days: PlantedDays,
  traffic: PlantedTraffic,
  shocks: readonly number[],
): DayCost[] {
  const byDay = Array.from({ length: days.days }, () => ({ units: 0, calls: 0, costUsd: 0 }));
  for (const call of plantedCalls(days, traffic, shocks)) {
    const day = byDay[Math.floor((call.time - days.start) / DAY_MS)];
    if (!day) throw new Error("a call lies within its days");
    day.units += 1;
    day.calls += 1;
    day.costUsd += usd(costOf([call]));
  }
  return byDay;
}

/** Eight weeks are known, the spend of the next thirty days is the truth. */
function spendOfThirtyDays(seed: number, traffic: PlantedTraffic): Trial {
  const days = { seed, start, days: 86 };
  const values = dailyCost(days, traffic, dayShocks(days, traffic, 1)).map(
    ({ costUsd }) => costUsd,
  );
  const outcome = forecast(
    { start, values: values.slice(0, 56) },
    { days: 30, trend: "linear", level: 0.9 },
  );
  const last = outcome.state === "projected" ? outcome.days.at(-1) : undefined;
  if (!last) throw new Error("eight weeks are enough");
  return { interval: last.interval, truth: values.slice(56).reduce((sum, cost) => sum + cost, 0) };
}

/** Four weeks before and after a change that saves a tenth to a half; half of the days' shocks are everybody's. */
function savingOfAChange(seed: number, weeks: number): Trial {
  const days = { seed, start, days: weeks * 14 };
  const everybody = dayShocks(days, assistant, 1);
  const own = (stream: number) => {
    const shocks = dayShocks(days, { dayShock: 0.05, persistence: 0.2 }, stream);
    return everybody.map((shock, day) => shock * (shocks[day] ?? 1));
  };
  // Everything gets dearer by 15 % at the same time: what before and after alone would blame on the change.
  const drift = (day: number) => (day < weeks * 7 ? 1 : 1.15);
  const changed = dailyCost(
    days,
    assistant,
    own(2).map((shock, day) => shock * drift(day)),
  );
  const untouched = dailyCost(
    days,
    search,
    own(3).map((shock, day) => shock * drift(day)),
  );
  const share = 0.1 + 0.4 * new Chance(seed, 9).next();
  let truth = 0;
  const pairs = changed.map((day, index): DayPair => {
    const saved = index < weeks * 7 ? 0 : day.costUsd * share;
    truth += saved;
    return {
      at: start + index * DAY_MS,
      changed: { ...day, costUsd: day.costUsd - saved },
      untouched: untouched[index] ?? { units: 0, calls: 0, costUsd: 0 },
    };
  });
  const outcome = verify(
    { before: pairs.slice(0, weeks * 7), after: pairs.slice(weeks * 7) },
    { low: share / 2, high: share },
    0.9,
  );
  const realised =
    outcome.state === "verified"
      ? outcome.realised
      : outcome.state === "too-early"
        ? outcome.soFar
        : null;
  if (!realised) throw new Error("whole weeks were compared");
  return { interval: realised.savedInterval, truth };
}

/** Right or wrong on the same prompts, some hard for both; the truth is what an endless log would show. */
function pairedQuality(seed: number): Trial {
  const chance = new Chance(seed, 21);
  const [hard, loss] = [0.2 + 0.3 * chance.next(), 0.1 * chance.next()];
  const right = (isHard: boolean, isCandidate: boolean) =>
    (isHard ? 0.5 : 0.95) - (isCandidate ? loss : 0);
  const items = Array.from({ length: 120 + chance.below(400) }, () => {
    const isHard = chance.happens(hard);
    return {
      current: Number(chance.happens(right(isHard, false))),
      candidate: Number(chance.happens(right(isHard, true))),
    };
  });
  const outcome = comparePaired(pairLabels(items), USUAL_RULE);
  if (outcome.state !== "measured") throw new Error(outcome.reason);
  return { interval: outcome.interval, truth: -loss };
}

function independentQuality(seed: number): Trial {
  const chance = new Chance(seed, 22);
  const [current, candidate] = [0.6 + 0.35 * chance.next(), 0.6 + 0.35 * chance.next()];
  const labels = (share: number) =>
    modelLabels(
      Array.from({ length: 60 + chance.below(300) }, () => Number(chance.happens(share))),
    );
  const outcome = compareIndependent(labels(current), labels(candidate), USUAL_RULE);
  if (outcome.state !== "measured") throw new Error(outcome.reason);
  return { interval: outcome.interval, truth: candidate - current };
}

function gradedQuality(seed: number): Trial {
  const chance = new Chance(seed, 23);
  const clamp = (label: number) => Math.min(1, Math.max(0, label));
  const items = Array.from({ length: 40 + chance.below(200) }, () => {
    const hard = 0.15 * normal(chance);
    return {
      current: clamp(0.53 + hard + 0.05 * normal(chance)),
      candidate: clamp(0.5 + hard + 0.05 * normal(chance)),
    };
  });
  const outcome = comparePaired(pairLabels(items), USUAL_RULE);
  if (outcome.state !== "measured") throw new Error(outcome.reason);
  // Labels are cut at 0 and 1, more than three deviations away: the mean difference stays −0.03.
  return { interval: outcome.interval, truth: -0.03 };
}

export const trials: Trials = {
  "forecast: spend of 30 days from 8 weeks": (seed) => spendOfThirtyDays(seed, assistant),
  "forecast: the same without trend or likeness of days": (seed) =>
    spendOfThirtyDays(seed, { ...assistant, trend: 0, persistence: 0 }),
  "forecast: the same with days twice as uneven": (seed) =>
    spendOfThirtyDays(seed, { ...assistant, dayShock: 0.16, persistence: 0.3 }),
  "verification: 4 weeks on either side": (seed) => savingOfAChange(seed, 4),
  "verification: 2 weeks on either side": (seed) => savingOfAChange(seed, 2),
  "verification: 1 week on either side": (seed) => savingOfAChange(seed, 1),
  "quality: pairs of right or wrong": pairedQuality,
  "quality: calls of their own": independentQuality,
  "quality: graded pairs": gradedQuality,
};

/** How many of the trials' intervals hold the truth, and how many lie wholly above or below it. */
export function coverage(trial: (seed: number) => Trial, seeds: number) {
  let [held, above, below] = [0, 0, 0];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { interval, truth } = trial(seed);
    if (interval.low > truth) above += 1;
    else if (interval.high < truth) below += 1;
    else held += 1;
  }
  return { share: held / seeds, above: above / seeds, below: below / seeds };
}
