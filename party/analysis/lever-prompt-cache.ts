import { formatUsd, type Pico, promptCacheRule } from "../../db/prices";
import { draftOf } from "./draft";
import { shareOfCount, shareOfUsd } from "./figures";
import { addSavings, leverHead, NO_SAVING, ordered, type Saving } from "./lever";
import { modelName, SegmentNames } from "./names";
import { askModels, askTotals } from "./profile-questions";
import { costsOf, type PrefixTerms } from "./prompt-cache-cost";
import { promptCacheFigures } from "./prompt-cache-figures";
import type { Analysis, PromptCacheResult } from "./results";
import type { PrefixRow, PrefixRule } from "./source";

/** For models of which no rule is known, the cautious figure takes the shortest prefix that large providers cache. */
const CAUTIOUS_MINIMUM = 1_024;
const HOUR = 3_600;

export interface PromptCacheParams {
  /** How long an entry lives since its last use; unless said, 300. */
  lifetimeSeconds?: number;
  /** Prices to assume for every model instead of the catalogue's and the providers' rules. */
  terms?: PrefixTerms;
}

/**
 * What a cache of prompt prefixes would have saved, by replaying the log's prefix blocks in order of
 * time against one cache per dataset, provider and model. A served prefix counts from the provider's minimum on and in
 * whole steps (`promptCacheRule`, with source and date); it is priced at the model's cached-read price, and everything
 * else of a cacheable prompt at its cache-write price where it has one:
 *   saving = Σ logged input cost − [read·p_read + (input − read)·(p_write or p_in)].
 * A model for which that costs more than it saves is left alone. Low: a minimum of 1,024 tokens also where
 * no rule is known; high: entries that live for ever.
 *
 * `naive` is what "cached input is so much cheaper" promises: all input at the price of a cached read.
 *
 * Keys (segment null): those of every lever, and `prefix_calls`, `input_tokens`, `input_cost`, `share_of_input`, `saving_naive`,
 * `naive_excess`, `hit_tokens`, `hit_share` (entries live 300 s since their last use, or `lifetimeSeconds`),
 * `billed_read_tokens`, `hit_tokens_unlimited`, `hit_share_unlimited`, `cache_read_tokens` (cached already).
 * Keys per segment (model): `saving`, `saving_hour`, `saving_naive`, `hit_tokens`, `hit_share`, `input_tokens`, `minimum_tokens`.
 */
