import type { RichText } from "../../protocol";
import { cite, findValue, rich, sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import { unsigned } from "../data/findings";
import type { Target, TriageResult } from "../triage/result";

export interface VerdictFacts {
  triage: TriageResult;
  stated: KeptEvidence | null;
  plan: KeptEvidence | null;
  grown: KeptEvidence | null;
  totals: KeptEvidence | null;
  latency: KeptEvidence | null;
  /** Whether a plan was searched for: cost, speed and quality are then told with its outcome. */
  isSolved: boolean;
}

/** How the plan does against each bound the user stated: met, missed, or unknown, and by which figures. */
export function verdicts(facts: VerdictFacts): RichText[] {
  const { stated } = facts;
  if (!stated) return [];
  return facts.triage.targets.flatMap((target) => verdict(target, stated, facts));
}

function verdict(target: Target, stated: KeptEvidence, facts: VerdictFacts): RichText[] {
  const asked = cite(stated, target.key, null, "exact");
  switch (target.kind) {
    case "cost-cut":
      return facts.isSolved
        ? []
        : [
            rich`Asked: a saving of ${asked}. Whether a plan reaches it is unknown: no call has a price to save on.`,
          ];
    case "latency-bound":
      return facts.isSolved && target.percentile !== "p99" ? [] : [bound(target, asked, facts)];
    case "speed-up":
      return facts.isSolved
        ? []
        : [
            rich`Asked: answers ${asked} times as fast. The log holds no latency to hold that against, so what it would take is unknown.`,
          ];
    case "budget": {
      const cost = sizeOf(facts.totals, "cost");
      if (!facts.totals || cost === null) {
        return [
          rich`Asked: a budget of ${asked}. The spend is not known, because models are unpriced.`,
        ];
      }
      const standing = cost <= target.value ? "within it" : "above it";
      return [
        rich`Asked: a budget of ${asked}. The calls analysed cost ${cite(facts.totals, "cost")}, ${standing}.`,
      ];
    }
    case "growth":
      return [growth(asked, facts)];
  }
}

function bound(target: Target, asked: ReturnType<typeof cite>, facts: VerdictFacts): RichText {
  const key = `${target.percentile ?? "p95"}_latency`;
  const whose = target.segment ?? "all calls";
  const source =
    target.segment === null
      ? facts.totals
      : facts.latency && findValue(facts.latency, key, target.segment)
        ? facts.latency
        : null;
  const today = sizeOf(source, key, target.segment);
  if (!source || today === null) {
    return rich`Asked: at most ${asked} for ${whose}. The log holds no latency for it, so whether it holds today is unknown.`;
  }
  return today <= target.value
    ? rich`Asked: at most ${asked} for ${whose}. Met today with ${cite(source, key, target.segment)}; the plan holds no step that is measured to be slower.`
    : rich`Asked: at most ${asked} for ${whose}. Missed today with ${cite(source, key, target.segment)}; of the levers here only cached answers, and moves to a model measured to be faster, change that.`;
}

function growth(asked: ReturnType<typeof cite>, { grown, plan }: VerdictFacts): RichText {
  const below = sizeOf(grown, "below_today");
  if (!grown || below === null) {
    return rich`Stated: ${asked} more usage. There is no plan whose amounts could be scaled up by it.`;
  }
  const against =
    below >= 0
      ? rich`${cite(grown, "below_today")} below today's`
      : rich`${unsigned(cite(grown, "below_today"))} above today's`;
  const bill = rich`With ${asked} more usage the same mix of calls would cost ${cite(grown, "cost_grown")}, with the plan ${cite(grown, "cost_grown_planned")}, which is ${against}.`;
  const needed = sizeOf(grown, "share_needed");
  const saved = sizeOf(plan, "share");
  if (needed === null || plan === null || saved === null) return bill;
  return saved >= needed
    ? rich`${bill} The whole bill falls by what was asked in spite of the growth: that takes a saving of ${cite(grown, "share_needed")}, and the plan has ${cite(plan, "share")}.`
    : rich`${bill} For the whole bill to fall by what was asked in spite of the growth, a plan has to save ${cite(grown, "share_needed")}; this one saves ${cite(plan, "share")}.`;
}
