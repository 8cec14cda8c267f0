import { Figures } from "./figures";
import type { Forecast } from "./growth-forecast";
import type { LimitOutcome } from "./growth-limits";
import { modelName, SegmentNames } from "./names";
import type { ProjectSpendResult } from "./project-spend";
import type { RateLevels } from "./source";

const MOST_MODELS = 60;

/** The evidence of a projection: what is not known stands there with its reason. */
export function growthFigures(result: ProjectSpendResult): Figures {
  const figures = new Figures();
  addForecast(figures, result.forecast, result.gaps);
  addMonth(figures, result);
  if (result.question.budgetUsd !== null) addBudget(figures, result);
  if (result.question.factor !== null) addFactor(figures, result);
  addRates(figures, result);
  return figures;
}

function addForecast(figures: Figures, forecast: Forecast, gaps: number): void {
  const known = forecast.state === "projected" ? forecast : null;
  const note = forecast.state === "projected" ? undefined : forecast.reason;
  const history = forecast.state === "unknown" ? null : forecast.known;
  figures.add(null, "history_days", "whole days it stands on", "count", history, note);
  figures.add(null, "gap_days", "days taken for holes in the log", "count", gaps);
  const needed = forecast.state === "too-short" ? forecast.needed : known ? 0 : null;
  figures.add(null, "days_needed", "more whole days needed", "count", needed, note);
  figures.add(
    null,
    "weekly_growth",
    "growth per week",
    "percent",
    known && known.weeklyGrowth * 100,
    note,
  );
  const tried = known?.backTest ?? null;
  const untried = note ?? "the history is too short to try the method on itself";
  figures.add(
    null,
    "back_test_error",
    "mean error of the method over the history's last weeks",
    "percent",
    tried?.error == null ? null : tried.error * 100,
    tried?.error == null ? untried : undefined,
  );
  figures.add(
    null,
    "back_test_weeks",
    "weeks it was tried on",
    "count",
    tried?.weeks ?? null,
    tried ? undefined : untried,
  );
}

function addMonth(figures: Figures, { month, forecast, unpricedCalls }: ProjectSpendResult): void {
  const note =
    month === null
      ? forecast.state === "projected"
        ? "the month has ended"
        : forecast.reason
      : unpricedCalls > 0
        ? `leaves out ${unpricedCalls} unpriced calls`
        : undefined;
  const usd = (key: string, label: string, value: number | null) =>
    figures.usd(null, key, label, value === null ? null : cents(value), note);
  usd("spent_this_month", "spent before the projected days", month?.spent ?? null);
  usd("month_end", "spend by month end", month?.total ?? null);
  usd("month_end_low", "spend by month end, low", month?.interval.low ?? null);
  usd("month_end_high", "spend by month end, high", month?.interval.high ?? null);
}

function addBudget(figures: Figures, { question, budget, forecast }: ProjectSpendResult): void {
  figures.usd(null, "budget", "budget of the month, as stated", cents(question.budgetUsd ?? 0));
  const date = (key: string, label: string, at: number | null, note: string) =>
    figures.add(
      null,
      key,
      label,
      "date",
      at === null ? null : new Date(at).toISOString(),
      at === null ? note : undefined,
    );
  const without =
    budget === null
      ? forecast.state === "projected"
        ? "the month has ended"
        : forecast.reason
      : budget.state === "already-crossed"
        ? "the budget is already crossed"
        : "not within this month";
  const crosses = budget?.state === "crosses" ? budget : null;
  date("budget_crossed", "day the budget is crossed", crosses?.at ?? null, without);
  date("budget_crossed_earliest", "earliest day", crosses?.earliest ?? null, without);
  date("budget_crossed_latest", "latest day", crosses?.latest ?? null, without);
}

function addFactor(figures: Figures, { factor, forecast }: ProjectSpendResult): void {
  const known = factor?.state === "projected" ? factor : null;
  const note =
    factor?.state === "unknown"
      ? factor.reason
      : factor === null && forecast.state !== "projected"
        ? forecast.reason
        : undefined;
  const usd = (key: string, label: string, value: number | null) =>
    figures.usd(null, key, label, value === null ? null : cents(value), note);
  usd("next_month", "spend of the next month at the stated factor", known?.total ?? null);
  usd("next_month_low", "the same, low", known?.interval.low ?? null);
  usd("next_month_high", "the same, high", known?.interval.high ?? null);
}

function addRates(figures: Figures, { rates, limits }: ProjectSpendResult): void {
  const names = new SegmentNames();
  for (const row of rates.slice(0, MOST_MODELS)) {
    const name = names.name(modelName(row.provider, row.model), "");
    const levels = (key: string, label: string, unit: "calls" | "tokens", rate: RateLevels) => {
      figures.add(name, `${key}_p50`, `${label}, half of all minutes below`, unit, rate.p50);
      figures.add(name, `${key}_p99`, `${label}, 99 % of all minutes below`, unit, rate.p99);
      figures.add(name, `${key}_peak`, `${label}, busiest minute`, unit, rate.peak);
    };
    levels("requests", "requests per minute", "calls", row.requestsPerMinute);
    levels("tokens", "tokens per minute", "tokens", row.tokensPerMinute);
    const stated = limits.find(
      ({ provider, model }) => provider === row.provider && model === row.model,
    );
    if (!stated) continue;
    addHeadroom(figures, name, "requests", stated.requests);
    addHeadroom(figures, name, "tokens", stated.tokens);
  }
}

function addHeadroom(figures: Figures, name: string, key: string, outcome: LimitOutcome): void {
  const headroom = outcome.state === "measured" ? outcome.headroom : null;
  figures.add(
    name,
    `${key}_headroom`,
    `growth of ${key} until the busiest minute meets the limit`,
    "ratio",
    headroom,
    headroom === null
      ? outcome.state === "unknown"
        ? outcome.reason
        : "no traffic to grow"
      : undefined,
  );
}

/** A projection carries no more digits than these. */
function cents(usd: number): string {
  return usd.toFixed(usd < 1 ? 6 : 2);
}