export const leverPromptCache: Analysis<PromptCacheParams, PromptCacheResult> = async (
  source,
  scope,
  { lifetimeSeconds = 300, terms },
  signal,
) => {
  const [totals, models] = await Promise.all([
    askTotals(source, scope, signal),
    askModels(source, scope, signal),
  ]);
  const at = totals.rows[0]?.lastAt ?? 0;
  const rules: PrefixRule[] = terms
    ? []
    : models.rows.flatMap(({ provider, model }) => {
        const rule = promptCacheRule(provider, model, at);
        if (!rule) return [];
        const { minimumTokens, stepTokens } = rule;
        return [{ provider, model, minimumTokens, stepTokens }];
      });
  const answer = await source.prefixReuse(
    scope,
    {
      lifetimes: [lifetimeSeconds, HOUR, null],
      rules,
      cautiousMinimumTokens: terms ? 0 : CAUTIOUS_MINIMUM,
    },
    signal,
  );
  const segments = byModel(answer.rows).map((rows) => ofModel(rows, lifetimeSeconds, at, terms));
  const sum = (pick: (row: PrefixRow) => number) =>
    answer.rows.reduce((total, row) => total + pick(row), 0);
  const calls = sum((row) => row.calls);
  const inputTokens = sum((row) => row.inputTokens);
  const hitTokens = sum((row) => row.replays[0]?.servedTokens ?? 0);
  const unlimitedTokens = sum((row) => row.replays[2]?.servedTokens ?? 0);
  const priced = segments.filter(({ saving }) => saving !== null);

  let reason: string | null = null;
  if (calls === 0) reason = "the log has no prefix blocks, so shared prefixes cannot be told";
  else if (priced.length === 0)
    reason = "unpriced: no price for cached input is known for these models";
  const saving =
    reason === null
      ? priced.map((one) => switchedOn(one.saving)).reduce(addSavings, NO_SAVING)
      : null;
  const head = leverHead("prompt-cache", totals.rows[0]?.costUsd ?? null, saving, reason);
  const total = (pick: (segment: (typeof segments)[number]) => Pico | null) =>
    reason === null
      ? formatUsd(priced.reduce((amount, segment) => amount + (pick(segment) ?? 0n), 0n))
      : null;
  const inputCostUsd = total(({ inputCost }) => inputCost);
  const naiveUsd = total(({ naive }) => naive);
  const names = new SegmentNames();
  const result: PromptCacheResult = {
    ...head,
    calls,
    inputTokens,
    inputCostUsd,
    shareOfInput: shareOfUsd(head.savingUsd, inputCostUsd),
    naiveSavingUsd: naiveUsd,
    cacheReadTokens: sum((row) => row.cacheReadTokens),
    billedReadTokens: sum((row) => row.replays[0]?.readTokens ?? 0),
    unlimited: { hitTokens: unlimitedTokens, hitShare: shareOfCount(unlimitedTokens, inputTokens) },
    limited: { lifetimeSeconds, hitTokens, hitShare: shareOfCount(hitTokens, inputTokens) },
    models: segments.map((segment) => ({
      name: names.name(modelName(segment.provider, segment.model), ""),
      provider: segment.provider,
      model: segment.model,
      available: segment.saving !== null,
      writeFee: segment.writeFee,
      rule: segment.rule,
      hitTokens: segment.hitTokens,
      inputTokens: segment.inputTokens,
      hitShare: shareOfCount(segment.hitTokens, segment.inputTokens),
      savingUsd: segment.saving && formatUsd(segment.saving.saving),
      hourSavingUsd: segment.hour === null ? null : formatUsd(segment.hour),
      naiveSavingUsd: segment.naive === null ? null : formatUsd(segment.naive),
    })),
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: "lever-prompt-cache",
      what: "Input tokens that a cache of prompt prefixes would have served, and what that would have saved",
      ground: terms ? "assumed" : "simulated",
      formula:
        "served = min(input, block size × blocks from the start that were used before); read = served in whole steps, 0 under the minimum; saving = Σ logged input cost − [max(read, cached)·p_cached + (input − max(read, cached))·(p_write or p_input)]",
      answers: [totals, models, answer],
      chosen: { lifetimeSeconds, ...(terms ? { terms } : {}) },
      assumptions: [
        `An entry lives ${lifetimeSeconds} s since its last use; high: for ever.`,
        "One cache per dataset, provider and model; it never runs full.",
        terms
          ? `Assumed of every model: cached reads cost ${terms.readPercent} %, writes ${terms.writePercent} % of plain input; no minimum.`
          : `Minimum and steps are the providers' own where known; low: ${CAUTIOUS_MINIMUM} tokens where not.`,
        "Where a model charges for cache writes, all input of a cacheable prompt that is not a hit is written.",
        "A model for which the cache would cost more than it saves is left alone.",
        ...sources(segments),
      ],
      segmentLabel: "model",
      figures: promptCacheFigures(result, head),
    }),
  };
};

/** Never below zero: one would not switch it on there. */
function switchedOn(saving: Saving | null): Saving {
  const positive = (amount: Pico) => (amount > 0n ? amount : 0n);
  if (!saving) return NO_SAVING;
  return ordered({
    low: positive(saving.low),
    saving: positive(saving.saving),
    high: positive(saving.high),
  });
}

function byModel(rows: readonly PrefixRow[]): PrefixRow[][] {
  const groups = new Map<string, PrefixRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.provider, row.model]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const served = (group: readonly PrefixRow[]) =>
    group.reduce((sum, row) => sum + (row.replays[0]?.servedTokens ?? 0), 0);
  return [...groups.values()].sort((a, b) => served(b) - served(a));
}

function ofModel(
  rows: readonly PrefixRow[],
  lifetimeSeconds: number,
  at: number,
  terms: PrefixTerms | undefined,
) {
  const { provider = "", model = "" } = rows[0] ?? {};
  const rule = terms ? null : promptCacheRule(provider, model, at);
  const sum = (pick: (row: PrefixRow) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  const costs = costsOf(rows, { lifetimeSeconds, hourSeconds: HOUR, rule, terms });
  return {
    provider,
    model,
    rule: rule && { minimumTokens: rule.minimumTokens, source: rule.source, asOf: rule.asOf },
    inputTokens: sum((row) => row.inputTokens),
    hitTokens: sum((row) => row.replays[0]?.servedTokens ?? 0),
    ...costs,
  };
}

function sources(segments: ReadonlyArray<{ rule: { source: string; asOf: string } | null }>) {
  const found = segments.flatMap(({ rule }) =>
    rule ? [`Provider's rule: ${rule.source} (as of ${rule.asOf}).`] : [],
  );
  return [...new Set(found)];
}
