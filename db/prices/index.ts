export { catalogueVersion, listPricedModels, type PricedModel } from "./catalogue";
export { formatUsd, MoneyFormatError, PICO_PER_USD, type Pico, parseUsd } from "./money";
export {
  type AppliedPrices,
  type Billable,
  type PricedCall,
  priceCall,
  priceOf,
} from "./price-call";
export {
  findPrice,
  type PriceMatch,
  type PriceProblem,
  priceAt,
  type SteppedPrice,
  type UnitPrices,
} from "./unit-prices";
