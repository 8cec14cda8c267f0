import { formatUsd, type Pico } from "./money";
import { findPrice, type PriceProblem, priceAt } from "./unit-prices";

/** What of a call decides its price. `inputTokens` includes cached reads and writes, `outputTokens` includes reasoning. */
export interface Billable {
  provider: string;
  model: string;
  /** Unix ms. */
  time: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

/** Pico-dollars per token that applied to one call; null where the catalogue has no such price. */
interface AppliedPrices {
  input: Pico;
  cacheRead: Pico | null;
  cacheWrite: Pico | null;
  output: Pico | null;
}

export type PricedCall =
  | { priced: true; cost: Pico; applied: AppliedPrices }
  | { priced: false; reason: PriceProblem | "no-output-price" | "contradictory-tokens" };

/**
 * Cost of a call in pico-dollars:
 * (input − read − write)·p_in + read·p_read + write·p_write + (output − reasoning)·p_out + reasoning·p_reasoning + p_request,
 * with each price taken at the step the call's input reaches. The same rule as `calcPrice` of
 * @pydantic/genai-prices, in integers. Not covered, because a call does not carry them: audio,
 * images, web searches, cache writes of the longer lifetime.
 */
export function priceCall(call: Billable): PricedCall {
  const match = findPrice(call.provider, call.model, call.time);
  if (!match.priced) return match;
  const { units } = match;
  const fresh = call.inputTokens - call.cacheReadTokens - call.cacheWriteTokens;
  const answer = call.outputTokens - call.reasoningTokens;
  if (fresh < 0 || (units.reasoning && answer < 0))
    return { priced: false, reason: "contradictory-tokens" };
  if (!units.output && call.outputTokens > 0) return { priced: false, reason: "no-output-price" };

  const at = call.inputTokens;
  const input = priceAt(units.input, at);
  const cacheRead = units.cacheRead && priceAt(units.cacheRead, at);
  const cacheWrite = units.cacheWrite && priceAt(units.cacheWrite, at);
  const output = units.output && priceAt(units.output, at);
  const cost =
    BigInt(fresh) * input +
    BigInt(call.cacheReadTokens) * (cacheRead ?? input) +
    BigInt(call.cacheWriteTokens) * (cacheWrite ?? input) +
    (units.reasoning
      ? BigInt(answer) * (output ?? 0n) +
        BigInt(call.reasoningTokens) * priceAt(units.reasoning, at)
      : BigInt(call.outputTokens) * (output ?? 0n)) +
    units.request;
  return { priced: true, cost, applied: { input, cacheRead, cacheWrite, output } };
}

/** Cost as decimal text in USD, exact; null with the reason when the call cannot be priced. Unpriced is never 0. */
export function priceOf(call: Billable): { costUsd: string | null; reason?: string } {
  const priced = priceCall(call);
  if (priced.priced) return { costUsd: formatUsd(priced.cost) };
  return { costUsd: null, reason: priced.reason };
}
