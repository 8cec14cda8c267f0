export { catalogueDate, catalogueVersion, listPricedModels } from "./catalogue";
export { formatUsd, MoneyFormatError, PICO_PER_USD, type Pico, parseUsd } from "./money";
export { priceCall, priceOf } from "./price-call";
export { findPrice, type SteppedPrice, type UnitPrices } from "./unit-prices";
