import type { Call } from "../../../db/clickhouse/call";
import { formatUsd, priceCall } from "../../../db/prices";
import type {
  Answer,
  CallFate,
  CallSource,
  Dimension,
  Measures,
  Percentiles,
  Scope,
  UsageRow,
} from "../../../party/analysis/source";
import { groupBy } from "./group-by";
import { labelsByModel, pairsOfModels } from "./memory-labels";

/** A stored call: the log's, where it is stored, and what it cost in pico-dollars (null: unpriced). */
interface Stored extends Call {
  datasetId: string;
  cost: bigint | null;
}

/**
 * The plain reading of every question, call by call, for comparison with the real store: no SQL, no
 * aggregation tricks, quadratic where that is plainest.
 */
export function memorySource(
  stored: ReadonlyArray<{ workspaceId: string; datasetId: string; calls: readonly Call[] }>,
): CallSource {
  const all = stored.flatMap(({ workspaceId, datasetId, calls }) =>
    calls.map((call) => {
      const price = priceCall(call);
      return { ...call, workspaceId, datasetId, cost: price.priced ? price.cost : null };
    }),
  );
  const inScope = (scope: Scope): Stored[] =>
    all
      .filter(
        (call) =>
          call.workspaceId === scope.workspaceId &&
          scope.datasets.some(({ id }) => id === call.datasetId) &&
          (scope.from === null || call.time >= scope.from) &&
          (scope.to === null || call.time < scope.to) &&
          allows(scope.filters.provider, call.provider) &&
          allows(scope.filters.model, call.model) &&
          allows(scope.filters.feature, call.feature) &&
          !(scope.filters.notFeature ?? []).includes(call.feature),
      )
      .sort((a, b) => a.time - b.time || compare(a.id, b.id) || compare(a.datasetId, b.datasetId));

  return {
    totals: async (scope) => answer([measures(inScope(scope))]),
    breakdown: async (scope, { by, limit, rank = "cost" }) => {
      const size = (calls: readonly Stored[]) => {
        const { inputTokens, errors, latencyMs } = measures(calls);
        return {
          cost: 0,
          calls: calls.length,
          input_tokens: inputTokens,
          errors,
          p95_latency: latencyMs?.p95 ?? -1,
        }[rank];
      };
      const groups = [...groupBy(inScope(scope), (call) => segmentOf(call, by))].sort(
        ([a, x], [b, y]) =>
          size(y) - size(x) || byCost(x, y) || y.length - x.length || compare(a, b),
      );
      const rows = groups.slice(0, limit).map(([segment, calls]) => ({
        segment,
        others: false,
        segments: 1,
        ...measures(calls),
      }));
      if (by === "day" || by === "hour") rows.sort((a, b) => compare(a.segment, b.segment));
      const rest = groups.slice(limit);
      const others = rest.flatMap(([, calls]) => calls);
      if (rest.length > 0) {
        rows.push({ segment: "", others: true, segments: rest.length, ...measures(others) });
      }
      return answer(rows);
    },
    timeline: async (scope, { grain }) => {
      const size = grain === "day" ? 86_400_000 : 3_600_000;
      const groups = groupBy(inScope(scope), (call) => Math.floor(call.time / size) * size);
      return answer(
        [...groups].map(([at, calls]) => ({ at, ...measures(calls) })).sort((a, b) => a.at - b.at),
      );
    },
    periods: async (scope, { current, previous, by }) => {
      const rows = (["current", "previous"] as const).flatMap((period) => {
        const { from, to } = period === "current" ? current : previous;
        const calls = inScope(scope).filter((call) => call.time >= from && call.time < to);
        return [...groupBy(calls, (call) => (by ? segmentOf(call, by) : ""))]
          .sort(([a, x], [b, y]) => byCost(x, y) || y.length - x.length || compare(a, b))
          .map(([segment, own]) => ({ period, segment, ...measures(own) }));
      });
      return answer(rows);
    },
    duplicates: async (scope, { withinSeconds }) => {
      const calls = inScope(scope);
      const gaps = repeatGaps(calls);
      const rows = [...groupBy(calls, (call) => call.feature)].map(([feature, own]) => {
        const repeats = own.filter((call) => gaps.has(call));
        return {
          feature,
          calls: own.filter((call) => call.status === "ok").length,
          hashedCalls: own.filter((call) => call.status === "ok" && call.promptHash !== "").length,
          costUsd: spend(own),
          repeats: repeats.length,
          repeatCostUsd: repeats.length === 0 ? "0" : spend(repeats),
          unpricedRepeats: repeats.filter((call) => call.cost === null).length,
          within: withinSeconds.map((seconds) => {
            const close = repeats.filter((call) => (gaps.get(call) ?? 0) <= seconds * 1000);
            return {
              seconds,
              repeats: close.length,
              costUsd: close.length === 0 ? "0" : spend(close),
            };
          }),
        };
      });
      return answer(rows);
    },
    prefixReuse: async (scope, { lifetimeSeconds, minimumTokens }) => {
      const lastUse = new Map<string, number>();
      const replayed: Array<{ call: Stored; limited: number; unlimited: number }> = [];
      for (const call of inScope(scope)) {
        if (call.status !== "ok" || call.prefixBlocks.length === 0) continue;
        const keys = call.prefixBlocks.map((block, position) =>
          JSON.stringify([call.datasetId, call.provider, call.model, block, position]),
        );
        const run = (lives: (last: number) => boolean) => {
          const miss = keys.findIndex((key) => {
            const last = lastUse.get(key);
            return last === undefined || !lives(last);
          });
          return Math.min(call.inputTokens, call.blockTokens * (miss < 0 ? keys.length : miss));
        };
        replayed.push({
          call,
          limited: run((last) => call.time - last <= lifetimeSeconds * 1000),
          unlimited: run(() => true),
        });
        for (const key of keys) lastUse.set(key, call.time);
      }
      const rows = [
        ...groupBy(replayed, ({ call }) => JSON.stringify([call.provider, call.model])),
      ].map(([, own]) => {
        let inputCost = 0n;
        const saved = { central: 0n, low: 0n, high: 0n };
        let pricedCalls = 0;
        let writeFeeCalls = 0;
        for (const { call, limited, unlimited } of own) {
          const price = priceCall(call);
          if (!price.priced || price.applied.cacheRead === null) continue;
          const { input, cacheRead, cacheWrite } = price.applied;
          pricedCalls++;
          if (cacheWrite !== null) writeFeeCalls++;
          const write = cacheWrite ?? input;
          const fresh = call.inputTokens - call.cacheReadTokens - call.cacheWriteTokens;
          const logged =
            BigInt(fresh) * input +
            BigInt(call.cacheReadTokens) * cacheRead +
            BigInt(call.cacheWriteTokens) * write;
          const simulated = (hit: number) => {
            const reads = Math.max(hit, call.cacheReadTokens);
            return BigInt(reads) * cacheRead + BigInt(call.inputTokens - reads) * write;
          };
          inputCost += logged;
          saved.central += logged - simulated(limited);
          saved.high += logged - simulated(unlimited);
          if (call.inputTokens >= minimumTokens) {
            saved.low += logged - simulated(limited >= minimumTokens ? limited : 0);
          }
        }
        const sum = (pick: (replay: (typeof own)[number]) => number) =>
          own.reduce((total, replay) => total + pick(replay), 0);
        const known = pricedCalls > 0;
        return {
          provider: own[0]?.call.provider ?? "",
          model: own[0]?.call.model ?? "",
          calls: own.length,
          inputTokens: sum(({ call }) => call.inputTokens),
          hitTokens: sum(({ limited }) => limited),
          unlimitedHitTokens: sum(({ unlimited }) => unlimited),
          cacheReadTokens: sum(({ call }) => call.cacheReadTokens),
          inputCostUsd: known ? formatUsd(inputCost) : null,
          pricedCalls,
          writeFeeCalls,
          savingUsd: known ? formatUsd(saved.central) : null,
          savingLowUsd: known ? formatUsd(saved.low) : null,
          savingHighUsd: known ? formatUsd(saved.high) : null,
        };
      });
      return answer(rows);
    },
    modelUsage: async (scope, { steps }) => {
      const calls = inScope(scope).filter((call) => call.status === "ok" && call.cost !== null);
      return answer(usage(calls, steps));
    },
    jointUsage: async (scope, { steps, shortSeconds, mediumSeconds }) => {
      const calls = inScope(scope);
      const gaps = repeatGaps(calls);
      const fateOf = (call: Stored): CallFate => {
        if (call.status === "error") {
          return call.retry === 0
            ? "failed-first"
            : call.retry === 1
              ? "failed-second"
              : "failed-later";
        }
        const gap = gaps.get(call);
        if (gap === undefined) return "kept";
        if (gap <= shortSeconds * 1000) return "repeat-short";
        return gap <= mediumSeconds * 1000 ? "repeat-medium" : "repeat-long";
      };
      const groups = groupBy(
        calls.filter((call) => call.cost !== null),
        fateOf,
      );
      return answer(
        [...groups].flatMap(([fate, own]) => usage(own, steps).map((row) => ({ fate, ...row }))),
      );
    },
    modelLabels: async (scope) => answer(labelsByModel(inScope(scope))),
    labelPairs: async (scope) => answer(pairsOfModels(inScope(scope))),
    modelProfiles: async (scope) => {
      const groups = groupBy(inScope(scope), (call) =>
        JSON.stringify([call.feature, call.provider, call.model]),
      );
      return answer(
        [...groups.values()].map((own) => {
          const labels = own.flatMap((call) =>
            call.status === "ok" && call.quality !== null ? [call.quality] : [],
          );
          const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
          const variance =
            labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / (labels.length - 1);
          const { latencyMs, ttftMs } = measures(own);
          return {
            feature: own[0]?.feature ?? "",
            provider: own[0]?.provider ?? "",
            model: own[0]?.model ?? "",
            calls: own.length,
            latencyMs,
            ttftMs,
            labelledCalls: labels.length,
            meanQuality: labels.length === 0 ? null : mean,
            qualityError: labels.length < 2 ? null : Math.sqrt(variance / labels.length),
          };
        }),
      );
    },
    errors: async (scope) => {
      const groups = groupBy(inScope(scope), (call) =>
        JSON.stringify([call.feature, call.status, call.status === "error" ? call.errorCode : ""]),
      );
      return answer(
        [...groups.values()].map((own) => {
          const failed = own.filter((call) => call.status === "error");
          const cost = (least: number) => {
            const counted = failed.filter((call) => call.retry >= least);
            return counted.length === 0 ? "0" : spend(counted);
          };
          return {
            feature: own[0]?.feature ?? "",
            errorCode: failed[0]?.errorCode ?? "",
            calls: own.length,
            errors: failed.length,
            retries: own.filter((call) => call.retry > 0).length,
            errorCostUsd: cost(0),
            retriedErrorCostUsd: cost(1),
            lateErrorCostUsd: cost(2),
            unpricedErrors: failed.filter((call) => call.cost === null).length,
            costUsd: spend(own),
          };
        }),
      );
    },
  };
}

