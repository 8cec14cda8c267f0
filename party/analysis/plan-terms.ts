import { batchRule, findPrice } from "../../db/prices";
import { type Move, type PlanTerms, segmentKey } from "./plan-cost";
import { type JointPlanParams, PlanInputError } from "./plan-input";
import type { SwapChoice } from "./results";
import { asCandidate, stepsOf } from "./swap-candidates";
import { homeProvider } from "./swap-cost";

/** What the levers of a plan do, at the prices and rules in force at a time (Unix ms). Throws PlanInputError for a target without prices. */
export function termsOf(params: JointPlanParams, at: number): PlanTerms {
  const moves = movesOf(params, at);
  return {
    moves,
    batched: new Set(params.batched ?? []),
    capped: new Set((params.caps ?? []).map(({ feature }) => feature)),
    trimmed: new Set((params.trims ?? []).map(({ feature }) => feature)),
    steps: stepsOf([...moves.values()].map(({ candidate }) => candidate)),
    batchRule: (provider, model) => batchRule(provider, model, at),
    hasOneOutputPrice: (provider, model) => {
      const match = findPrice(provider, model, at);
      return match.priced && match.units.reasoning === null;
    },
  };
}

function movesOf(params: JointPlanParams, at: number): Map<string, Move> {
  const moves = new Map<string, Move>();
  const add = (field: string, kind: Move["kind"], choice: SwapChoice, escalated: number) => {
    const candidate = asCandidate(choice.toProvider, choice.toModel, at);
    if (!candidate) {
      throw new PlanInputError(
        field,
        `${choice.toProvider}/${choice.toModel} has no price by the token`,
      );
    }
    const { feature, fromProvider, fromModel } = choice;
    const home = homeProvider({ provider: fromProvider, model: fromModel });
    moves.set(segmentKey(feature, fromProvider, fromModel), {
      kind,
      candidate,
      isHome: home === candidate.provider,
      escalatedPercent: BigInt(escalated),
    });
  };
  if (params.levers.includes("model-swap")) {
    for (const [index, swap] of params.swaps.entries()) {
      add(`swaps[${index}]`, "model-swap", swap, 0);
    }
  }
  if (params.levers.includes("cascade")) {
    for (const [index, cascade] of (params.cascades ?? []).entries()) {
      add(`cascades[${index}]`, "cascade", cascade, cascade.escalatedPercent);
    }
  }
  return moves;
}
