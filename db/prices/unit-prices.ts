import type { ModelPrice } from "@pydantic/genai-prices";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { Pico } from "./money";

/** A price per unit that may rise once a call's input exceeds `start` tokens; the highest step passed applies to all of it. */
export interface SteppedPrice {
  base: Pico;
  steps: ReadonlyArray<{ start: number; price: Pico }>;
}

/** What one model charges, pico-dollars per token; `null` where the catalogue has no price of its own. */
export interface UnitPrices {
  input: SteppedPrice;
  /** Without one, cached reads cost what input costs. */
  cacheRead: SteppedPrice | null;
  /** Without one, cache writes cost what input costs. Where there are several, the one for the shortest lifetime. */
  cacheWrite: SteppedPrice | null;
  /** Without one, the model bills no output by the token (embeddings). */
  output: SteppedPrice | null;
  /** Without one, reasoning costs what output costs. */
  reasoning: SteppedPrice | null;
  /** Per request, whatever its tokens. */
  request: Pico;
}

export type PriceProblem =
  | "no-model"
  | "unknown-provider"
  | "unknown-model"
  | "not-billed-by-token";

export type PriceMatch =
  | {
      priced: true;
      /** As the catalogue names them. */
      provider: string;
      model: string;
      /** Price depends on the call's time (a start date or an hour of the day). */
      timed: boolean;
      /** Most tokens of input and output together; null when the catalogue does not say. */
      contextWindow: number | null;
      units: UnitPrices;
    }
  | { priced: false; reason: PriceProblem };

/** Dollars per million tokens to pico-dollars per token. The catalogue's prices have at most six places, but for a few of 1/12 dollar. */
const perToken = (usdPerMillion: number): Pico => BigInt(Math.round(usdPerMillion * 1e6));
/** Dollars per thousand requests to pico-dollars per request. */
const perRequest = (usdPerThousand: number): Pico => BigInt(Math.round(usdPerThousand * 1e9));

function stepped(value: ModelPrice[string]): SteppedPrice | null {
  if (value === undefined) return null;
  if (typeof value === "number") return { base: perToken(value), steps: [] };
  const steps = [...value.tiers].sort((a, b) => a.start - b.start);
  return {
    base: perToken(value.base),
    steps: steps.map(({ start, price }) => ({ start, price: perToken(price) })),
  };
}

/** The price of one unit in a call with this much input. */
export function priceAt(price: SteppedPrice, inputTokens: number): Pico {
  let now = price.base;
  for (const step of price.steps) if (inputTokens > step.start) now = step.price;
  return now;
}

const unitsOfPrice = new WeakMap<ModelPrice, UnitPrices | "not-billed-by-token">();

function unitsOf(price: ModelPrice): UnitPrices | "not-billed-by-token" {
  const known = unitsOfPrice.get(price);
  if (known) return known;
  const input = stepped(price.input_mtok);
  const requests = price.requests_kcount;
  const units: UnitPrices | "not-billed-by-token" = input
    ? {
        input,
        cacheRead: stepped(price.cache_read_mtok),
        cacheWrite: stepped(price.cache_write_mtok),
        output: stepped(price.output_mtok),
        reasoning: stepped(price.output_reasoning_mtok),
        request: typeof requests === "number" ? perRequest(requests) : 0n,
      }
    : "not-billed-by-token";
  unitsOfPrice.set(price, units);
  return units;
}

/** A match that holds at any time, or the marker that the catalogue must be asked for each time. */
const matches = new Map<string, PriceMatch | "timed">();
/** Model names come from users' files; the cache must not grow with them for ever. */
const MOST_MATCHES = 10_000;

function ask(provider: string, model: string, at: Date): PriceMatch {
  if (model.trim() === "") return { priced: false, reason: "no-model" };
  const found = calcPrice({}, model, {
    ...(provider === "" ? {} : { providerId: provider }),
    timestamp: at,
  });
  if (!found) {
    const reason =
      provider !== "" && !knowsProvider(provider) ? "unknown-provider" : "unknown-model";
    return { priced: false, reason };
  }
  const units = unitsOf(found.model_price);
  if (units === "not-billed-by-token") return { priced: false, reason: units };
  const timed = Array.isArray(found.model.prices);
  return {
    priced: true,
    provider: found.provider.id,
    model: found.model.id,
    timed,
    contextWindow: found.model.context_window ?? null,
    units,
  };
}

/**
 * Unit prices of a model at a time (Unix ms), by the catalogue's own matching. An empty provider is
 * found by the model's name alone; the catalogue's name patterns do not overlap (a test holds that).
 */
export function findPrice(provider: string, model: string, at: number): PriceMatch {
  const key = `${provider}\n${model}`;
  const known = matches.get(key);
  if (known && known !== "timed") return known;
  const match = ask(provider, model, new Date(at));
  if (!known) {
    if (matches.size >= MOST_MATCHES) matches.clear();
    const timed = match.priced ? match.timed : match.reason === "not-billed-by-token";
    matches.set(key, timed ? "timed" : match);
  }
  return match;
}

function knowsProvider(provider: string): boolean {
  return findProvider({ providerId: provider }) !== undefined;
}
