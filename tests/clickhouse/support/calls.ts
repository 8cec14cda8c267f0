import type { Call } from "../../../db/clickhouse/call";

/** A call with nothing special about it. */
export function aCall(fields: Partial<Call> & { id: string }): Call {
  return {
    time: Date.UTC(2026, 2, 1),
    provider: "openai",
    model: "gpt-4o",
    inputTokens: 1000,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 100,
    reasoningTokens: 0,
    latencyMs: 800,
    ttftMs: 200,
    status: "ok",
    errorCode: "",
    retry: 0,
    feature: "chat",
    user: "u1",
    session: "s1",
    promptHash: "",
    prefixBlocks: [],
    blockTokens: 0,
    quality: null,
    tags: {},
    ...fields,
  };
}

/** A small seeded generator of numbers (mulberry32), so that a failing case can be had again by its seed. */
export function seeded(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    integer: (from: number, to: number) => from + Math.floor(next() * (to - from + 1)),
    pick: <Item>(items: readonly [Item, ...Item[]]): Item =>
      items[Math.floor(next() * items.length)] ?? items[0],
    chance: (probability: number) => next() < probability,
  };
}

const models: readonly [readonly [string, string], ...Array<readonly [string, string]>] = [
  ["openai", "gpt-4o"],
  ["openai", "gpt-4o-mini"],
  ["openai", "o3"],
  ["anthropic", "claude-sonnet-4-5"],
  ["google", "gemini-2.5-pro"],
  ["deepseek", "deepseek-chat"],
  ["", "gpt-4.1"],
  ["openai", "house-model-7"],
  ["nowhere", "gpt-4o"],
];

const features = [
  "search",
  "chat",
  "summary",
  "",
  'it\'s "odd"\\\n; DROP TABLE calls_v1 --',
] as const;

/** A log with everything that measures and levers look at: repeats, prefixes, failures, gaps, ties in time. */
export function generatedCalls(seed: number, size: number, start = Date.UTC(2026, 2, 1)): Call[] {
  const random = seeded(seed);
  const calls: Call[] = [];
  for (let index = 0; index < size; index++) {
    const [provider, model] = random.pick(models);
    const prefix = random.integer(0, 2);
    const length = random.integer(0, 6);
    const inputTokens = random.chance(0.05)
      ? random.integer(190_000, 300_000)
      : random.integer(0, 4000);
    const outputTokens = random.integer(0, 900);
    const failed = random.chance(0.1);
    const cached = random.chance(0.3);
    const cacheReadTokens = cached ? Math.floor(inputTokens * 0.4) : 0;
    const cacheWriteTokens = cached && provider === "anthropic" ? Math.floor(inputTokens * 0.2) : 0;
    calls.push(
      aCall({
        id: `${seed}-${String(index).padStart(7, "0")}`,
        // Whole quarters of an hour make ties, and gaps that are exactly a lifetime long.
        time:
          start +
          random.integer(0, 9 * 24 * 4) * 900_000 +
          (random.chance(0.3) ? random.integer(1, 899_999) : 0),
        provider,
        model,
        inputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        outputTokens,
        reasoningTokens: random.chance(0.2) ? Math.floor(outputTokens / 2) : 0,
        latencyMs: random.chance(0.9) ? random.integer(50, 9000) + 0.25 : null,
        ttftMs: random.chance(0.5) ? random.integer(10, 900) : null,
        status: failed ? "error" : "ok",
        errorCode: failed ? random.pick(["429", "500", "timeout"]) : "",
        retry: random.chance(0.2) ? random.integer(1, 4) : 0,
        feature: random.pick(features),
        user: `user-${random.integer(0, 30)}`,
        session: `session-${random.integer(0, 200)}`,
        promptHash: random.chance(0.7) ? `hash-${random.integer(0, Math.max(2, size / 40))}` : "",
        prefixBlocks: Array.from({ length }, (_, place) =>
          String(
            18_446_744_073_709_000_000n +
              BigInt(prefix * 100 + place) +
              (place > 3 ? (BigInt(index) * 1000n) % 400_000n : 0n),
          ),
        ),
        blockTokens: length === 0 ? 0 : 512,
        quality: random.chance(0.25) ? random.integer(0, 100) / 100 : null,
        tags: { seed: String(seed) },
      }),
    );
  }
  return calls;
}
