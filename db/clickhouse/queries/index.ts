export { duplicates } from "./duplicates";
export { errors } from "./errors";
export { jointUsage } from "./joint-usage";
export { labelPairs, modelLabels } from "./labels";
export { modelProfiles } from "./model-profiles";
export { prefixBreaks } from "./prefix-breaks";
export { prefixReuse } from "./prefix-reuse";
export { rates } from "./rates";
export { modelUsage } from "./usage";
