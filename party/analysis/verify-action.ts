import type { QueryFilter } from "../../db/call-query";
import { draftOf } from "./draft";
import type { Analysed } from "./results";
import type { Answer, CallSource, Scope } from "./source";
import { DAY_MS } from "./statistics/seasonal-trend";
import { type Verification, verify } from "./verification";
import type { DayCost, DayPair } from "./verification-effect";
import { verificationFigures } from "./verification-figures";

/** What was promised when an action was accepted, and what has been done since. Times are Unix ms. */
export interface ActionPromise {
  lever: string;
  /** The feature whose calls it changes; null when it changes calls of all features. */
  feature: string | null;
  /** Saving over the baseline, USD. */
  savingLowUsd: number;
  savingHighUsd: number;
  /** The calls that the promise was computed on; null is open. */
  baseline: { from: number | null; to: number | null };
  acceptedAt: number;
  doneAt: number;
  /** Features that other accepted actions change, which therefore are nothing to compare with; null means all of them. */
  alsoChanged: readonly string[] | null;
  /** Confidence of the intervals, 0–1. */
  level: number;
}

/** Days that the cost before is taken from: longer ago the work was another. */
const DAYS_BEFORE = 56;

/** What a lever's cost is taken per, so that more work alone does not look like less saving. */
type Unit = "call" | "successful-call" | "day";

function unitOf(lever: string): Unit {
  switch (lever) {
    case "retry-waste":
      return "successful-call";
    case "response-cache":
      // A call that the cache answers is in no log any more: cost per call would not fall.
      return "day";
    default:
      return "call";
  }
}

/**
 * Whether an action brought what it promised: cost per call (per successful call for retries, per day for a response
 * cache) of its feature before it was accepted and after it was done, less what the untouched features did meanwhile
 * (`verification.ts`). Whole UTC days only; those between acceptance and completion, and the log's last, are left out.
 *
 * Keys (segment null): `realised`, `realised_low`, `realised_high`, `promised_low`, `promised_high`,
 * `realised_share`, `realised_share_low`, `realised_share_high`, `cost_after`, `calls_after`, `weeks_before`,
 * `weeks_after`, `calls_needed`, `kept` (1 or 0; null while it is too early or unknown).
 */
export async function verifyAction(
  source: Pick<CallSource, "query">,
  scope: Scope,
  promise: ActionPromise,
  signal?: AbortSignal,
): Promise<Analysed<Verification>> {
  const own: QueryFilter[] =
    promise.feature === null ? [] : [{ dimension: "feature", in: [promise.feature] }];
  const unit = unitOf(promise.lever);
  const base = await source.query(
    scope,
    { measures: ["spend"], filters: own, range: promise.baseline },
    signal,
  );
  const changed = await askDays(source, scope, own, signal);
  const untouched =
    promise.feature === null || promise.alsoChanged === null
      ? null
      : await askDays(
          source,
          scope,
          [{ dimension: "feature", notIn: [promise.feature, ...promise.alsoChanged] }],
          signal,
        );
  const baselineUsd = Number(base.rows[0]?.values.spend ?? 0);
  const days = pairsOf(changed.rows, untouched?.rows ?? [], unit);
  const share = (usd: number) => Math.min(1, Math.max(0, usd / baselineUsd));
  const result: Verification =
    baselineUsd > 0
      ? verify(
          partsOf(days, promise),
          { low: share(promise.savingLowUsd), high: share(promise.savingHighUsd) },
          promise.level,
        )
      : {
          state: "unknown",
          reason:
            "the calls that the promise was computed on are gone, cost nothing or are unpriced",
        };
  return {
    result,
    draft: draftOf(scope, {
      tool: "verify-action",
      what: "What an action saved against what it promised, by the days before it was accepted and after it was done",
      ground: "measured",
      formula:
        "share saved = 1 − exp(Δ), Δ = ln(cost per unit after ÷ before) of the changed feature less that of the untouched ones; saved = cost after × (exp(−Δ) − 1); interval by Student's t over days",
      answers: untouched ? [base, changed, untouched] : [base, changed],
      chosen: {
        unit,
        feature: promise.feature,
        acceptedAt: promise.acceptedAt,
        doneAt: promise.doneAt,
        level: promise.level,
      },
      assumptions: [
        "Without the change, the feature's cost per unit would have gone the way of the untouched features.",
        ...(untouched
          ? []
          : ["No feature was left untouched: everything that changed meanwhile is in the figure."]),
        ...(unit === "day"
          ? [
              "Cost per day: if the work grew otherwise than that of the untouched features, so did this figure.",
            ]
          : []),
      ],
      figures: verificationFigures(result),
    }),
  };
}

interface Day extends DayCost {
  at: number;
  errors: number;
}

async function askDays(
  source: Pick<CallSource, "query">,
  scope: Scope,
  filters: QueryFilter[],
  signal: AbortSignal | undefined,
): Promise<Answer<Day>> {
  const answer = await source.query(
    scope,
    { measures: ["priced_calls", "errors", "spend"], filters, grain: "day" },
    signal,
  );
  return {
    ...answer,
    rows: answer.rows.map(({ at, values }) => ({
      at: at ?? 0,
      units: values.priced_calls,
      calls: values.priced_calls,
      errors: values.errors,
      costUsd: Number(values.spend ?? 0),
    })),
  };
}

/** A row for every day from the first to the last, days without calls too. */
function pairsOf(changed: readonly Day[], untouched: readonly Day[], unit: Unit): DayPair[] {
  const times = [...changed, ...untouched].map(({ at }) => at);
  if (times.length === 0) return [];
  const first = times.reduce((least, at) => Math.min(least, at));
  const last = times.reduce((most, at) => Math.max(most, at));
  const start = Math.max(first, last - MOST_DAYS * DAY_MS);
  const [own, others] = [changed, untouched].map(
    (days) => new Map(days.map((day) => [day.at, day])),
  );
  return Array.from({ length: Math.round((last - start) / DAY_MS) + 1 }, (_, index) => {
    const at = start + index * DAY_MS;
    return { at, changed: costOf(own?.get(at), unit), untouched: costOf(others?.get(at), unit) };
  });
}

/** A clock that was wrong by decades must not make a list of all the days between. */
const MOST_DAYS = 1_500;

function costOf(day: Day | undefined, unit: Unit): DayCost {
  const { calls = 0, errors = 0, costUsd = 0 } = day ?? {};
  switch (unit) {
    case "call":
      return { units: calls, calls, costUsd };
    case "successful-call":
      return { units: Math.max(0, calls - errors), calls, costUsd };
    case "day":
      return { units: 1, calls, costUsd };
  }
}

/** Whole days before the one of acceptance and after the one of completion; the log's first and last may be incomplete. */
function partsOf(days: readonly DayPair[], { acceptedAt, doneAt }: ActionPromise) {
  const whole = days.slice(1, -1);
  const startOfDay = (at: number) => Math.floor(at / DAY_MS) * DAY_MS;
  return {
    before: whole.filter(({ at }) => at < startOfDay(acceptedAt)).slice(-DAYS_BEFORE),
    after: whole.filter(({ at }) => at > startOfDay(doneAt)),
  };
}
