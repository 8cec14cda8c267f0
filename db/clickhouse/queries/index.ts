export { breakdown } from "./breakdown";
export { duplicates } from "./duplicates";
export { errors } from "./errors";
export { modelProfiles } from "./model-profiles";
export { periods } from "./periods";
export { prefixReuse } from "./prefix-reuse";
export { timeline } from "./timeline";
export { totals } from "./totals";
export { jointUsage, modelUsage } from "./usage";
