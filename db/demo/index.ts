export type { PlantedFacts, PlantedModel, PlantedPrefix } from "./facts";
export type { DemoOptions } from "./generate";
export { generateDemoCalls } from "./generate";
export { describeDemo, loadDemoCalls } from "./load";
export {
  costOf,
  dayShocks,
  normal,
  type PlantedDays,
  type PlantedTraffic,
  plantedCalls,
} from "./planted-traffic";
export { type PlantedWaste, plantWaste, type WastePlan } from "./planted-waste";
export { demoReceipt } from "./receipt";
