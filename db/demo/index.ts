export type { PlantedFacts, PlantedModel, PlantedPrefix } from "./facts";
export type { DemoOptions } from "./generate";
export { generateDemoCalls } from "./generate";
export { describeDemo, loadDemoCalls } from "./load";
export { demoReceipt } from "./receipt";