function answer<Row>(rows: Row[]): Answer<Row> {
  return { rows, sql: "in memory", parameters: {}, rowsRead: 0, elapsedMs: 0 };
}

function allows(wanted: readonly string[] | undefined, value: string): boolean {
  return !wanted || wanted.length === 0 || wanted.includes(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function segmentOf(call: Stored, by: Dimension): string {
  const iso = new Date(call.time).toISOString();
  switch (by) {
    case "model":
      return call.provider === "" || call.model === ""
        ? call.model
        : `${call.provider}/${call.model}`;
    case "provider":
    case "feature":
    case "user":
    case "status":
      return call[by];
    case "day":
      return iso.slice(0, 10);
    case "hour":
      return `${iso.slice(0, 10)} ${iso.slice(11, 13)}:00`;
  }
}

function costOf(calls: readonly Stored[]): bigint | null {
  const known = calls.flatMap((call) => (call.cost === null ? [] : [call.cost]));
  return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0n);
}

function spend(calls: readonly Stored[]): string | null {
  const cost = costOf(calls);
  return cost === null ? null : formatUsd(cost);
}

/** The dearer first, the unpriced last. */
function byCost(a: readonly Stored[], b: readonly Stored[]): number {
  const x = costOf(a);
  const y = costOf(b);
  if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
  return y > x ? 1 : y < x ? -1 : 0;
}

function percentiles(values: number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (level: number) => {
    const rank = level * (sorted.length - 1);
    const below = sorted[Math.floor(rank)] ?? 0;
    const above = sorted[Math.ceil(rank)] ?? 0;
    return Math.round((below + (above - below) * (rank - Math.floor(rank))) * 1000) / 1000;
  };
  return { calls: values.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function measures(calls: readonly Stored[]): Measures {
  const sum = (pick: (call: Stored) => number) =>
    calls.reduce((total, call) => total + pick(call), 0);
  const ok = calls.filter((call) => call.status === "ok");
  const failed = calls.filter((call) => call.status === "error");
  const times = calls.map((call) => call.time);
  const known = (value: number | null) => (value === null ? [] : [value]);
  return {
    calls: calls.length,
    inputTokens: sum((call) => call.inputTokens),
    cacheReadTokens: sum((call) => call.cacheReadTokens),
    cacheWriteTokens: sum((call) => call.cacheWriteTokens),
    outputTokens: sum((call) => call.outputTokens),
    reasoningTokens: sum((call) => call.reasoningTokens),
    costUsd: spend(calls),
    pricedCalls: calls.filter((call) => call.cost !== null).length,
    unpricedCalls: calls.filter((call) => call.cost === null).length,
    errors: failed.length,
    errorCostUsd: failed.length === 0 ? "0" : spend(failed),
    retries: calls.filter((call) => call.retry > 0).length,
    latencyMs: percentiles(ok.flatMap((call) => known(call.latencyMs))),
    ttftMs: percentiles(ok.flatMap((call) => known(call.ttftMs))),
    firstAt: times.length === 0 ? null : Math.min(...times),
    lastAt: times.length === 0 ? null : Math.max(...times),
  };
}

/** For each exact repeat, the ms since the previous identical call. `calls` are in order of time. */
function repeatGaps(calls: readonly Stored[]): Map<Stored, number> {
  const gaps = new Map<Stored, number>();
  const last = new Map<string, number>();
  for (const call of calls) {
    if (call.status !== "ok" || call.promptHash === "") continue;
    const key = JSON.stringify([call.datasetId, call.provider, call.model, call.promptHash]);
    const before = last.get(key);
    if (before !== undefined) gaps.set(call, call.time - before);
    last.set(key, call.time);
  }
  return gaps;
}

function usage(calls: readonly Stored[], steps: readonly number[]): UsageRow[] {
  const stepOf = (call: Stored) => steps.filter((start) => call.inputTokens > start).length;
  const groups = groupBy(calls, (call) =>
    JSON.stringify([call.feature, call.provider, call.model, stepOf(call)]),
  );
  return [...groups.values()].map((own) => {
    const [first] = own;
    if (!first) throw new Error("a group has calls");
    const sum = (pick: (call: Stored) => number) =>
      own.reduce((total, call) => total + pick(call), 0);
    return {
      feature: first.feature,
      provider: first.provider,
      model: first.model,
      step: stepOf(first),
      calls: own.length,
      inputTokens: sum((call) => call.inputTokens),
      cacheReadTokens: sum((call) => call.cacheReadTokens),
      cacheWriteTokens: sum((call) => call.cacheWriteTokens),
      outputTokens: sum((call) => call.outputTokens),
      longestTokens: Math.max(...own.map((call) => call.inputTokens + call.outputTokens)),
      costUsd: spend(own) ?? "0",
    };
  });
}
