import { batchRule, findPrice, priceCall, promptCacheRule } from "../../../db/prices";
import type { JointPlanParams } from "../../../party/analysis";
import { billedReads, exactRepeats, inOrder, servedPrefixes, servedRepeats } from "./plain-caches";
import type { StoredCall } from "./stored-call";

/** Millionths of a pico-dollar, so that percents of percents stay whole. */
const FINE = 1_000_000n;
type Case = "low" | "central" | "high";
type Lever = JointPlanParams["levers"][number];
const order: readonly Lever[] = [
  "retry-waste",
  "response-cache",
  "prompt-trim",
  "output-cap",
  "model-swap",
  "cascade",
  "prompt-cache",
  "batch",
];

/**
 * A joint plan reckoned call by call, every subset from the log anew: no classes, no SQL. Amounts are
 * pico-dollars. `shares` are averaged over every order of the levers, one by one.
 */
export function plainPlan(calls: readonly StoredCall[], params: JointPlanParams) {
  const log = inOrder(calls);
  const levers = order.filter((lever) => params.levers.includes(lever));
  const saved = (set: readonly Lever[], which: Case) => savedBy(log, set, which, params);
  const known = new Map<string, bigint>();
  const central = (set: readonly Lever[]) => {
    const key = order.filter((lever) => set.includes(lever)).join();
    const found = known.get(key) ?? saved(set, "central");
    known.set(key, found);
    return found;
  };
  const whole = (fine: bigint) => (fine - (((fine % FINE) + FINE) % FINE)) / FINE;
  const total = whole(central(levers));
  const upTo = levers.map((_, index) => whole(central(levers.slice(0, index + 1))));
  return {
    saving: total,
    low: whole(saved(levers, "low")),
    high: whole(saved(levers, "high")),
    marginal: upTo.map((sum, index) => sum - (upTo[index - 1] ?? 0n)),
    shares: averaged(levers, central, total),
  };
}

