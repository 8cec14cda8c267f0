import { formatUsd, type Pico } from "../../db/prices";
import { draftOf } from "./draft";
import { Figures, percentText } from "./figures";
import { checkGoal, type Goal, type GoalState, keepsQuality, type Today } from "./goal-check";
import { effectOf, type OptionEffect, type PlanOption, planOf } from "./goal-options";
import { jointQuestion } from "./joint-plan";
import { askJudgedLog } from "./judged-log";
import { amount, ordered } from "./lever";
import { FINE, type PlanCase } from "./plan-cost";
import { checkPlan, PlanInputError } from "./plan-input";
import { savedBy } from "./plan-outcomes";
import { termsOf } from "./plan-terms";
import { askModels, askTotals } from "./profile-questions";
import type { Analysis, GoalResult, PlanOutline } from "./results";
import { floorDivide } from "./shapley";
import type { JointRow } from "./source";

export interface GoalParams {
  goals: readonly Goal[];
  /** What a plan may take; every subset is reckoned. */
  options: readonly PlanOption[];
}

const MOST_OPTIONS = 10;
/** Classes times subsets; about five seconds of arithmetic. */
const MOST_VALUATIONS = 2_000_000;
const MOST_ON_FRONT = 20;
const FARTHEST = 1_000;

/** A plan as it is weighed. */
interface Weighed {
  options: PlanOption[];
  effects: OptionEffect[];
  saved: Pico;
  states: GoalState[];
  risk: number;
}

/**
 * The least risky plan that meets the goals, the Pareto front of cost, latency and risk, or the proof that the
 * log shows no way, with the nearest miss: every subset of the offered options is reckoned as a joint plan
 * is, so that "no way" is a statement about all of them. Savings are the central ones.
 *
 * Risk, least first: fewer options whose effect on quality is unknown or worse; then fewer assumed; then fewer that
 * give other answers, though labels show them to be as good; then fewer simulated; then fewer measured ones. Among equals the larger saving. All options can be undone by a setting.
 * The nearest miss leaves the fewest goals unmet, then misses them by the least in sum; an unknown counts as farther off than any known miss.
 *
 * Throws PlanInputError for goals or options that cannot be reckoned.
 *
 * Keys (segment null): `cost`, `plans`, `met` (1 or 0), and of the plan or nearest miss `saving`, `saving_low`, `share`.
 * Keys per segment (`goal N`): `value`, `asked`, `shortfall`. Per segment (`plan N`): those on the front: `saving`, `risk`.
 */
export const solveGoals: Analysis<GoalParams, GoalResult> = async (
  source,
  scope,
  { goals, options },
  signal,
) => {
  checkGoals(goals, options);
  const params = planOf(options);
  if (options.length > 0) checkPlan(params);
  const needsModels = params.levers.includes("prompt-cache");
  const [totals, profiles, features, models] = await Promise.all([
    askTotals(source, scope, signal),
    source.modelProfiles(scope, signal),
    source.query(
      scope,
      {
        measures: ["calls", "latency_p50", "latency_p95"],
        dimensions: ["feature"],
        orderBy: [{ by: "calls" }],
        limit: 1_000,
      },
      signal,
    ),
    needsModels ? askModels(source, scope, signal) : null,
  ]);
  const at = totals.rows[0]?.lastAt ?? 0;
  const question = jointQuestion(params, termsOf(params, at), models?.rows ?? null, at);
  const moves = options.some(({ lever }) => lever === "model-swap");
  const [answer, { judged, answers: labels }] = await Promise.all([
    source.jointUsage(scope, question, signal),
    askJudgedLog(source, scope, moves ? profiles.rows : [], signal),
  ]);
  if (answer.rows.length * 2 ** options.length > MOST_VALUATIONS) {
    throw new PlanInputError(
      "options",
      "too many for the number of features and models: offer fewer",
    );
  }
  const cost = answer.rows.reduce((sum, row) => sum + amount(row.costUsd), 0n);
  const today: Today = {
    profiles: profiles.rows,
    judged,
    latency: new Map(
      features.rows.flatMap(({ segment: [feature = ""], values }) =>
        values.latency_p50 === null || values.latency_p95 === null
          ? []
          : [[feature, { p50: values.latency_p50, p95: values.latency_p95 }]],
      ),
    ),
    costUsd: formatUsd(cost),
    at,
  };
  const result = search(answer.rows, goals, options, today);
  return {
    result,
    draft: draftOf(scope, {
      tool: "solve-goals",
      what: "The least risky of all plans from the offered options that meets the goals",
      ground: "simulated",
      formula:
        "over every subset of the options: saving as in the joint plan; latency ≤ the slowest segment as measured on its model; least risk first",
      answers: [totals, profiles, features, ...(models ? [models] : []), ...labels, answer],
      chosen: { goals: [...goals], options: [...options] },
      assumptions: [
        "Savings are central ones; the low one stands beside that of the plan.",
        "Unknown latency and unknown quality meet no goal. Latency of a moved segment is that measured on the other model for the same feature.",
        "Cached and cut answers are taken to be no slower than today; a batch may take a day.",
      ],
      segmentLabel: "goal or plan",
      figures: goalFigures(result, goals),
    }),
  };
};

