import { findPrice, listPricedModels, priceCall } from "../../../db/prices";
import { groupBy } from "./group-by";
import type { StoredCall } from "./stored-call";

/** A segment's calls, and what each of the catalogue's models would have charged for them, call by call. */
export interface PlainSegment {
  feature: string;
  provider: string;
  model: string;
  cost: bigint;
  longest: number;
  tooShort: number;
  unknownContext: number;
  /** Cheaper ones that fit, by their catalogue name. */
  cheaper: Map<string, { cost: bigint; cautious: number }>;
}

/** `calls` of all states; only successful, priced ones move. */
export async function plainSegments(
  calls: readonly StoredCall[],
  providers: readonly string[],
): Promise<PlainSegment[]> {
  const at = Math.max(0, ...calls.map(({ time }) => time));
  const targets = (await listPricedModels(at)).flatMap(({ provider, model }) => {
    const match = findPrice(provider, model, at);
    if (!providers.includes(provider) || !match.priced) return [];
    const { output, reasoning, request } = match.units;
    return output && !reasoning && request === 0n ? [match] : [];
  });
  const moving = calls.filter(({ status, cost }) => status === "ok" && cost !== null);
  return [...groupBy(moving, (call) => JSON.stringify([call.feature, call.provider, call.model]))]
    .map(([, own]) => own)
    .map((own) => {
      const [first] = own;
      if (!first) throw new Error("a group has calls");
      const home = findPrice(first.provider, first.model, at);
      if (!home.priced) throw new Error("only priced calls move");
      const cost = own.reduce((sum, call) => sum + (call.cost ?? 0n), 0n);
      const longest = Math.max(...own.map((call) => call.inputTokens + call.outputTokens));
      const others = new Map(
        targets
          .filter(({ provider, model }) => provider !== home.provider || model !== home.model)
          .map((target) => [`${target.provider}/${target.model}`, target]),
      );
      const fitting = [...others].filter(
        ([, { contextWindow }]) => contextWindow === null || contextWindow >= longest,
      );
      const priced = fitting.map(([name, { provider, model }]) => {
        const isHome = provider === home.provider;
        const parts = own.map((call) => {
          const there = {
            ...call,
            provider,
            model,
            time: at,
            reasoningTokens: 0,
            cacheReadTokens: isHome ? call.cacheReadTokens : 0,
            cacheWriteTokens: isHome ? call.cacheWriteTokens : 0,
          };
          const [all, prompt] = [there, { ...there, outputTokens: 0 }].map(costOf);
          return { all: all ?? 0n, prompt: prompt ?? 0n };
        });
        const all = parts.reduce((sum, part) => sum + part.all, 0n);
        const prompt = parts.reduce((sum, part) => sum + part.prompt, 0n);
        const cautious = Number(prompt) * (isHome ? 1 : 1.15) + Number(all - prompt) * 1.2;
        return [name, { cost: all, cautious }] as const;
      });
      return {
        feature: first.feature,
        provider: first.provider,
        model: first.model,
        cost,
        longest,
        tooShort: others.size - fitting.length,
        unknownContext: fitting.filter(([, { contextWindow }]) => contextWindow === null).length,
        cheaper: new Map(priced.filter(([, found]) => found.cost < cost)),
      };
    });
}

function costOf(call: Parameters<typeof priceCall>[0]): bigint {
  const price = priceCall(call);
  if (!price.priced) throw new Error(`${call.model} has no price`);
  return price.cost;
}