function averaged(
  levers: readonly Lever[],
  value: (set: readonly Lever[]) => bigint,
  total: bigint,
): bigint[] {
  const orders = permutations(levers);
  const sums = levers.map((lever) =>
    orders.reduce((sum, one) => {
      const at = one.indexOf(lever);
      return sum + value(one.slice(0, at + 1)) - value(one.slice(0, at));
    }, 0n),
  );
  const divisor = BigInt(orders.length) * FINE;
  const rest = sums.map((sum) => ((sum % divisor) + divisor) % divisor);
  const shares = sums.map((sum, index) => (sum - (rest[index] ?? 0n)) / divisor);
  const missing = Number(total - shares.reduce((sum, share) => sum + share, 0n));
  const first = [...rest.keys()]
    .sort((a, b) => Number((rest[b] ?? 0n) - (rest[a] ?? 0n)) || a - b)
    .slice(0, missing);
  return shares.map((share, index) => (first.includes(index) ? share + 1n : share));
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

function savedBy(
  log: readonly StoredCall[],
  set: readonly Lever[],
  which: Case,
  params: JointPlanParams,
) {
  const at = Math.max(0, ...log.map(({ time }) => time));
  const has = (lever: Lever) => set.includes(lever);
  const answers = params.answers ?? {
    livesFrom: "last-use",
    low: { seconds: 3_600, features: [] },
    central: { seconds: 86_400, features: [] },
  };
  const served =
    which === "high"
      ? exactRepeats(log)
      : servedRepeats(log, answers.livesFrom, which === "low" ? answers.low : answers.central);
  const isServed = (call: StoredCall) => has("response-cache") && served.has(call);
  const segmentMoves = (call: StoredCall) =>
    (["model-swap", "cascade"] as const).flatMap((kind) =>
      params.levers.includes(kind)
        ? (kind === "cascade"
            ? (params.cascades ?? [])
            : params.swaps.map((swap) => ({ ...swap, escalatedPercent: 0 }))
          )
            .filter(
              (move) =>
                move.feature === call.feature &&
                move.fromProvider === call.provider &&
                move.fromModel === call.model,
            )
            .map((move) => ({ ...move, kind }))
        : [],
    )[0];
  const replay = (isOut: (call: StoredCall) => boolean, lifetimeMs: number | null) =>
    servedPrefixes(
      log.filter((call) => !isOut(call)),
      (call) => {
        const move = segmentMoves(call);
        if (move?.kind === "cascade") return null;
        const own = move ? `${move.feature} moves` : "";
        return JSON.stringify([call.datasetId, call.provider, call.model, own]);
      },
      lifetimeMs,
    );
  const lifetime = (params.promptCacheSeconds ?? 300) * 1000;
  const prefixes = replay(isServed, which === "high" ? null : lifetime);
  // A bound cuts nothing that the plan's prompt cache may serve: one that forgets nothing, with every call in it, serves most.
  const most =
    has("prompt-trim") && params.levers.includes("prompt-cache") ? replay(() => false, null) : null;
  const trimOf = (call: StoredCall) => {
    const bound = (params.trims ?? []).find(({ feature }) => feature === call.feature)?.tokens;
    if (!has("prompt-trim") || which === "low" || bound === undefined) return 0;
    const move = segmentMoves(call);
    const noRule = { minimumTokens: 0, stepTokens: 1 };
    const rules = [
      promptCacheRule(call.provider, call.model, at) ?? noRule,
      (move && promptCacheRule(move.toProvider, move.toModel, at)) ?? noRule,
    ];
    const served = rules.map((rule) => billedReads(most?.get(call) ?? 0, rule));
    const cached = Math.max(call.cacheReadTokens + call.cacheWriteTokens, ...served);
    return Math.max(0, Math.min(call.inputTokens - bound, call.inputTokens - cached));
  };

  /**
   * Cost of a call on a model with this output, and with this many tokens read from its cache (null: as given), less
   * the `trimmed` tokens, which are those of the logged call wherever it moves: prompts are cut before.
   */
  const priced = (
    call: StoredCall,
    trimmed: number,
    output: number,
    reads: number | null,
    cautious: bigint[],
  ) => {
    const cached =
      reads === null ? {} : { cacheReadTokens: reads, cacheWriteTokens: call.inputTokens - reads };
    const asked = { ...call, ...cached };
    const input = priceCall({ ...asked, outputTokens: 0, reasoningTokens: 0 });
    const full = priceCall({ ...asked, outputTokens: output });
    if (!input.priced || !full.priced) throw new Error(`${call.model} has no price`);
    const [inputMore = 0n, outputMore = 0n] = cautious;
    const { cacheRead, cacheWrite, input: plain } = full.applied;
    const cut = BigInt(trimmed) * (reads === null ? plain : (cacheWrite ?? plain));
    const part = (cost: bigint, more: bigint) => (cost * FINE * (100n + more)) / 100n;
    const tokens = BigInt(asked.cacheReadTokens);
    const readCost = part(tokens * (cacheRead ?? plain), inputMore);
    return {
      reads: readCost,
      readsAsInput: part(tokens * plain, inputMore),
      rest: part(input.cost - cut, inputMore) - readCost + part(full.cost - input.cost, outputMore),
    };
  };
  const billed = (
    call: StoredCall,
    provider: string,
    model: string,
    parts: ReturnType<typeof priced>,
  ) => {
    const rule = batchRule(provider, model, at);
    if (!has("batch") || !(params.batched ?? []).includes(call.feature) || !rule)
      return parts.reads + parts.rest;
    const half = (cost: bigint) => (cost * BigInt(100 - rule.discountPercent)) / 100n;
    if (rule.cachedReads === "cache-price") return parts.reads + half(parts.rest);
    if (rule.cachedReads === "discounted" || which === "high")
      return half(parts.reads + parts.rest);
    return half(parts.readsAsInput + parts.rest);
  };
  const readsUnder = (call: StoredCall, provider: string, model: string, logged: number) => {
    const match = findPrice(provider, model, at);
    const rule = promptCacheRule(provider, model, at) ?? { minimumTokens: 0, stepTokens: 1 };
    const tokens = prefixes.get(call);
    if (!has("prompt-cache") || tokens === undefined || call.inputTokens < rule.minimumTokens)
      return null;
    if (!match.priced || match.units.cacheRead === null) return null;
    return Math.max(logged, billedReads(tokens, rule));
  };

  let saving = 0n;
  const byCache = new Map<string, bigint>();
  for (const call of log) {
    if (call.cost === null) continue;
    const cost = call.cost * FINE;
    if (call.status === "error") {
      const least = { low: 2, central: 1, high: 0 }[which];
      if (has("retry-waste") && call.retry >= least) saving += cost;
      continue;
    }
    if (isServed(call)) {
      saving += cost;
      continue;
    }
    const own = findPrice(call.provider, call.model, at);
    const cap = (params.caps ?? []).find(({ feature }) => feature === call.feature)?.tokens;
    const isCut = has("output-cap") && which !== "low" && cap !== undefined;
    const output = isCut ? Math.min(call.outputTokens, cap) : call.outputTokens;
    const ownOutput = own.priced && own.units.reasoning === null ? output : call.outputTokens;
    const trimmed = trimOf(call);
    const stay = (reads: number | null) =>
      billed(call, call.provider, call.model, priced(call, trimmed, ownOutput, reads, []));
    const found = segmentMoves(call);
    const move = found && has(found.kind) ? found : null;
    if (!move) {
      const reads = readsUnder(call, call.provider, call.model, call.cacheReadTokens);
      saving += cost - stay(null);
      if (reads !== null) {
        const cache = JSON.stringify([call.provider, call.model]);
        byCache.set(cache, (byCache.get(cache) ?? 0n) + stay(null) - stay(reads));
      }
      continue;
    }
    const target = findPrice(move.toProvider, move.toModel, at);
    if (!target.priced || !own.priced) throw new Error("moves are between priced models");
    const isHome = target.provider === own.provider;
    const there = {
      ...call,
      provider: move.toProvider,
      model: move.toModel,
      time: at,
      reasoningTokens: 0,
      cacheReadTokens: isHome ? call.cacheReadTokens : 0,
      cacheWriteTokens: isHome ? call.cacheWriteTokens : 0,
    };
    const cautious = which === "low" ? [isHome ? 0n : 15n, 20n] : [];
    const go = (reads: number | null) =>
      billed(call, move.toProvider, move.toModel, priced(there, trimmed, output, reads, cautious));
    if (move.kind === "cascade") {
      saving += cost - go(null) - (stay(null) * BigInt(move.escalatedPercent)) / 100n;
      continue;
    }
    saving += cost - go(null);
    const reads = readsUnder(call, move.toProvider, move.toModel, there.cacheReadTokens);
    if (reads !== null) {
      const cache = JSON.stringify([target.provider, target.model]);
      byCache.set(cache, (byCache.get(cache) ?? 0n) + go(null) - go(reads));
    }
  }
  for (const more of byCache.values()) if (more > 0n) saving += more;
  return saving;
}
