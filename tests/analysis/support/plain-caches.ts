import type { CacheLifetime, LivesFrom } from "../../../party/analysis/source";
import type { StoredCall } from "./stored-call";

/** In the order in which caches see calls. */
export function inOrder<Own extends StoredCall>(calls: readonly Own[]): Own[] {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...calls].sort(
    (a, b) => a.time - b.time || compare(a.id, b.id) || compare(a.datasetId, b.datasetId),
  );
}

/** The calls that repeat an earlier one exactly, walked one by one. `calls` are in order. */
export function exactRepeats(calls: readonly StoredCall[]): Set<StoredCall> {
  const seen = new Set<string>();
  const repeats = new Set<StoredCall>();
  for (const call of calls) {
    const key = answerKey(call);
    if (key === null) continue;
    if (seen.has(key)) repeats.add(call);
    seen.add(key);
  }
  return repeats;
}

/** The calls that a cache of answers with such entries would have served, walked one by one. `calls` are in order. */
export function servedRepeats(
  calls: readonly StoredCall[],
  livesFrom: LivesFrom,
  lifetime: CacheLifetime,
): Set<StoredCall> {
  const livesSince = new Map<string, number>();
  const served = new Set<StoredCall>();
  for (const call of calls) {
    const key = answerKey(call);
    if (key === null) continue;
    const own = lifetime.features.find(({ feature }) => feature === call.feature);
    const lives = (own?.seconds ?? lifetime.seconds) * 1000;
    const since = livesSince.get(key);
    const isServed = since !== undefined && call.time - since <= lives;
    if (isServed) served.add(call);
    if (!isServed || livesFrom === "last-use") livesSince.set(key, call.time);
  }
  return served;
}

function answerKey(call: StoredCall): string | null {
  if (call.status !== "ok" || call.promptHash === "") return null;
  return JSON.stringify([call.datasetId, call.feature, call.provider, call.model, call.promptHash]);
}

/**
 * Input tokens of each call that a prefix cache would have served, walked one by one. Calls without a
 * cache name or blocks neither use nor fill one. `lifetimeMs` null: entries live for ever. `calls` are in order.
 */
export function servedPrefixes<Own extends StoredCall>(
  calls: readonly Own[],
  cacheOf: (call: Own) => string | null,
  lifetimeMs: number | null,
): Map<Own, number> {
  const lastUse = new Map<string, number>();
  const served = new Map<Own, number>();
  for (const call of calls) {
    const cache = cacheOf(call);
    if (cache === null || call.status !== "ok" || call.prefixBlocks.length === 0) continue;
    const keys = call.prefixBlocks.map((block, place) => JSON.stringify([cache, place, block]));
    const miss = keys.findIndex((key) => {
      const last = lastUse.get(key);
      return last === undefined || (lifetimeMs !== null && call.time - last > lifetimeMs);
    });
    const blocks = miss < 0 ? keys.length : miss;
    served.set(call, Math.min(call.inputTokens, call.blockTokens * blocks));
    for (const key of keys) lastUse.set(key, call.time);
  }
  return served;
}

/** What of the served tokens a provider bills as read. */
export function billedReads(
  served: number,
  { minimumTokens, stepTokens }: { minimumTokens: number; stepTokens: number },
): number {
  return served < minimumTokens ? 0 : served - (served % stepTokens);
}
