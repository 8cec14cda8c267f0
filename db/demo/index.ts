export type { PlantedFacts, PlantedModel, PlantedPrefix } from "./facts";
export type { DemoOptions } from "./generate";
export { DEMO_CALLS, DEMO_DAYS, generateDemoCalls } from "./generate";
export { describeDemo, loadDemoCalls } from "./load";
