import { formatUsd, type Pico } from "../../db/prices";
import { draftOf } from "./draft";
import { Figures, shareOfUsd } from "./figures";
import { amount, ordered } from "./lever";
import { RESPONSE_CACHE_SECONDS } from "./lever-response-cache";
import { askTotals } from "./profile-questions";
import type { Analysis, JointPlanResult, LeverName, SwapChoice } from "./results";
import type { CallFate, JointRow } from "./source";
import { asCandidate, type Candidate, stepsOf } from "./swap-candidates";
import { costOn } from "./swap-cost";

/** Levers that the joint plan can hold, in the order in which they are applied to each call. */
const order = ["retry-waste", "response-cache", "model-swap"] as const;
type JointLever = (typeof order)[number];

interface JointPlanParams {
  levers: readonly JointLever[];
  /** The moves that `model-swap` applies; a segment may appear once. */
  swaps: readonly SwapChoice[];
}

type Case = "low" | "central" | "high";

const removedBy: Record<Case, Partial<Record<CallFate, JointLever>>> = {
  low: { "failed-later": "retry-waste", "repeat-short": "response-cache" },
  central: {
    "failed-second": "retry-waste",
    "failed-later": "retry-waste",
    "repeat-short": "response-cache",
    "repeat-medium": "response-cache",
  },
  high: {
    "failed-first": "retry-waste",
    "failed-second": "retry-waste",
    "failed-later": "retry-waste",
    "repeat-short": "response-cache",
    "repeat-medium": "response-cache",
    "repeat-long": "response-cache",
  },
};

/**
 * Several levers on the same calls with no dollar saved twice. Each call falls in exactly one class;
 * a failed repetition or a repeat that its lever removes costs nothing, and what remains is priced at
 * its swap's candidate. One query, exact to the pico-dollar. Low, central and high take each lever's
 * own low, central and high rule.
 *
 * Keys (segment null): `cost`, `cost_planned`, `saving`, `saving_low`, `saving_high`, `share`.
 * Keys per segment (the lever's name): `saving`, `calls`.
 */
export const jointPlan: Analysis<JointPlanParams, JointPlanResult> = async (
  source,
  scope,
  { levers, swaps },
  signal,
) => {
  const totals = await askTotals(source, scope, signal);
  const at = totals.rows[0]?.lastAt ?? 0;
  const moves = new Map<string, Candidate>();
  if (levers.includes("model-swap")) {
    for (const swap of swaps) {
      const candidate = asCandidate(swap.toProvider, swap.toModel, at);
      if (candidate) moves.set(keyOf(swap.feature, swap.fromProvider, swap.fromModel), candidate);
    }
  }
  const steps = stepsOf(moves.values());
  const answer = await source.jointUsage(
    scope,
    {
      steps,
      shortSeconds: RESPONSE_CACHE_SECONDS.low,
      mediumSeconds: RESPONSE_CACHE_SECONDS.central,
    },
    signal,
  );
  const result = plan(answer.rows, (totals.rows[0]?.calls ?? 0) > 0, levers, moves, steps);
  return {
    result,
    draft: draftOf(scope, {
      tool: "joint-plan",
      what: "What the chosen levers would have saved together, applied to the same calls one after the other",
      ground: "simulated",
      formula:
        "planned cost = Σ over priced calls of: 0 if a removed failure or repeat, else the swap's price if its segment moves, else the logged cost",
      answers: [totals, answer],
      chosen: {
        levers: order.filter((lever) => levers.includes(lever)),
        swaps: swaps.map((swap) => ({ ...swap })),
      },
      assumptions: [
        "Levers apply in this order: failed repetitions, cached answers, cheaper models. Each saves only what the ones before it left.",
        "Prompt caching is not part of the joint figure: its hits would have to be replayed on the calls that remain.",
        "Each lever keeps its own assumptions. Unpriced calls are left out.",
      ],
      segmentLabel: "lever",
      figures: planFigures(result),
    }),
  };
};

function keyOf(feature: string, provider: string, model: string): string {
  return JSON.stringify([feature, provider, model]);
}

interface Outcome {
  saved: Pico;
  steps: Map<JointLever, { calls: number; saved: Pico }>;
}

function plan(
  rows: readonly JointRow[],
  hasCalls: boolean,
  levers: readonly JointLever[],
  moves: ReadonlyMap<string, Candidate>,
  steps: readonly number[],
): JointPlanResult {
  if (rows.length === 0) {
    const reason = hasCalls ? "unpriced: no call in range has a price" : "no calls in range";
    return { ...unavailable, reason };
  }
  const cost = rows.reduce((sum, row) => sum + amount(row.costUsd), 0n);
  const central = outcome("central", rows, levers, moves, steps);
  const range = ordered({
    low: outcome("low", rows, levers, moves, steps).saved,
    saving: central.saved,
    high: outcome("high", rows, levers, moves, steps).saved,
  });
  const costUsd = formatUsd(cost);
  const savingUsd = formatUsd(central.saved);
  return {
    available: true,
    reason: null,
    costUsd,
    plannedCostUsd: formatUsd(cost - central.saved),
    savingUsd,
    savingLowUsd: formatUsd(range.low),
    savingHighUsd: formatUsd(range.high),
    share: shareOfUsd(savingUsd, costUsd),
    steps: order
      .filter((lever) => levers.includes(lever))
      .map((lever) => {
        const step = central.steps.get(lever);
        return { lever, calls: step?.calls ?? 0, savingUsd: formatUsd(step?.saved ?? 0n) };
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
  steps: [] as Array<{ lever: LeverName; calls: number; savingUsd: string }>,
};

function outcome(
  which: Case,
  rows: readonly JointRow[],
  levers: readonly JointLever[],
  moves: ReadonlyMap<string, Candidate>,
  steps: readonly number[],
): Outcome {
  const result: Outcome = { saved: 0n, steps: new Map() };
  const save = (lever: JointLever, calls: number, saved: Pico) => {
    const step = result.steps.get(lever) ?? { calls: 0, saved: 0n };
    result.steps.set(lever, { calls: step.calls + calls, saved: step.saved + saved });
    result.saved += saved;
  };
  for (const row of rows) {
    const remover = removedBy[which][row.fate];
    if (remover && levers.includes(remover)) {
      save(remover, row.calls, amount(row.costUsd));
      continue;
    }
    const candidate = moves.get(keyOf(row.feature, row.provider, row.model));
    // A failed call is no work that a cheaper model could do.
    if (!candidate || row.fate.startsWith("failed-")) continue;
    save(
      "model-swap",
      row.calls,
      amount(row.costUsd) - costOn(candidate, row, steps, which === "low"),
    );
  }
  return result;
}

function planFigures(result: JointPlanResult): Figures {
  const figures = new Figures();
  const note = result.reason ?? undefined;
  figures.usd(null, "cost", "cost in range", result.costUsd, note);
  figures.usd(null, "cost_planned", "cost with the plan", result.plannedCostUsd, note);
  figures.usd(null, "saving", "saving of the plan", result.savingUsd, note);
  figures.usd(null, "saving_low", "saving of the plan, low", result.savingLowUsd, note);
  figures.usd(null, "saving_high", "saving of the plan, high", result.savingHighUsd, note);
  const shareNote =
    result.share === null ? (note ?? "no priced cost to take a share of") : undefined;
  figures.add(null, "share", "share of cost saved", "percent", result.share, shareNote);
  for (const step of result.steps) {
    figures.usd(step.lever, "saving", "saving in the plan", step.savingUsd);
    figures.add(step.lever, "calls", "calls it applies to", "calls", step.calls);
  }
  return figures;
}
