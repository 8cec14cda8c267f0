import { generateDemoCalls } from "../../db/demo";
import { systemClock } from "../../party/ports/clock";
import { analyticsOf, ask, datasetId, datasetOf, type Scene, workspaceId } from "../agents/scene";
import { memorySource } from "../analysis/support/memory-source";
import { differences } from "./judge";
import { ASKED_AT, type Phrasing } from "./phrasing";

export interface Verdict {
  phrasing: Phrasing;
  differences: string[];
}

/** A demo of few calls: every name is in it, and the figures are not what is judged here. */
export function evalScene(): Scene {
  const calls = [
    ...generateDemoCalls({ seed: 1, endsAt: Date.UTC(2026, 2, 31), calls: 600 }),
  ].flat();
  return {
    calls,
    datasets: [datasetOf(calls, "Demo: 30 days of calls")],
    analytics: analyticsOf(memorySource([{ workspaceId, datasetId, calls }])),
    clock: { ...systemClock, now: () => ASKED_AT },
  };
}

/** Asks the crew, in its rules, each of the phrasings. */
export async function measure(phrasings: readonly Phrasing[], scene: Scene): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const phrasing of phrasings) {
    const told = await ask(phrasing.text, scene);
    verdicts.push({ phrasing, differences: differences(phrasing, told) });
  }
  return verdicts;
}
