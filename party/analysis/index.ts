/** The questions that the crew and the pages ask over calls. Each answers with typed values and a receipt. */
export { askCalls } from "./ask-calls";
export {
  type CatalogueModelsParams,
  CatalogueQuestionError,
  catalogueModels,
} from "./catalogue-models";
export { comparePeriods } from "./compare-periods";
export { compareQuality } from "./compare-quality";
export { concentration } from "./concentration";
export { errorsAndRetries } from "./errors-and-retries";
export { explainChange } from "./explain-change";
export type { PlanOption } from "./goal-options";
export { solveGoals } from "./goal-solver";
export { jointPlan } from "./joint-plan";
export { latencyByFeature } from "./latency-by-feature";
export { leverBatch } from "./lever-batch";
export { leverCascade } from "./lever-cascade";
export { leverModelSwap } from "./lever-model-swap";
export { leverOutputCap } from "./lever-output-cap";
export { leverPrefixBreaks } from "./lever-prefix-breaks";
export { leverPromptCache } from "./lever-prompt-cache";
export { leverResponseCache } from "./lever-response-cache";
export { leverRetryWaste } from "./lever-retry-waste";
export { type JointPlanParams, PlanInputError } from "./plan-input";
export { profileBreakdown } from "./profile-breakdown";
export { profileTimeline } from "./profile-timeline";
export { profileTotals } from "./profile-totals";
export { projectSpend } from "./project-spend";
export { qualityByModel } from "./quality-by-model";
export type * from "./results";
export type * from "./source";
export { unusualHours } from "./unusual-hours";
