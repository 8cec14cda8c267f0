import { draftOf } from "./draft";
import { shareOfCount } from "./figures";
import {
  addSavings,
  amount,
  leverFigures,
  leverHead,
  NO_SAVING,
  ordered,
  type Saving,
} from "./lever";
import { modelName, SegmentNames } from "./names";
import { askTotals } from "./profile-questions";
import type { Analysis, PromptCacheResult } from "./results";
import type { PrefixRow } from "./source";

const MOST_MODELS = 100;
/** The shortest prefix that large providers cache. */
const MINIMUM_TOKENS = 1_024;

/**
 * What a cache of prompt prefixes would have saved, by replaying the log's prefix blocks in order of
 * time and pricing hits at each model's own cached-read price, and everything else at its
 * cache-write price where it has one. A model for which that costs more than it saves is left alone.
 *
 * Keys (segment null): those of every lever, and `prefix_calls`, `input_tokens`, `hit_tokens`, `hit_share`
 * (entries live 300 s since their last use, or `lifetimeSeconds`), `hit_tokens_unlimited`, `hit_share_unlimited`,
 * `cache_read_tokens` (cached already). Keys per segment (model): `saving`, `hit_tokens`, `hit_share`, `input_tokens`.
 */
export const leverPromptCache: Analysis<{ lifetimeSeconds?: number }, PromptCacheResult> = async (
  source,
  scope,
  { lifetimeSeconds = 300 },
  signal,
) => {
  const [totals, answer] = await Promise.all([
    askTotals(source, scope, signal),
    source.prefixReuse(scope, { lifetimeSeconds, minimumTokens: MINIMUM_TOKENS }, signal),
  ]);
  const { rows } = answer;
  const sum = (pick: (row: PrefixRow) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  const calls = sum((row) => row.calls);
  const inputTokens = sum((row) => row.inputTokens);
  const hitTokens = sum((row) => row.hitTokens);
  const unlimitedTokens = sum((row) => row.unlimitedHitTokens);

  let reason: string | null = null;
  if (calls === 0) reason = "the log has no prefix blocks, so shared prefixes cannot be told";
  else if (sum((row) => row.pricedCalls) === 0) {
    reason = "unpriced: no price for cached input is known for these models";
  }
  const saving = reason === null ? rows.map(savingOf).reduce(addSavings, NO_SAVING) : null;
  const head = leverHead("prompt-cache", totals.rows[0]?.costUsd ?? null, saving, reason);
  const names = new SegmentNames();
  const models = rows.map((row) => ({
    name: names.name(modelName(row.provider, row.model), ""),
    provider: row.provider,
    model: row.model,
    available: row.pricedCalls > 0,
    writeFee: row.writeFeeCalls > 0,
    hitTokens: row.hitTokens,
    inputTokens: row.inputTokens,
    hitShare: shareOfCount(row.hitTokens, row.inputTokens),
    savingUsd: row.savingUsd,
  }));

  const figures = leverFigures(head);
  const none = calls === 0 ? "no prefix blocks in the log" : undefined;
  const limitedShare = shareOfCount(hitTokens, inputTokens);
  const unlimitedShare = shareOfCount(unlimitedTokens, inputTokens);
  figures.add(null, "prefix_calls", "successful calls with prefix blocks", "calls", calls);
  figures.add(null, "input_tokens", "their input tokens", "tokens", inputTokens);
  figures.add(
    null,
    "hit_tokens",
    `input tokens served, entries living ${lifetimeSeconds} s`,
    "tokens",
    hitTokens,
  );
  figures.add(
    null,
    "hit_share",
    `share of input served, entries living ${lifetimeSeconds} s`,
    "percent",
    limitedShare,
    none,
  );
  figures.add(
    null,
    "hit_tokens_unlimited",
    "input tokens served, entries living for ever",
    "tokens",
    unlimitedTokens,
  );
  figures.add(
    null,
    "hit_share_unlimited",
    "share of input served, entries living for ever",
    "percent",
    unlimitedShare,
    none,
  );
  figures.add(
    null,
    "cache_read_tokens",
    "input tokens served from a cache already",
    "tokens",
    sum((row) => row.cacheReadTokens),
  );
  for (const model of models.slice(0, MOST_MODELS)) {
    const worse = model.savingUsd?.startsWith("-")
      ? "writes cost more than hits save: left alone"
      : undefined;
    figures.usd(
      model.name,
      "saving",
      "saving",
      model.savingUsd,
      model.available ? worse : "unpriced: no price for cached input",
    );
    figures.add(model.name, "hit_tokens", "input tokens served", "tokens", model.hitTokens);
    figures.add(
      model.name,
      "hit_share",
      "share of input served",
      "percent",
      model.hitShare,
      model.hitShare === null ? "no input tokens" : undefined,
    );
    figures.add(model.name, "input_tokens", "input tokens", "tokens", model.inputTokens);
  }
  return {
    result: {
      ...head,
      calls,
      inputTokens,
      unlimited: { hitTokens: unlimitedTokens, hitShare: unlimitedShare },
      limited: { lifetimeSeconds, hitTokens, hitShare: limitedShare },
      models,
    },
    draft: draftOf(scope, {
      tool: "lever-prompt-cache",
      what: "Input tokens that a cache of prompt prefixes would have served, and what that would have saved",
      ground: "simulated",
      formula:
        "hit = min(input, block size × blocks from the start that were used before); saving = Σ logged input cost − [max(hit, cached)·p_cached + (input − max(hit, cached))·(p_write or p_input)]",
      answers: [totals, answer],
      chosen: { lifetimeSeconds },
      assumptions: [
        `An entry lives ${lifetimeSeconds} s since its last use; high: for ever.`,
        "One cache per dataset, provider and model; it never runs full.",
        `Low: prompts and hits under ${MINIMUM_TOKENS} tokens are not cached.`,
        "Where a model charges for cache writes, all input that is not a hit is written.",
        "A model for which the cache would cost more than it saves is left alone.",
      ],
      segmentLabel: "model",
      figures,
    }),
  };
};

/** Per model, and never below zero: one would not switch it on there. */
function savingOf(row: PrefixRow): Saving {
  const positive = (text: string | null) => {
    const pico = amount(text);
    return pico > 0n ? pico : 0n;
  };
  return ordered({
    low: positive(row.savingLowUsd),
    saving: positive(row.savingUsd),
    high: positive(row.savingHighUsd),
  });
}
