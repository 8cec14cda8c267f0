import { findPrice } from "./unit-prices";

/** What a provider says of its cache of prompt prefixes. Prices of reads and writes are the catalogue's. */
export interface PromptCacheRule {
  /** The shortest prompt, and the shortest prefix, that is cached, tokens. */
  minimumTokens: number;
  /** Served prefixes are cut down to whole steps of so many tokens. */
  stepTokens: number;
  /**
   * How long an entry lives since its last use, and what writing it costs in percent of plain input
   * (100: no fee). Empty when the provider does not say.
   */
  lifetimes: ReadonlyArray<{ seconds: number; writePercent: number }>;
  /** Whether a served prefix is sure, or only likely. */
  assured: boolean;
  source: string;
  /** The day as of which the source says so. */
  asOf: string;
}

interface Entry extends PromptCacheRule {
  provider: string;
  /** Of the catalogue's model names; the first entry that fits counts. */
  model: RegExp;
}

const anthropic = {
  provider: "anthropic",
  stepTokens: 1,
  lifetimes: [
    { seconds: 300, writePercent: 125 },
    { seconds: 3_600, writePercent: 200 },
  ],
  assured: true,
  source: "https://platform.claude.com/docs/en/build-with-claude/prompt-caching",
  asOf: "2026-03-01",
};
const openai = {
  minimumTokens: 1_024,
  stepTokens: 128,
  // "typically cleared after 5–10 minutes of inactivity and always removed within one hour".
  lifetimes: [{ seconds: 300, writePercent: 100 }],
  assured: false,
  source: "https://openai.com/index/api-prompt-caching/",
  asOf: "2024-10-01",
};
const google = {
  provider: "google",
  stepTokens: 1,
  lifetimes: [],
  assured: false,
  source: "https://ai.google.dev/gemini-api/docs/caching",
  asOf: "2026-06-01",
};

const entries: readonly Entry[] = [
  { ...anthropic, model: /^claude-(opus-4-[56]|haiku-4-5)$/, minimumTokens: 4_096 },
  { ...anthropic, model: /^claude-(sonnet-4-6$|3-5-haiku|3-haiku)/, minimumTokens: 2_048 },
  {
    ...anthropic,
    model: /^claude-(opus-4-[01]$|sonnet-4-[05]$|3-7-sonnet|3-5-sonnet|3-opus)/,
    minimumTokens: 1_024,
  },
  { ...openai, provider: "openai", model: /./ },
  { ...openai, provider: "azure", model: /./ },
  { ...google, model: /^gemini-3/, minimumTokens: 4_096 },
  { ...google, model: /^gemini-2\.5/, minimumTokens: 2_048 },
  {
    provider: "deepseek",
    model: /./,
    minimumTokens: 64,
    stepTokens: 64,
    lifetimes: [],
    assured: false,
    source: "https://api-docs.deepseek.com/guides/kv_cache",
    asOf: "2024-08-02",
  },
];

/** The rule for a model as the log names it; null where no source is known, which is not "no minimum". */
export function promptCacheRule(
  provider: string,
  model: string,
  at: number,
): PromptCacheRule | null {
  const match = findPrice(provider, model, at);
  if (!match.priced) return null;
  return (
    entries.find((entry) => entry.provider === match.provider && entry.model.test(match.model)) ??
    null
  );
}
