import { formatUsd, type Pico } from "../../db/prices";
import {
  breakEvenTokensPerHour,
  capacityCost,
  idleShare,
  type UnitsNeeded,
  type UnitTerms,
  unitsNeeded,
} from "./capacity-sizing";
import { draftOf } from "./draft";
import { percentText } from "./figures";
import { amount, leverFigures, leverHead, ordered, type Saving } from "./lever";
import { modelName } from "./names";
import { PlanInputError } from "./plan-input";
import { askTotals } from "./profile-questions";
import type { Analysis, LeverResult } from "./results";
import type { RateRow } from "./source";

export interface CapacityParams {
  /** As the log names them; the provider may be left out. */
  provider?: string;
  model: string;
  /** `provisioned`: units that are paid today; `self-hosted`: units that would take the place of paying by the token. */
  kind: "provisioned" | "self-hosted";
  /** Stated: what one unit costs for one hour, USD. */
  usdPerHour: number;
  /** Stated: input and output tokens per second that one unit bears. Needed for self-hosting. */
  tokensPerSecond?: number;
  /** Stated: units that are paid today. Needed for provisioned capacity. */
  units?: number;
}

export interface CapacityResult extends LeverResult {
  lever: "capacity";
  /** Minutes from the model's first call to its last, and those in which calls came. */
  minutes: number;
  activeMinutes: number;
  tokens: number;
  /** Units that the figures are of: the paid ones, else those that 99 of 100 minutes need. */
  units: number | null;
  needed: UnitsNeeded | null;
  capacityCostUsd: string | null;
  idleSharePercent: string | null;
  idleCostUsd: string | null;
  /** What the model's calls cost by the token; null where no price is known. */
  tokenCostUsd: string | null;
  breakEvenTokensPerHour: number | null;
  tokensPerHour: number | null;
}

/**
 * What capacity by the hour costs against the log's traffic of one model, on stated terms:
 *   idle share = 1 − tokens ÷ (units · tokens per second · seconds), else the share of minutes without any call;
 *   idle cost = idle share · units · price · hours;
 *   units needed = ⌈tokens per minute ÷ (60 · tokens per second)⌉ at p99, and at the peak;
 *   break-even = the tokens per hour at which units · price is what the log paid for as many tokens;
 *   saving, provisioned: (units − needed) · price · hours; self-hosted: cost by the token − needed · price · hours.
 * Central: units needed in 99 of 100 minutes; low: at the peak; high: on average. (Source: utilisation of a server,
 * ρ = λ ÷ μ, as in queueing theory; minutes are calendar minutes, so that bursts within one are not seen.)
 * Negative: capacity by the hour would cost more. Assumed, because price and capacity are what was stated.
 *
 * Throws PlanInputError.
 *
 * Keys (segment null): those of every lever, and `token_cost`, `capacity_cost`, `units`, `units_p99`, `units_peak`,
 * `idle_share`, `idle_cost`, `tokens`, `tokens_per_hour`, `break_even`, `minutes`, `active_minutes`.
 */
export const leverCapacity: Analysis<CapacityParams, CapacityResult> = async (
  source,
  scope,
  params,
  signal,
) => {
  const terms = checkTerms(params);
  if (scope.filters.model?.length && !scope.filters.model.includes(params.model)) {
    throw new PlanInputError("model", "is none of those that the question is about");
  }
  const filters = {
    ...scope.filters,
    model: [params.model],
    ...(params.provider === undefined ? {} : { provider: [params.provider] }),
  };
  const own = { ...scope, filters };
  const [totals, spent, rates] = await Promise.all([
    askTotals(source, scope, signal),
    askTotals(source, own, signal),
    source.rates(own, signal),
  ]);
  const [rate, ...others] = rates.rows;
  if (others.length > 0) {
    throw new PlanInputError("provider", `${params.model} is logged at several: state one`);
  }
  const sized = rate ? sizeOf(rate, spent.rows[0]?.costUsd ?? null, params, terms) : null;
  const head = leverHead(
    "capacity",
    totals.rows[0]?.costUsd ?? null,
    sized?.saving ?? null,
    sized ? sized.reason : `no call of ${params.model} in range`,
  );
  const result: CapacityResult = {
    ...head,
    minutes: rate?.minutes ?? 0,
    activeMinutes: rate?.activeMinutes ?? 0,
    tokens: rate?.tokens ?? 0,
    units: sized?.units ?? null,
    needed: sized?.needed ?? null,
    capacityCostUsd: sized?.capacityCostUsd ?? null,
    idleSharePercent: sized?.idleSharePercent ?? null,
    idleCostUsd: sized?.idleCostUsd ?? null,
    tokenCostUsd: spent.rows[0]?.costUsd ?? null,
    breakEvenTokensPerHour: sized?.breakEven ?? null,
    tokensPerHour: rate ? (rate.tokens * 60) / rate.minutes : null,
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: "lever-capacity",
      what: `What ${params.kind} capacity by the hour costs against the logged traffic of ${modelName(params.provider ?? "", params.model)}`,
      ground: "assumed",
      formula:
        "idle share = 1 − tokens ÷ (units · tokens per second · seconds); units needed = ⌈tokens per minute ÷ (60 · tokens per second)⌉; saving = provisioned: (units − needed) · price · hours, self-hosted: cost by the token − needed · price · hours",
      answers: [totals, spent, rates],
      chosen: { ...params },
      assumptions: [
        `A unit costs $${params.usdPerHour} an hour, as stated, for every hour of the log.`,
        params.tokensPerSecond === undefined
          ? "No unit's capacity was stated: only minutes without any call count as idle, which is the least that was."
          : `A unit bears ${params.tokensPerSecond} input and output tokens per second, as stated, whatever their mix.`,
        "Central: units for 99 of 100 minutes; low: for the busiest minute; high: for the average one. Bursts within a minute are not seen.",
        ...(params.kind === "self-hosted"
          ? ["The same model answers as well on own units; work to run them is not counted."]
          : []),
      ],
      segmentLabel: null,
      figures: figuresOf(result),
    }),
  };
};

