import { formatUsd, promptCacheRule } from "../../db/prices";
import { draftOf } from "./draft";
import { shareOfUsd } from "./figures";
import { ordered } from "./lever";
import { RESPONSE_CACHE_LIVES } from "./lever-response-cache";
import type { Move, PlanTerms } from "./plan-cost";
import { planAssumptions, planFigures } from "./plan-figures";
import { checkPlan, type JointPlanParams, jointOrder } from "./plan-input";
import { outcomesOf } from "./plan-outcomes";
import { termsOf } from "./plan-terms";
import { askModels, askTotals } from "./profile-questions";
import type { Analysis, JointLever, JointPlanResult } from "./results";
import type { JointQuestion, JointRow, PrefixRule } from "./source";

/**
 * Several levers on the same calls with no dollar saved twice. Each call falls in exactly one class, and
 * what any subset of the levers makes of a class is exact arithmetic (`plan-cost`): one query prices all subsets.
 * `steps` are the levers in the order in which they meet on a call, each with what it saves beyond the ones before
 * it, and with its Shapley share of the total, which does not depend on the order (`shapley`). Both add up to the
 * total to the last digit. Low, central and high take each lever's own low, central and high rule.
 *
 * Throws PlanInputError for a plan that cannot be reckoned.
 *
 * Keys (segment null): `cost`, `cost_planned`, `saving`, `saving_low`, `saving_high`, `share`.
 * Keys per segment (the lever's name): `saving`, `attributed`, `calls`, and where sampled `attributed_low`, `attributed_high`.
 */
export const jointPlan: Analysis<JointPlanParams, JointPlanResult> = async (
  source,
  scope,
  params,
  signal,
) => {
  checkPlan(params);
  const levers = jointOrder.filter((lever) => params.levers.includes(lever));
  const totals = await askTotals(source, scope, signal);
  const at = totals.rows[0]?.lastAt ?? 0;
  const terms = termsOf(params, at);
  const models = levers.includes("prompt-cache") ? await askModels(source, scope, signal) : null;
  const answer = await source.jointUsage(
    scope,
    jointQuestion(params, terms, models?.rows ?? null, at),
    signal,
  );
  const result = plan(answer.rows, (totals.rows[0]?.calls ?? 0) > 0, levers, terms);
  return {
    result,
    draft: draftOf(scope, {
      tool: "joint-plan",
      what: "What the chosen levers would have saved together, applied to the same calls one after the other",
      ground: "simulated",
      formula:
        "planned cost = Σ over priced calls of: 0 if a removed failure or repeat, else (price on the call's model or its move, of the answer as cut and the prompt as cached) less the batch's discount; share of a lever = what it adds to the levers before it, averaged over all orders (Shapley)",
      answers: [totals, ...(models ? [models] : []), answer],
      chosen: { ...params, levers },
      assumptions: planAssumptions(levers),
      segmentLabel: "lever",
      figures: planFigures(result),
    }),
  };
};

/** What a plan asks of the calls. */
export function jointQuestion(
  params: JointPlanParams,
  terms: PlanTerms,
  models: ReadonlyArray<{ provider: string; model: string }> | null,
  at: number,
): JointQuestion {
  const { levers } = params;
  return {
    steps: terms.steps,
    answers: levers.includes("response-cache") ? (params.answers ?? RESPONSE_CACHE_LIVES) : null,
    trims: levers.includes("prompt-trim") ? (params.trims ?? []) : [],
    caps: levers.includes("output-cap") ? (params.caps ?? []) : [],
    prompt: models && promptQuestion(params, terms.moves, models, at),
  };
}

function promptQuestion(
  params: JointPlanParams,
  moves: ReadonlyMap<string, Move>,
  models: ReadonlyArray<{ provider: string; model: string }>,
  at: number,
): JointQuestion["prompt"] {
  const ruleOf = (provider: string, model: string) => {
    const rule = promptCacheRule(provider, model, at);
    return { minimumTokens: rule?.minimumTokens ?? 0, stepTokens: rule?.stepTokens ?? 1 };
  };
  const rules: PrefixRule[] = models
    .map(({ provider, model }) => ({ provider, model, ...ruleOf(provider, model) }))
    .filter(({ minimumTokens, stepTokens }) => minimumTokens > 0 || stepTokens > 1);
  return {
    lifetimeSeconds: params.promptCacheSeconds ?? 300,
    rules,
    moves: [...moves].map(([key, { kind, candidate, isHome }]) => {
      const [feature = "", provider = "", model = ""] = JSON.parse(key) as string[];
      return {
        feature,
        provider,
        model,
        ...ruleOf(candidate.provider, candidate.model),
        keepsReads: isHome,
        excluded: kind === "cascade",
      };
    }),
  };
}

function plan(
  rows: readonly JointRow[],
  hasCalls: boolean,
  levers: readonly JointLever[],
  terms: PlanTerms,
): JointPlanResult {
  if (rows.length === 0) {
    const reason = hasCalls ? "unpriced: no call in range has a price" : "no calls in range";
    return { ...unavailable, reason };
  }
  const { cost, range, marginal, attribution, calls } = outcomesOf(rows, levers, terms);
  const { low, saving, high } = ordered(range);
  const costUsd = formatUsd(cost);
  const savingUsd = formatUsd(saving);
  return {
    available: true,
    reason: null,
    costUsd,
    plannedCostUsd: formatUsd(cost - saving),
    savingUsd,
    savingLowUsd: formatUsd(low),
    savingHighUsd: formatUsd(high),
    share: shareOfUsd(savingUsd, costUsd),
    attribution: { method: attribution.method, orders: attribution.orders },
    steps: levers.map((lever, index) => {
      const found = attribution.shares[index];
      return {
        lever,
        calls: calls[index] ?? 0,
        savingUsd: formatUsd(marginal[index] ?? 0n),
        attributedUsd: formatUsd(found?.share ?? 0n),
        attributedRange: found?.interval
          ? { lowUsd: formatUsd(found.interval.low), highUsd: formatUsd(found.interval.high) }
          : null,
      };
    }),
  };
}

const unavailable = {
  available: false,
  costUsd: null,
  plannedCostUsd: null,
  savingUsd: null,
  savingLowUsd: null,
  savingHighUsd: null,
  share: null,
  attribution: null,
  steps: [],
};
