import type { BreakdownResult } from "../../analysis/results";
import type { Ranking } from "../../analysis/source";
import type { Metric } from "../triage/result";

type Segment = BreakdownResult["segments"][number];

/** How a ranking is told, and by what its segments are compared. Its name is the key of its figures. */
export const RANKINGS: Record<
  Ranking,
  { title: string; verb: string; size(segment: Segment): number | null }
> = {
  cost: {
    title: "Spend",
    verb: "costs the most",
    size: ({ costUsd }) => (costUsd === null ? null : Number(costUsd)),
  },
  calls: { title: "Calls", verb: "has the most calls", size: ({ calls }) => calls },
  input_tokens: {
    title: "Input tokens",
    verb: "reads the most input tokens",
    size: ({ inputTokens }) => inputTokens,
  },
  p95_latency: {
    title: "Latency",
    verb: "is the slowest by p95",
    size: ({ latencyMs }) => latencyMs?.p95 ?? null,
  },
  errors: { title: "Failures", verb: "has the most failed calls", size: ({ errors }) => errors },
};

/** What a lookup's metric ranks by. */
export const RANKING_OF: Record<Metric, Ranking> = {
  spend: "cost",
  calls: "calls",
  tokens: "input_tokens",
  latency: "p95_latency",
  errors: "errors",
};
