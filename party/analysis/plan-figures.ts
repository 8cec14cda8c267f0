import { Figures } from "./figures";
import { SAMPLED_ORDERS } from "./plan-outcomes";
import type { JointLever, JointPlanResult } from "./results";

export function planFigures(result: JointPlanResult): Figures {
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
  const sampled = `from ${SAMPLED_ORDERS} orders drawn at random`;
  for (const { lever, calls, savingUsd, attributedUsd, attributedRange } of result.steps) {
    figures.usd(lever, "saving", "saving beyond the levers before it", savingUsd);
    figures.usd(
      lever,
      "attributed",
      "share of the saving, whatever the order",
      attributedUsd,
      attributedRange ? sampled : undefined,
    );
    if (attributedRange) {
      figures.usd(
        lever,
        "attributed_low",
        "share of the saving, low",
        attributedRange.lowUsd,
        sampled,
      );
      figures.usd(
        lever,
        "attributed_high",
        "share of the saving, high",
        attributedRange.highUsd,
        sampled,
      );
    }
    figures.add(lever, "calls", "calls it applies to", "calls", calls);
  }
  return figures;
}

const assumptionOf: Record<JointLever, string> = {
  "retry-waste": "A breaker stops after the first failure.",
  "response-cache": "Cached answers are kept per feature; the first of identical calls is paid.",
  "prompt-trim":
    "What is cut from a prompt was not needed, and is plain input in the log and in every replay of the caches; low: nothing is saved.",
  "output-cap":
    "A capped answer is of use as far as it goes; low: every cut answer is asked for again, and nothing is saved.",
  "model-swap": "A moved call needs the same tokens on the other model; low: more of them.",
  cascade:
    "A cascade asks the small model every time and the present one for the stated share of the calls; its calls take no part in prompt caching.",
  "prompt-cache":
    "Prompt caching is replayed on the calls that cached answers leave. Calls that move and calls that stay keep caches of their own, also before the move. On a model where it would cost more than it saves it is off.",
  batch:
    "A batch hits the same cached prefixes as the log. Where a provider does not say how it bills cached reads in a batch, they are billed as plain input; without a known rule there is no discount.",
};

export function planAssumptions(levers: readonly JointLever[]): string[] {
  return [
    `The levers meet on a call in this order: ${levers.join(", ")}. Each step saves only what the ones before it left.`,
    "Failed calls that are not removed stay as they are. Unpriced calls are left out.",
    ...levers.map((lever) => assumptionOf[lever]),
  ];
}
