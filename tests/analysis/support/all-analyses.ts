import {
  askCalls,
  catalogueModels,
  comparePeriods,
  compareQuality,
  concentration,
  errorsAndRetries,
  explainChange,
  jointPlan,
  latencyByFeature,
  leverBatch,
  leverCapacity,
  leverCascade,
  leverModelSwap,
  leverOutputCap,
  leverPrefixBreaks,
  leverPromptCache,
  leverPromptTrim,
  leverResponseCache,
  leverRetryWaste,
  profileBreakdown,
  profileTimeline,
  profileTotals,
  projectSpend,
  qualityByModel,
  solveGoals,
  unusualHours,
} from "../../../party/analysis";
import type { Analysed } from "../../../party/analysis/results";
import type { CallSource, Scope } from "../../../party/analysis/source";

/** Every analysis with usual parameters, by name. */
export function allAnalyses(
  source: CallSource,
  scope: Scope,
): Record<string, () => Promise<Analysed<unknown>>> {
  return {
    totals: () => profileTotals(source, scope, {}),
    "by feature": () => profileBreakdown(source, scope, { by: "feature" }),
    "by model": () => profileBreakdown(source, scope, { by: "model", limit: 3 }),
    "by user": () => profileBreakdown(source, scope, { by: "user", limit: 500 }),
    "by hour": () => profileTimeline(source, scope, { grain: "hour" }),
    "by day": () => profileTimeline(source, scope, { grain: "day" }),
    periods: () => comparePeriods(source, scope, { days: 3 }),
    change: () => explainChange(source, scope, { days: 3 }),
    "any question": () =>
      askCalls(source, scope, {
        measures: ["calls", "spend", "latency_p95", "error_rate", "users", "last_at"],
        dimensions: ["model", "tag:seed"],
        grain: "day",
        rest: "others",
        limit: 3,
      }),
    "unusual hours": () => unusualHours(source, scope, { days: 1 }),
    concentration: () => concentration(source, scope, { by: "user" }),
    latency: () => latencyByFeature(source, scope, { days: 3 }),
    quality: () => qualityByModel(source, scope, {}),
    "quality compared": () => compareQuality(source, scope, {}),
    "projected spend": () =>
      projectSpend(source, scope, {
        budgetUsd: 100,
        factor: 1.5,
        limits: [
          { provider: "openai", model: "gpt-4o", requestsPerMinute: 10, tokensPerMinute: null },
        ],
      }),
    errors: () => errorsAndRetries(source, scope, {}),
    "response cache": () => leverResponseCache(source, scope, {}),
    "prefix breaks": () => leverPrefixBreaks(source, scope, {}),
    "prompt cache": () => leverPromptCache(source, scope, {}),
    "catalogue's models": () => catalogueModels(source, scope, {}),
    "model swap": () => leverModelSwap(source, scope, {}),
    batch: () => leverBatch(source, scope, { features: ["chat", "summary"] }),
    "output cap": () => leverOutputCap(source, scope, { caps: [{ feature: "chat", tokens: 100 }] }),
    "prompt trim": () =>
      leverPromptTrim(source, scope, {
        trims: [
          { feature: "chat", to: 500 },
          { feature: "summary", to: "p90" },
        ],
      }),
    capacity: () =>
      leverCapacity(source, scope, {
        provider: "openai",
        model: "gpt-4o",
        kind: "self-hosted",
        usdPerHour: 2.5,
        tokensPerSecond: 1_000,
      }),
    cascade: () =>
      leverCascade(source, scope, {
        feature: "chat",
        fromProvider: "openai",
        fromModel: "gpt-4o",
        toProvider: "openai",
        toModel: "gpt-4o-mini",
      }),
    "retry waste": () => leverRetryWaste(source, scope, {}),
    goals: () =>
      solveGoals(source, scope, {
        goals: [
          { kind: "cost-cut", percent: 20 },
          { kind: "latency", feature: "chat", percentile: "p95", ms: 500 },
          { kind: "quality", feature: "chat" },
        ],
        options: [{ lever: "retry-waste" }, { lever: "response-cache" }, { lever: "prompt-cache" }],
      }),
    "joint plan": async () => {
      const { result } = await leverModelSwap(source, scope, {});
      const swaps = result.swaps.filter((swap) => swap.chosen);
      return jointPlan(source, scope, {
        levers: ["retry-waste", "response-cache", "model-swap"],
        swaps,
      });
    },
  };
}
