export type { PlantedFacts, PlantedModel } from "./facts";
// Being built: generateDemoCalls({seed, endsAt, days?, calls?}): Generator<Call[]>
// Being built: describeDemo({seed, endsAt, days?, calls?}): PlantedFacts
// Being built: loadDemoCalls(sink: (calls: Call[]) => Promise<void>, {seed, endsAt}): Promise<PlantedFacts>