function checkGoals(goals: readonly Goal[], options: readonly PlanOption[]): void {
  if (goals.length === 0) throw new PlanInputError("goals", "state at least one");
  if (options.length > MOST_OPTIONS)
    throw new PlanInputError("options", `offer at most ${MOST_OPTIONS}`);
  for (const [index, goal] of goals.entries()) {
    if (goal.kind === "cost-cut" && !(goal.percent > 0 && goal.percent <= 100))
      throw new PlanInputError(`goals[${index}].percent`, "must be above 0 and at most 100");
    if (goal.kind === "latency" && !(goal.ms > 0 && Number.isFinite(goal.ms)))
      throw new PlanInputError(`goals[${index}].ms`, "must be a number above 0");
  }
}

function search(
  rows: readonly JointRow[],
  goals: readonly Goal[],
  options: readonly PlanOption[],
  today: Today,
): GoalResult {
  const none = { plans: 0, costUsd: null, plan: null, nearest: null, front: [] };
  if (rows.length === 0) {
    return { ...none, outcome: "unavailable", reason: "no call in range has a price" };
  }
  const effects = options.map((option) => effectOf(option, today.profiles, today.judged, today.at));
  const weighed = Array.from({ length: 2 ** options.length }, (_, set): Weighed => {
    const isIn = (_option: unknown, index: number) => (set & (1 << index)) !== 0;
    const chosen = options.filter(isIn);
    const own = effects.filter(isIn);
    const saved = savedWith(rows, chosen, "central", today.at);
    const states = goals.map((goal) => checkGoal(goal, chosen, own, saved, today));
    return { options: chosen, effects: own, saved, states, risk: riskOf(own) };
  });
  const outline = (one: Weighed) => outlineOf(one, rows, today);
  const meeting = weighed.filter(({ states }) => states.every(({ state }) => state === "met"));
  const best = meeting.sort(byRisk)[0];
  const nearest = best ? null : weighed.sort(byMiss)[0];
  return {
    outcome: best ? "met" : "no-way",
    reason: best
      ? null
      : `none of the ${weighed.length} plans that the offered options make meets every goal`,
    plans: weighed.length,
    costUsd: today.costUsd,
    plan: best ? outline(best) : null,
    nearest: nearest ? outline(nearest) : null,
    front: frontOf(weighed, goals).slice(0, MOST_ON_FRONT).map(outline),
  };
}

function savedWith(
  rows: readonly JointRow[],
  options: readonly PlanOption[],
  which: PlanCase,
  at: number,
): Pico {
  const params = planOf(options);
  const levers = new Set(params.levers);
  const saved = savedBy(rows, (lever) => levers.has(lever), which, termsOf(params, at));
  return floorDivide(saved, FINE);
}

/** One number that orders as the docstring says; a plan has at most ten options. */
function riskOf(effects: readonly OptionEffect[]): number {
  const count = (holds: (effect: OptionEffect) => boolean) => effects.filter(holds).length;
  return (
    count((effect) => !keepsQuality(effect)) * 100_000_000 +
    count(({ ground }) => ground === "assumed") * 1_000_000 +
    count(({ quality }) => quality === "no-worse") * 10_000 +
    count(({ ground }) => ground === "simulated") * 100 +
    count(({ ground }) => ground === "measured")
  );
}

