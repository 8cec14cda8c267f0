import { draftOf } from "./draft";
import { type BudgetOutcome, budgetCrossing } from "./growth-budget";
import { growthFigures } from "./growth-figures";
import { type Forecast, forecast, MOST_AHEAD } from "./growth-forecast";
import { againstLimits, type ModelLimits } from "./growth-limits";
import {
  daysBetween,
  type FactorSpend,
  factorSpend,
  type MonthSpend,
  monthEnd,
  monthOf,
} from "./growth-months";
import { checkGrowthQuestion, type GrowthQuestion } from "./growth-question";
import { wholeDays } from "./growth-series";
import type { Analysis } from "./results";
import type { RateRow } from "./source";

export interface ProjectSpendResult {
  question: GrowthQuestion;
  /** Daily spend by its trend, from the log's last day on (which counts as projected: it may be incomplete). */
  forecast: Forecast;
  gaps: number;
  unpricedCalls: number;
  /** The month of the log's last day; null without a projection. */
  month: MonthSpend | null;
  /** Of that month; null when none was stated, or without a projection. */
  budget: BudgetOutcome | null;
  /** The month after it at the stated factor; null when none was stated. */
  factor: FactorSpend | null;
  rates: RateRow[];
  /** Stated limits against the log's traffic times the factor, if one was stated. */
  limits: ModelLimits[];
}

/**
 * Where spend and traffic are going: spend by month end from weekday levels and a linear trend (or a stated factor on
 * the last four weeks), when the month's budget is crossed, and requests and tokens per minute against stated limits.
 * Throws GrowthQuestionError.
 *
 * Keys (segment null): `history_days`, `gap_days`, `days_needed`, `weekly_growth`, `spent_this_month`, `month_end`,
 * `month_end_low`, `month_end_high`, `back_test_error`, `back_test_weeks`, `budget`, `budget_crossed`,
 * `budget_crossed_earliest`, `budget_crossed_latest`, `next_month`, `next_month_low`, `next_month_high`. Per segment
 * (model): `requests_p50`, `requests_p99`, `requests_peak`, `tokens_p50`, `tokens_p99`, `tokens_peak`, and where a
 * limit was stated `requests_headroom`, `tokens_headroom`.
 */
export const projectSpend: Analysis<Partial<GrowthQuestion>, ProjectSpendResult> = async (
  source,
  scope,
  params,
  signal,
) => {
  const question = checkGrowthQuestion(params);
  const [daily, rates] = await Promise.all([
    source.query(
      scope,
      { measures: ["spend", "priced_calls", "unpriced_calls"], grain: "day" },
      signal,
    ),
    source.rates(scope, signal),
  ]);
  const days = daily.rows.map(({ at, values }) => ({
    at: at ?? 0,
    value: values.spend === null ? null : Number(values.spend),
  }));
  const whole = wholeDays(days);
  const end = days.at(-1)?.at ?? 0;
  const month = monthOf(end);
  const spent = days
    .filter(({ at }) => at >= month.from && at < end)
    .reduce((sum, { value }) => sum + (value ?? 0), 0);
  const tooShort: Forecast = {
    state: "unknown",
    reason: days.length === 0 ? "no calls in range" : "the log has no whole day",
  };
  const isPriced = daily.rows.some(({ values }) => values.priced_calls > 0);
  const projected: Forecast =
    days.length > 0 && !isPriced
      ? { state: "unknown", reason: "unpriced: no price is known for these models" }
      : whole
        ? forecast(whole.series, { days: MOST_AHEAD, trend: "linear", level: question.level })
        : tooShort;
  const next = monthOf(end, 1);
  const result: ProjectSpendResult = {
    question,
    forecast: projected,
    gaps: whole?.gaps ?? 0,
    unpricedCalls: daily.rows.reduce((sum, { values }) => sum + values.unpriced_calls, 0),
    month: projected.state === "projected" ? monthEnd(month, spent, projected.days) : null,
    budget:
      question.budgetUsd !== null && projected.state === "projected"
        ? budgetCrossing(
            question.budgetUsd,
            spent,
            projected.days.slice(0, daysBetween(end, month.to)),
          )
        : null,
    factor:
      question.factor !== null && whole && isPriced
        ? factorSpend(whole.series, next, question.factor, question.level)
        : null,
    rates: rates.rows,
    limits: againstLimits(rates.rows, question.limits, question.factor ?? 1),
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: "project-spend",
      what: "Spend by month end, the budget's day, and traffic per minute against limits, projected from the log's own days",
      ground: question.factor === null ? "simulated" : "assumed",
      formula:
        "spend of a day = level of its weekday × (1 + slope × days from the middle), fitted by quasi-likelihood; interval of a sum of days by Student's t from the days' scatter, the fit's uncertainty and the likeness of neighbouring days",
      answers: [daily, rates],
      chosen: { budgetUsd: question.budgetUsd, factor: question.factor, level: question.level },
      assumptions: [
        "What drove the past weeks goes on: no price change, launch or outage is foreseen.",
        "The log's first and last day are left out of the fit, as they may be incomplete.",
        "Days without calls are holes in the log where that weekday usually has calls, else zero.",
        ...(question.factor === null
          ? []
          : [
              `Usage of the next month is ${question.factor} times that of the last four weeks, as stated.`,
            ]),
      ],
      segmentLabel: "model",
      figures: growthFigures(result),
    }),
  };
};
