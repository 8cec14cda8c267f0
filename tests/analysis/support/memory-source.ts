import {
  type CallQuery,
  checkCallQuery,
  type Measure,
  type QueryRow,
} from "../../../db/call-query";
import type { Call } from "../../../db/clickhouse/call";
import { priceCall } from "../../../db/prices";
import type { Answer, CallSource, Percentiles, Scope } from "../../../party/analysis/source";
import { groupBy } from "./group-by";
import { labelsByModel, pairsOfModels } from "./memory-labels";
import { percentile, queryInMemory } from "./memory-query";
import { ratesByModel } from "./memory-rates";
import { exactRepeats, servedRepeats } from "./plain-caches";
import { jointRows, usage } from "./plain-joint-rows";
import { prefixBreakRows, prefixRows } from "./plain-prefixes";
import { spend } from "./plain-sums";
import type { StoredCall } from "./stored-call";

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
  const inScope = (scope: Scope): StoredCall[] =>
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
    query: async <M extends Measure>(scope: Scope, question: CallQuery<M>) => {
      const rows = queryInMemory(inScope(scope), scope, checkCallQuery(question));
      // The rows were made of the question's own measures.
      return answer(rows) as Answer<QueryRow<M>>;
    },
    duplicates: async (scope, { livesFrom, lifetimes }) => {
      const calls = inScope(scope);
      const repeated = exactRepeats(calls);
      const served = lifetimes.map((lifetime) => servedRepeats(calls, livesFrom, lifetime));
      const rows = [...groupBy(calls, (call) => call.feature)].map(([feature, own]) => {
        const repeats = own.filter((call) => repeated.has(call));
        return {
          feature,
          calls: own.filter((call) => call.status === "ok").length,
          hashedCalls: own.filter((call) => call.status === "ok" && call.promptHash !== "").length,
          costUsd: spend(own),
          repeats: repeats.length,
          repeatCostUsd: repeats.length === 0 ? "0" : spend(repeats),
          unpricedRepeats: repeats.filter((call) => call.cost === null).length,
          served: served.map((answered) => {
            const counted = own.filter((call) => answered.has(call));
            return {
              repeats: counted.length,
              costUsd: counted.length === 0 ? "0" : spend(counted),
            };
          }),
        };
      });
      return answer(rows);
    },
    prefixReuse: async (scope, question) => answer(prefixRows(inScope(scope), question)),
    prefixBreaks: async (scope, question) => answer(prefixBreakRows(inScope(scope), question)),
    modelUsage: async (scope, { steps }) => {
      const calls = inScope(scope).filter((call) => call.status === "ok" && call.cost !== null);
      return answer(usage(calls, steps));
    },
    jointUsage: async (scope, question) => answer(jointRows(inScope(scope), question)),
    rates: async (scope) => answer(ratesByModel(inScope(scope))),
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
          return {
            feature: own[0]?.feature ?? "",
            provider: own[0]?.provider ?? "",
            model: own[0]?.model ?? "",
            calls: own.length,
            latencyMs: percentiles(own, "latencyMs"),
            ttftMs: percentiles(own, "ttftMs"),
            labelledCalls: labels.length,
            meanQuality: labels.length === 0 ? null : mean,
            qualityError: labels.length < 2 ? null : Math.sqrt(variance / labels.length),
          };
        }),
      );
    },
    inputLevels: async (scope) => {
      const groups = groupBy(
        inScope(scope).filter(({ status }) => status === "ok"),
        ({ feature }) => feature,
      );
      const rows = [...groups].map(([feature, own]) => {
        const tokens = own.map(({ inputTokens }) => inputTokens);
        return {
          feature,
          calls: own.length,
          p50: toMillionths(percentile(tokens, 0.5)),
          p90: toMillionths(percentile(tokens, 0.9)),
          longest: Math.max(...tokens),
        };
      });
      return answer(rows.sort((a, b) => b.calls - a.calls || compare(a.feature, b.feature)));
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

function toMillionths(level: number | null): number {
  return Math.round((level ?? 0) * 1e6) / 1e6;
}

function allows(wanted: readonly string[] | undefined, value: string): boolean {
  return !wanted || wanted.length === 0 || wanted.includes(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function percentiles(own: readonly StoredCall[], what: "latencyMs" | "ttftMs"): Percentiles | null {
  const values = own.flatMap((call) => (call.status === "ok" ? (call[what] ?? []) : []));
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((level) => percentile(values, level) ?? 0);
  if (values.length === 0 || p50 === undefined || p95 === undefined || p99 === undefined)
    return null;
  return { calls: values.length, p50, p95, p99 };
}