function byRisk(a: Weighed, b: Weighed): number {
  return a.risk - b.risk || Number(b.saved > a.saved) - Number(a.saved > b.saved);
}

function byMiss(a: Weighed, b: Weighed): number {
  const unmet = ({ states }: Weighed) => states.filter(({ state }) => state !== "met").length;
  // A known miss can be told how far it is; an unknown may be any, so it is behind all that is known.
  const missed = ({ states }: Weighed) =>
    states.reduce((sum, one) => sum + (one.state === "unknown" ? FARTHEST : one.shortfall), 0);
  return unmet(a) - unmet(b) || missed(a) - missed(b) || byRisk(a, b);
}

/** Plans that no other beats in one of saving, latency and risk without losing in another. The largest saving first. */
function frontOf(weighed: readonly Weighed[], goals: readonly Goal[]): Weighed[] {
  /** Of the latency goals, the slowest against its bound; what is not known is behind all that is. */
  const slowness = ({ states }: Weighed) =>
    goals.reduce((most, goal, index) => {
      if (goal.kind !== "latency") return most;
      return Math.max(most, (states[index]?.value ?? Number.POSITIVE_INFINITY) / goal.ms);
    }, 0);
  const beats = (a: Weighed, b: Weighed) =>
    a.saved >= b.saved &&
    slowness(a) <= slowness(b) &&
    a.risk <= b.risk &&
    (a.saved > b.saved || slowness(a) < slowness(b) || a.risk < b.risk);
  return weighed
    .filter((one) => !weighed.some((other) => beats(other, one)))
    .sort((a, b) => Number(b.saved > a.saved) - Number(a.saved > b.saved) || a.risk - b.risk);
}

function outlineOf(one: Weighed, rows: readonly JointRow[], today: Today): PlanOutline {
  const low = savedWith(rows, one.options, "low", today.at);
  const cost = rows.reduce((sum, row) => sum + amount(row.costUsd), 0n);
  return {
    options: one.effects.map(({ name, ground, quality }) => ({ name, ground, quality })),
    savingUsd: formatUsd(one.saved),
    savingLowUsd: formatUsd(ordered({ low, saving: one.saved, high: one.saved }).low),
    share: percentText(one.saved, cost),
    risk: one.risk,
    goals: one.states,
  };
}

function goalFigures(result: GoalResult, goals: readonly Goal[]): Figures {
  const figures = new Figures();
  const note = result.reason ?? undefined;
  figures.usd(null, "cost", "cost in range", result.costUsd, note);
  figures.add(null, "plans", "plans reckoned", "count", result.plans);
  figures.add(
    null,
    "met",
    "whether a plan meets every goal",
    "count",
    result.outcome === "met" ? 1 : 0,
    note,
  );
  const shown = result.plan ?? result.nearest;
  const what = result.plan ? "plan" : "nearest miss";
  figures.usd(null, "saving", `saving of the ${what}`, shown?.savingUsd ?? null, note);
  figures.usd(null, "saving_low", `saving of the ${what}, low`, shown?.savingLowUsd ?? null, note);
  figures.add(
    null,
    "share",
    `share of cost saved by the ${what}`,
    "percent",
    shown?.share ?? null,
    shown?.share ? undefined : (note ?? "no priced cost to take a share of"),
  );
  for (const [index, state] of (shown?.goals ?? []).entries()) {
    const goal = goals[index];
    if (!goal || goal.kind === "quality") continue;
    const unit = goal.kind === "latency" ? "ms" : "percent";
    const segment = `goal ${index + 1}`;
    const asked = goal.kind === "latency" ? goal.ms : goal.percent;
    figures.add(segment, "asked", goal.kind, unit, asked);
    figures.add(
      segment,
      "value",
      `${goal.kind} of the ${what}`,
      unit,
      state.value,
      state.value === null ? "unknown: the log does not tell" : undefined,
    );
  }
  for (const [index, plan] of result.front.entries()) {
    figures.usd(`plan ${index + 1}`, "saving", "saving", plan.savingUsd);
    figures.add(`plan ${index + 1}`, "risk", "risk, for ordering", "count", plan.risk);
  }
  return figures;
}
