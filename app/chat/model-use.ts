import { formatUsd, parseUsd } from "../../db/prices/money";
import type { ModelCall } from "../../party/protocol";
import { formatValue, UNPRICED } from "../../party/protocol/format";
import { plural } from "../ui/format-count";

/** What calls of a language model took together. Money is exact decimal text in USD. */
export interface ModelUse {
  calls: number;
  /** Of these, answered by the cache: they used no tokens and cost nothing. */
  hits: number;
  inputTokens: number;
  /** Of these, read from the provider's own prompt cache. */
  cachedInputTokens: number;
  outputTokens: number;
  /** Calls whose tokens the endpoint did not say. */
  withoutTokens: number;
  /** Of the priced calls; null when none is. */
  costUsd: string | null;
  unpriced: number;
  /** What hits saved; null when there is none whose price is known. */
  savedUsd: string | null;
}

export function modelUseOf(calls: readonly ModelCall[]): ModelUse {
  const tokens = (of: (usage: NonNullable<ModelCall["usage"]>) => number) =>
    calls.reduce((sum, { usage }) => sum + (usage ? of(usage) : 0), 0);
  return {
    calls: calls.length,
    hits: calls.filter(isHit).length,
    inputTokens: tokens((usage) => usage.inputTokens),
    cachedInputTokens: tokens((usage) => usage.cachedInputTokens),
    outputTokens: tokens((usage) => usage.outputTokens),
    withoutTokens: calls.filter(({ usage }) => usage === null).length,
    costUsd: sumOf(calls.map(({ costUsd }) => costUsd)),
    unpriced: calls.filter(({ costUsd }) => costUsd === null).length,
    savedUsd: sumOf(calls.map(({ savedUsd }) => savedUsd)),
  };
}

export function isHit({ cache }: ModelCall): boolean {
  return cache === "hit";
}

/** For people, one fact each: calls, tokens, cost, what caching saved. */
export function modelUseWords(use: ModelUse): string[] {
  if (use.calls === 0) return ["0 model calls"];
  const { inputTokens, cachedInputTokens, outputTokens } = use;
  const words = [
    `${plural(use.calls, "model call")}${use.hits > 0 ? `, ${use.hits === use.calls ? "all" : use.hits} from the cache` : ""}`,
    `${plural(inputTokens, "token")} in${cachedInputTokens > 0 ? ` (${percent(cachedInputTokens, inputTokens)} cached by the provider)` : ""}, ${plural(outputTokens, "token")} out`,
  ];
  if (use.withoutTokens > 0) words.push(`tokens of ${plural(use.withoutTokens, "call")} unknown`);
  words.push(costWords(use));
  if (use.savedUsd !== null) words.push(`the cache saved ${dollars(use.savedUsd)}`);
  return words;
}

function costWords({ costUsd, unpriced }: ModelUse): string {
  if (costUsd === null) return `cost ${UNPRICED}`;
  return `cost ${dollars(costUsd)}${unpriced > 0 ? ` and ${plural(unpriced, "call")} ${UNPRICED}` : ""}`;
}

const dollars = (value: string) => formatValue({ unit: "USD", value });

function percent(part: number, whole: number): string {
  return formatValue({ unit: "percent", value: String((100 * part) / whole) });
}

function sumOf(amounts: ReadonlyArray<string | null>): string | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : formatUsd(known.reduce((sum, usd) => sum + parseUsd(usd), 0n));
}
