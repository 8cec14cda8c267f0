import type { Call } from "../../../db/clickhouse/call";
import type { RateRow } from "../../../party/analysis/source";
import { groupBy } from "./group-by";

const MINUTE = 60_000;

/** The plain reading of `rates`: every minute from a model's first to its last call, empty ones too. */
export function ratesByModel(calls: readonly Call[]): RateRow[] {
  return [...groupBy(calls, ({ provider, model }) => JSON.stringify([provider, model]))].map(
    ([key, own]) => {
      const [provider, model] = JSON.parse(key);
      const byMinute = groupBy(own, ({ time }) => Math.floor(time / MINUTE));
      const first = Math.min(...byMinute.keys());
      const minutes = Array.from(
        { length: Math.max(...byMinute.keys()) - first + 1 },
        (_, minute) => byMinute.get(first + minute) ?? [],
      );
      const tokens = minutes.map((within) =>
        within.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0),
      );
      const peak = Math.max(...tokens);
      const busiest = tokens.findIndex(
        (count, minute) => count === peak && (minutes[minute]?.length ?? 0) > 0,
      );
      return {
        provider,
        model,
        minutes: minutes.length,
        activeMinutes: byMinute.size,
        calls: own.length,
        tokens: tokens.reduce((sum, count) => sum + count, 0),
        requestsPerMinute: levelsOf(minutes.map(({ length }) => length)),
        tokensPerMinute: levelsOf(tokens),
        peakAt: (first + busiest) * MINUTE,
      };
    },
  );
}

function levelsOf(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (level: number) => {
    const rank = level * (sorted.length - 1);
    const [below = 0, above = 0] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
    return below + (above - below) * (rank - Math.floor(rank));
  };
  return { p50: at(0.5), p99: at(0.99), peak: sorted.at(-1) ?? 0 };
}
