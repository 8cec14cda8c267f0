export { type BatchRule, batchRule } from "./batch-rules";
export { catalogueDate, catalogueVersion, listPricedModels } from "./catalogue";
export { formatUsd, MoneyFormatError, PICO_PER_USD, type Pico, parseUsd } from "./money";
export { type PricedCall, priceCall, priceOf } from "./price-call";
export { type PromptCacheRule, promptCacheRule } from "./prompt-cache-rules";
export { findPrice, priceAt, type SteppedPrice, type UnitPrices } from "./unit-prices";
