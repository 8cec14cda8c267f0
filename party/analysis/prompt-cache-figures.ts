import { type Figures, subtractUsd } from "./figures";
import { leverFigures } from "./lever";
import type { LeverResult, PromptCacheResult } from "./results";

const MOST_MODELS = 60;

export function promptCacheFigures(result: PromptCacheResult, head: LeverResult): Figures {
  const figures = leverFigures(head);
  const { limited, unlimited } = result;
  const none = result.calls === 0 ? "no prefix blocks in the log" : undefined;
  const unknown = result.reason ?? undefined;
  const noShare = (share: string | null) =>
    share === null ? (none ?? unknown ?? "no input tokens") : undefined;
  figures.add(null, "prefix_calls", "successful calls with prefix blocks", "calls", result.calls);
  figures.add(null, "input_tokens", "their input tokens", "tokens", result.inputTokens);
  figures.usd(null, "input_cost", "what their input cost", result.inputCostUsd, unknown);
  figures.add(
    null,
    "share_of_input",
    "share of their input's cost saved",
    "percent",
    result.shareOfInput,
    noShare(result.shareOfInput),
  );
  const naive = "all input at the price of a cached read";
  figures.usd(null, "saving_naive", naive, result.naiveSavingUsd, unknown);
  figures.usd(
    null,
    "naive_excess",
    "what that promises beyond the replay",
    subtractUsd(result.naiveSavingUsd, result.savingUsd),
    unknown,
  );
  const lived = `entries living ${limited.lifetimeSeconds} s`;
  figures.add(null, "hit_tokens", `input tokens served, ${lived}`, "tokens", limited.hitTokens);
  figures.add(
    null,
    "hit_share",
    `share of input served, ${lived}`,
    "percent",
    limited.hitShare,
    noShare(limited.hitShare),
  );
  figures.add(
    null,
    "billed_read_tokens",
    "of these and those cached already, billed as read",
    "tokens",
    result.billedReadTokens,
  );
  figures.add(
    null,
    "hit_tokens_unlimited",
    "input tokens served, entries living for ever",
    "tokens",
    unlimited.hitTokens,
  );
  figures.add(
    null,
    "hit_share_unlimited",
    "share of input served, entries living for ever",
    "percent",
    unlimited.hitShare,
    noShare(unlimited.hitShare),
  );
  figures.add(
    null,
    "cache_read_tokens",
    "input tokens served from a cache already",
    "tokens",
    result.cacheReadTokens,
  );
  for (const model of result.models.slice(0, MOST_MODELS)) addModel(figures, model);
  return figures;
}

function addModel(figures: Figures, model: PromptCacheResult["models"][number]): void {
  const unpriced = model.available ? undefined : "unpriced: no price for cached input";
  const worse = model.savingUsd?.startsWith("-")
    ? "writes cost more than hits save: left alone"
    : undefined;
  figures.usd(model.name, "saving", "saving", model.savingUsd, unpriced ?? worse);
  figures.usd(
    model.name,
    "saving_hour",
    "saving with entries of an hour",
    model.hourSavingUsd,
    model.hourSavingUsd === null
      ? (unpriced ?? "the provider sells no entries of an hour, or it is not known")
      : undefined,
  );
  figures.usd(model.name, "saving_naive", "all input as cached", model.naiveSavingUsd, unpriced);
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
  figures.add(
    model.name,
    "minimum_tokens",
    "shortest prefix that is cached",
    "tokens",
    model.rule?.minimumTokens ?? null,
    model.rule ? `as of ${model.rule.asOf}` : "no rule of the provider is known",
  );
}
