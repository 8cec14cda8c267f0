import type { RichText } from "../../protocol";
import { cite, findValue, rich, sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { Target, TriageResult } from "../triage/result";

export interface VerdictFacts {
  triage: TriageResult;
  stated: KeptEvidence | null;
  plan: KeptEvidence | null;
  withTests: KeptEvidence | null;
  totals: KeptEvidence | null;
  latency: KeptEvidence | null;
}

/** How the plan does against each bound the user stated: met, missed, or unknown, and by which figures. */
export function verdicts(facts: VerdictFacts): RichText[] {
  const { stated } = facts;
  if (!stated) return [];
  return facts.triage.targets.map((target) => verdict(target, stated, facts));
}

function verdict(target: Target, stated: KeptEvidence, facts: VerdictFacts): RichText {
  const asked = cite(stated, target.key, null, "exact");
  switch (target.kind) {
    case "cost-cut": {
      const share = sizeOf(facts.plan, "share");
      if (facts.plan && share !== null && share >= target.value) {
        return rich`Asked: a saving of ${asked}. The plan reaches it with ${cite(facts.plan, "share")} of the spend.`;
      }
      const tested = sizeOf(facts.withTests, "share");
      const missed =
        facts.plan && share !== null
          ? rich`Asked: a saving of ${asked}. The plan saves ${cite(facts.plan, "share")} and does not reach it.`
          : rich`Asked: a saving of ${asked}. No lever that the log can vouch for reaches it.`;
      if (!facts.withTests || tested === null) return missed;
      return tested >= target.value
        ? rich`${missed} With the model changes that still need a test it would be ${cite(facts.withTests, "share")}, which reaches it.`
        : rich`${missed} Even with the model changes that still need a test it would be ${cite(facts.withTests, "share")}.`;
    }
    case "latency-bound": {
      const key = `${target.percentile ?? "p95"}_latency`;
      const bySegment =
        target.segment !== null && facts.latency
          ? findValue(facts.latency, key, target.segment)
          : null;
      const source = bySegment ? facts.latency : target.segment === null ? facts.totals : null;
      const segment = bySegment ? target.segment : null;
      const today = source ? sizeOf(source, key, segment) : null;
      const whose = target.segment ?? "all calls";
      if (!source || today === null) {
        return rich`Asked: at most ${asked} for ${whose}. The log holds no latency for it, so whether it holds today is unknown.`;
      }
      return today <= target.value
        ? rich`Asked: at most ${asked} for ${whose}. Met today with ${cite(source, key, segment)}; the plan holds no step that is measured to be slower.`
        : rich`Asked: at most ${asked} for ${whose}. Missed today with ${cite(source, key, segment)}; of the levers here only cached answers, and moves to a model measured to be faster, change that.`;
    }
    case "speed-up":
      return rich`Asked: faster by a factor of ${asked}. Only cached answers get faster by the levers of this report; how much for the calls that remain is unknown.`;
    case "budget": {
      const cost = sizeOf(facts.totals, "cost");
      if (!facts.totals || cost === null) {
        return rich`Asked: a budget of ${asked}. The spend is not known, because models are unpriced.`;
      }
      return cost <= target.value
        ? rich`Asked: a budget of ${asked}. The calls analysed cost ${cite(facts.totals, "cost")}, within it.`
        : rich`Asked: a budget of ${asked}. The calls analysed cost ${cite(facts.totals, "cost")}, above it.`;
    }
    case "growth":
      return rich`Stated: ${asked} more usage. The amounts of this report are for the usage as logged; they are not scaled up.`;
  }
}
