import type { Ground } from "../protocol/evidence";
import type { JudgedLog } from "./judged-log";
import { modelName } from "./names";
import type { JointPlanParams } from "./plan-input";
import type { CascadeChoice, JointLever, SwapChoice } from "./results";
import type { ModelProfileRow } from "./source";
import { latencyEffect, profileOf, qualityEffect } from "./swap-effects";

/** One step that a plan may take or leave. */
export type PlanOption =
  | { lever: "retry-waste" | "response-cache" | "prompt-cache" }
  | { lever: "model-swap"; swap: SwapChoice }
  | { lever: "cascade"; cascade: CascadeChoice }
  | { lever: "prompt-trim"; trim: { feature: string; tokens: number } }
  | { lever: "output-cap"; cap: { feature: string; tokens: number } }
  | { lever: "batch"; feature: string };

/** What the log shows of an option besides its saving. All of them can be undone by turning a setting back. */
export interface OptionEffect {
  name: string;
  ground: Exclude<Ground, "stated">;
  /** Feature that it touches; null: all alike, and none for the worse. */
  feature: string | null;
  /** `same`: the same answers; `no-worse`: labels show other ones to be as good. The others meet no quality goal. */
  quality: "same" | "no-worse" | "worse" | "unknown";
}

const sameAnswers = { feature: null, quality: "same" } as const;

/** What a plan's outline calls an option. */
export function optionName(option: PlanOption): string {
  switch (option.lever) {
    case "retry-waste":
    case "response-cache":
    case "prompt-cache":
      return option.lever;
    case "model-swap":
      return moveName("model-swap", option.swap);
    case "cascade": {
      const { cascade } = option;
      return `${moveName("cascade", cascade)}, ${cascade.escalatedPercent} % escalated`;
    }
    case "prompt-trim":
      return `prompt-trim: ${option.trim.feature} at ${option.trim.tokens} tokens`;
    case "output-cap":
      return `output-cap: ${option.cap.feature} at ${option.cap.tokens} tokens`;
    case "batch":
      return `batch: ${option.feature}`;
  }
}

export function effectOf(
  option: PlanOption,
  profiles: readonly ModelProfileRow[],
  judged: JudgedLog,
  at: number,
): OptionEffect {
  const name = optionName(option);
  switch (option.lever) {
    case "retry-waste":
      return { name, ground: "measured", ...sameAnswers };
    case "response-cache":
    case "prompt-cache":
      return { name, ground: "simulated", ...sameAnswers };
    case "model-swap": {
      const { swap } = option;
      const effect = qualityEffect(...profilesOf(swap, profiles, at), judged);
      const measured = effect.state === "measured" ? effect.verdict : "undecided";
      return {
        name,
        ground: "simulated",
        feature: swap.feature,
        quality: measured === "undecided" ? "unknown" : measured,
      };
    }
    case "cascade":
      return { name, ground: "assumed", feature: option.cascade.feature, quality: "unknown" };
    case "prompt-trim":
      return { name, ground: "assumed", feature: option.trim.feature, quality: "unknown" };
    case "output-cap":
      return { name, ground: "assumed", feature: option.cap.feature, quality: "unknown" };
    case "batch":
      return { name, ground: "assumed", feature: option.feature, quality: "same" };
  }
}

/** The profile of a segment's present model, and of the one that it would move to. */
export function profilesOf(
  { feature, fromProvider, fromModel, toProvider, toModel }: SwapChoice,
  profiles: readonly ModelProfileRow[],
  at: number,
): [ModelProfileRow | null, ModelProfileRow | null] {
  const current = profiles.find(
    (row) => row.feature === feature && row.provider === fromProvider && row.model === fromModel,
  );
  return [
    current ?? null,
    profileOf({ provider: toProvider, model: toModel }, feature, profiles, at),
  ];
}

/** Measured ms of a moved segment at a percentile; null where the log does not tell. */
export function movedLatency(
  swap: SwapChoice,
  percentile: "p50" | "p95",
  profiles: readonly ModelProfileRow[],
  at: number,
): number | null {
  const effect = latencyEffect(...profilesOf(swap, profiles, at));
  if (effect.state === "unknown") return null;
  return percentile === "p50" ? effect.candidateP50Ms : effect.candidateP95Ms;
}

/** A set of options as the joint plan takes it. */
export function planOf(options: readonly PlanOption[]): JointPlanParams {
  const of = <Lever extends PlanOption["lever"]>(lever: Lever) =>
    options.filter((one): one is Extract<PlanOption, { lever: Lever }> => one.lever === lever);
  const levers: JointLever[] = [...new Set(options.map(({ lever }) => lever))];
  return {
    levers,
    swaps: of("model-swap").map(({ swap }) => swap),
    cascades: of("cascade").map(({ cascade }) => cascade),
    trims: of("prompt-trim").map(({ trim }) => trim),
    caps: of("output-cap").map(({ cap }) => cap),
    batched: of("batch").map(({ feature }) => feature),
  };
}

function moveName(
  lever: string,
  { feature, fromProvider, fromModel, toProvider, toModel }: SwapChoice,
) {
  return `${lever}: ${feature} · ${modelName(fromProvider, fromModel)} → ${modelName(toProvider, toModel)}`;
}