function checkTerms({ kind, usdPerHour, tokensPerSecond, units }: CapacityParams): UnitTerms {
  if (!(usdPerHour > 0 && usdPerHour <= 1e6)) {
    throw new PlanInputError("usdPerHour", "state an amount of USD above 0");
  }
  if (tokensPerSecond !== undefined && !(tokensPerSecond >= 0.001 && tokensPerSecond <= 1e9)) {
    throw new PlanInputError("tokensPerSecond", "state a number of at least 0.001");
  }
  if (units !== undefined && !(Number.isInteger(units) && units >= 1 && units <= 1e6)) {
    throw new PlanInputError("units", "state a whole number of at least 1");
  }
  if (kind === "self-hosted" && tokensPerSecond === undefined) {
    throw new PlanInputError("tokensPerSecond", "state what one unit bears");
  }
  if (kind === "provisioned" && units === undefined) {
    throw new PlanInputError("units", "state how many units are paid");
  }
  // A price has at most six places here, and then is whole in pico-dollars.
  const hour = BigInt(Math.round(usdPerHour * 1e6)) * 1_000_000n;
  return { hour, tokensPerSecond: tokensPerSecond ?? null };
}

function sizeOf(rate: RateRow, spentUsd: string | null, params: CapacityParams, terms: UnitTerms) {
  const needed = unitsNeeded(rate, terms);
  const units = params.units ?? needed?.p99 ?? 1;
  const cost = (count: number) => capacityCost(count, terms, rate.minutes);
  const { part, whole } = idleShare(rate, units, terms);
  const spent = spentUsd === null ? null : amount(spentUsd);
  const { saving, reason } = savingOf(params, needed, units, spent, cost);
  return {
    units,
    needed,
    saving,
    reason,
    capacityCostUsd: formatUsd(cost(units)),
    idleSharePercent: percentText(part, whole),
    idleCostUsd: formatUsd((cost(units) * part) / whole),
    breakEven: spent === null ? null : breakEvenTokensPerHour(rate, spent, units, terms),
  };
}

function savingOf(
  { kind }: CapacityParams,
  needed: UnitsNeeded | null,
  units: number,
  spent: Pico | null,
  cost: (units: number) => Pico,
): { saving: Saving | null; reason: string | null } {
  if (!needed) return { saving: null, reason: "what one unit bears was not stated" };
  if (kind === "self-hosted" && spent === null) {
    return { saving: null, reason: "unpriced: what its calls cost by the token is not known" };
  }
  const saved = (count: number) =>
    kind === "self-hosted" ? (spent ?? 0n) - cost(count) : cost(units) - cost(count);
  const saving = { low: saved(needed.peak), saving: saved(needed.p99), high: saved(needed.mean) };
  return { saving: ordered(saving), reason: null };
}

function figuresOf(result: CapacityResult) {
  const none = result.minutes === 0 ? "no calls of this model in range" : undefined;
  const figures = leverFigures(result);
  figures.usd(null, "token_cost", "cost by the token", result.tokenCostUsd, none);
  figures.usd(null, "capacity_cost", "cost of the units", result.capacityCostUsd, none);
  figures.add(null, "units", "units", "count", result.units, none);
  const unstated = none ?? (result.needed ? undefined : "what one unit bears was not stated");
  const needed = result.needed;
  figures.add(
    null,
    "units_p99",
    "units for 99 of 100 minutes",
    "count",
    needed?.p99 ?? null,
    unstated,
  );
  figures.add(
    null,
    "units_peak",
    "units for the busiest minute",
    "count",
    needed?.peak ?? null,
    unstated,
  );
  figures.add(null, "idle_share", "share that is idle", "percent", result.idleSharePercent, none);
  figures.usd(null, "idle_cost", "cost of what is idle", result.idleCostUsd, none);
  figures.add(null, "tokens", "tokens", "tokens", result.tokens);
  figures.add(null, "tokens_per_hour", "tokens per hour", "tokens", result.tokensPerHour, none);
  const even = result.breakEvenTokensPerHour;
  const free = none ?? "no price by the token is known";
  figures.add(
    null,
    "break_even",
    "tokens per hour at which both ways cost the same",
    "tokens",
    even,
    even === null ? free : undefined,
  );
  figures.add(null, "minutes", "minutes from first to last call", "count", result.minutes);
  return figures.add(null, "active_minutes", "minutes with calls", "count", result.activeMinutes);
}
