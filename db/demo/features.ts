/** A model as the demo's company uses it. Provider and name are the price catalogue's, but for the in-house one. */
export interface DemoModel {
  provider: string;
  model: string;
  /** Of the feature's calls. */
  weight: number;
  /** Time to first token of a short prompt, ms; each 1,000 input tokens add `ttftPer1000` ms. */
  ttft: number;
  ttftPer1000: number;
  /** Output tokens per second once it speaks. */
  speed: number;
  /** Share of good answers on this feature, where answers are judged. */
  quality: number;
  /** Reasoning tokens per output token that is read by somebody. */
  reasoning?: number;
}

export interface DemoFeature {
  name: string;
  /** Of all calls. */
  share: number;
  rhythm: "customers" | "office" | "nightly";
  models: readonly [DemoModel, ...DemoModel[]];
  input: { median: number; spread: number; least: number };
  output: { median: number; spread: number; least: number };
  /** This share of calls asks one of `pool` prompts that are asked again and again. */
  repeats?: { share: number; pool: number };
  /** Leading tokens that all prompts share, and the size of the blocks in which they are hashed. */
  prefix?: { sharedTokens: number; blockTokens: number };
  /** Share of calls whose answer was judged. */
  judged?: number;
  /** Share of calls in which the provider read part of the prompt from its cache by itself. */
  cached?: number;
  users: { kind: "customer" | "employee"; count: number };
}

const sonnet = { provider: "anthropic", model: "claude-sonnet-4-5" };
const opus = { provider: "anthropic", model: "claude-opus-4-1" };

/** In-house model that no catalogue prices. */
export const UNPRICED_MODEL = { provider: "in-house", model: "fjord-extract-13b" };

export const SUPPORT_CHAT = "support-chat";
export const SEARCH_ANSWERS = "search-answers";
export const TAGGING = "ticket-tagging";
export const DOCUMENT_SUMMARY = "document-summary";

export const FEATURES: readonly DemoFeature[] = [
  {
    name: SUPPORT_CHAT,
    share: 0.3,
    rhythm: "customers",
    models: [{ ...sonnet, weight: 1, ttft: 620, ttftPer1000: 18, speed: 74, quality: 0.88 }],
    // Conversations: see chat.ts. The median is what one turn adds.
    input: { median: 2_300, spread: 0.5, least: 200 },
    output: { median: 420, spread: 0.5, least: 30 },
    prefix: { sharedTokens: 11_264, blockTokens: 512 },
    judged: 0.1,
    users: { kind: "customer", count: 1_800 },
  },
  {
    name: SEARCH_ANSWERS,
    share: 0.24,
    rhythm: "customers",
    models: [
      {
        provider: "openai",
        model: "gpt-4.1",
        weight: 1,
        ttft: 480,
        ttftPer1000: 14,
        speed: 92,
        quality: 0.9,
      },
    ],
    input: { median: 8_400, spread: 0.35, least: 1_500 },
    output: { median: 330, spread: 0.45, least: 20 },
    repeats: { share: 0.42, pool: 520 },
    users: { kind: "customer", count: 2_600 },
  },
  {
    name: TAGGING,
    share: 0.19,
    rhythm: "customers",
    models: [
      {
        provider: "openai",
        model: "gpt-4o",
        weight: 0.78,
        ttft: 510,
        ttftPer1000: 16,
        speed: 81,
        quality: 0.945,
      },
      {
        provider: "openai",
        model: "gpt-4o-mini",
        weight: 0.22,
        ttft: 330,
        ttftPer1000: 9,
        speed: 118,
        quality: 0.94,
      },
    ],
    input: { median: 6_200, spread: 0.4, least: 400 },
    output: { median: 14, spread: 0.3, least: 4 },
    repeats: { share: 0.24, pool: 900 },
    judged: 0.3,
    users: { kind: "employee", count: 8 },
  },
  {
    name: DOCUMENT_SUMMARY,
    share: 0.09,
    rhythm: "office",
    models: [
      { ...sonnet, weight: 0.72, ttft: 690, ttftPer1000: 18, speed: 71, quality: 0.86 },
      {
        provider: "google",
        model: "gemini-2.5-pro",
        weight: 0.28,
        ttft: 900,
        ttftPer1000: 15,
        speed: 96,
        quality: 0.84,
      },
    ],
    input: { median: 28_000, spread: 0.55, least: 9_500 },
    output: { median: 1_150, spread: 0.35, least: 200 },
    prefix: { sharedTokens: 8_192, blockTokens: 512 },
    judged: 0.12,
    users: { kind: "employee", count: 70 },
  },
  {
    name: "code-review",
    share: 0.065,
    rhythm: "office",
    models: [
      { ...opus, weight: 0.6, ttft: 1_450, ttftPer1000: 24, speed: 46, quality: 0.82 },
      {
        provider: "openai",
        model: "gpt-5",
        weight: 0.4,
        ttft: 1_200,
        ttftPer1000: 15,
        speed: 84,
        quality: 0.8,
        reasoning: 1.6,
      },
    ],
    input: { median: 21_000, spread: 0.6, least: 1_200 },
    output: { median: 1_700, spread: 0.45, least: 150 },
    judged: 0.25,
    cached: 0.3,
    users: { kind: "employee", count: 45 },
  },
  {
    name: "email-drafts",
    share: 0.05,
    rhythm: "office",
    models: [
      {
        provider: "google",
        model: "gemini-2.5-flash",
        weight: 0.7,
        ttft: 350,
        ttftPer1000: 6,
        speed: 165,
        quality: 0.87,
      },
      {
        provider: "openai",
        model: "gpt-4.1-mini",
        weight: 0.3,
        ttft: 390,
        ttftPer1000: 9,
        speed: 110,
        quality: 0.86,
      },
    ],
    input: { median: 2_400, spread: 0.5, least: 200 },
    output: { median: 260, spread: 0.4, least: 40 },
    users: { kind: "employee", count: 120 },
  },
  {
    name: "contract-extraction",
    share: 0.035,
    rhythm: "office",
    models: [{ ...UNPRICED_MODEL, weight: 1, ttft: 240, ttftPer1000: 30, speed: 58, quality: 0.8 }],
    input: { median: 11_000, spread: 0.4, least: 1_000 },
    output: { median: 520, spread: 0.4, least: 60 },
    users: { kind: "employee", count: 15 },
  },
  {
    name: "nightly-report",
    share: 0.03,
    rhythm: "nightly",
    models: [
      {
        provider: "openai",
        model: "gpt-5",
        weight: 1,
        ttft: 1_500,
        ttftPer1000: 15,
        speed: 84,
        quality: 0.9,
        reasoning: 0.8,
      },
    ],
    input: { median: 118_000, spread: 0.25, least: 40_000 },
    output: { median: 5_200, spread: 0.25, least: 1_500 },
    users: { kind: "employee", count: 1 },
  },
];
