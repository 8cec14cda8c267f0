import { formatUsd, priceCall } from "../../../db/prices";
import type { PrefixBreakRow, PrefixQuestion, PrefixRow } from "../../../party/analysis/source";
import { groupBy } from "./group-by";
import { billedReads, servedPrefixes } from "./plain-caches";
import type { StoredCall } from "./stored-call";

const cacheOf = ({ datasetId, provider, model }: StoredCall) =>
  JSON.stringify([datasetId, provider, model]);
const text = (pico: bigint | null | undefined) => (pico == null ? null : pico.toString());

/** The rows of the prefix replay, call by call. `calls` are in order of time. */
export function prefixRows(
  calls: readonly StoredCall[],
  { lifetimes, rules, cautiousMinimumTokens }: PrefixQuestion,
): PrefixRow[] {
  const replays = lifetimes.map((seconds) =>
    servedPrefixes(calls, cacheOf, seconds === null ? null : seconds * 1000),
  );
  const ruleOf = (call: StoredCall) =>
    rules.find(({ provider, model }) => provider === call.provider && model === call.model) ?? {
      minimumTokens: 0,
      stepTokens: 1,
    };
  const cautiousOf = (call: StoredCall) => {
    const rule = ruleOf(call);
    return { ...rule, minimumTokens: rule.minimumTokens || cautiousMinimumTokens };
  };
  const classOf = (call: StoredCall) => {
    const price = priceCall(call);
    const applied = price.priced ? price.applied : null;
    return {
      provider: call.provider,
      model: call.model,
      cacheable: call.inputTokens >= ruleOf(call).minimumTokens,
      cautiouslyCacheable: call.inputTokens >= cautiousOf(call).minimumTokens,
      prices: {
        input: text(applied?.input),
        cacheRead: text(applied?.cacheRead),
        cacheWrite: text(applied?.cacheWrite),
      },
    };
  };
  const withPrefix = calls.filter(
    ({ status, prefixBlocks }) => status === "ok" && prefixBlocks.length > 0,
  );
  return [...groupBy(withPrefix, (call) => JSON.stringify(classOf(call)))].map(([key, own]) => {
    const sum = (pick: (call: StoredCall) => number) =>
      own.reduce((total, call) => total + pick(call), 0);
    return {
      ...(JSON.parse(key) as ReturnType<typeof classOf>),
      calls: own.length,
      inputTokens: sum((call) => call.inputTokens),
      cacheReadTokens: sum((call) => call.cacheReadTokens),
      cacheWriteTokens: sum((call) => call.cacheWriteTokens),
      replays: replays.map((served) => {
        const tokens = (call: StoredCall) => served.get(call) ?? 0;
        const read = (call: StoredCall, rule: { minimumTokens: number; stepTokens: number }) =>
          Math.max(call.cacheReadTokens, billedReads(tokens(call), rule));
        return {
          servedTokens: sum(tokens),
          readTokens: sum((call) => read(call, ruleOf(call))),
          cautiousReadTokens: sum((call) => read(call, cautiousOf(call))),
        };
      }),
    };
  });
}

/** Where prompts part, call by call. `calls` are in order of time. */
export function prefixBreakRows(
  calls: readonly StoredCall[],
  { leastCalls, limit }: { leastCalls: number; limit: number },
): PrefixBreakRow[] {
  const served = servedPrefixes(calls, cacheOf, null);
  const seen = new Set<string>();
  const parted: Array<{ call: StoredCall; place: number }> = [];
  for (const call of served.keys()) {
    const keys = call.prefixBlocks.map((block, place) =>
      JSON.stringify([cacheOf(call), place, block]),
    );
    const miss = keys.findIndex((key) => !seen.has(key));
    if (miss >= 0) parted.push({ call, place: miss });
    for (const key of keys) seen.add(key);
  }
  const groups = groupBy(parted, ({ call, place }) =>
    JSON.stringify([cacheOf(call), place, place === 0 ? "" : call.prefixBlocks[place - 1]]),
  );
  const rows = [...groups.values()].map((own) => {
    const [first] = own;
    if (!first) throw new Error("a group has calls");
    const { call, place } = first;
    let lost = 0n;
    let priced = 0;
    let sharedTokens = 0;
    let lostTokens = 0;
    for (const member of own) {
      const shared = served.get(member.call) ?? 0;
      sharedTokens += shared;
      lostTokens += member.call.inputTokens - shared;
      const price = priceCall(member.call);
      if (!price.priced || price.applied.cacheRead === null) continue;
      priced++;
      lost +=
        BigInt(member.call.inputTokens - shared) * (price.applied.input - price.applied.cacheRead);
    }
    const features = own.map((member) => member.call.feature).sort();
    return {
      lost,
      row: {
        provider: call.provider,
        model: call.model,
        feature: features[0] ?? "",
        block: place === 0 ? "" : (call.prefixBlocks[place - 1] ?? ""),
        place,
        calls: own.length,
        continuations: new Set(own.map((member) => member.call.prefixBlocks[member.place])).size,
        sharedTokens,
        lostTokens,
        lostUsd: priced === 0 ? null : formatUsd(lost),
      },
    };
  });
  return rows
    .filter(({ row }) => row.calls >= leastCalls && row.continuations > 1)
    .sort(
      (a, b) =>
        Number(b.lost - a.lost) ||
        b.row.lostTokens - a.row.lostTokens ||
        byText(a.row.provider, b.row.provider) ||
        byText(a.row.model, b.row.model) ||
        byText(a.row.block, b.row.block) ||
        a.row.place - b.row.place,
    )
    .slice(0, limit)
    .map(({ row }) => row);
}

function byText(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
