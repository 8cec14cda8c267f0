import type { Call } from "../clickhouse/call";
import { FactCounter } from "./count-facts";
import type { PlantedFacts } from "./facts";
import { type DemoOptions, demoIncidents, generateDemoCalls } from "./generate";

/** The planted facts of the calls that these options generate. */
export function describeDemo(options: DemoOptions): PlantedFacts {
  const counter = new FactCounter(demoIncidents(options));
  for (const batch of generateDemoCalls(options)) for (const call of batch) counter.add(call);
  return counter.facts();
}

/**
 * Hands the demo's calls to `sink` batch by batch and returns what was planted in them. A failure of the sink passes
 * through; loading again with the same options gives the same calls with the same ids.
 */
export async function loadDemoCalls(
  sink: (calls: Call[]) => Promise<void>,
  options: DemoOptions,
): Promise<PlantedFacts> {
  const counter = new FactCounter(demoIncidents(options));
  for (const batch of generateDemoCalls(options)) {
    for (const call of batch) counter.add(call);
    await sink(batch);
    // A batch is some 60 ms of work; other work of the process gets its turn in between.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return counter.facts();
}
