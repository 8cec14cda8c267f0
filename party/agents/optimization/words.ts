import type { PlanOption } from "../../analysis/goal-options";
import { modelName } from "../../analysis/names";
import type { Recommendation } from "./result";

/** What a lever does, as a phrase that a sentence can go on from. */
export const LEVER_WORDS: Record<Recommendation["lever"], string> = {
  "response-cache": "answering exact repeats from a cache",
  "prompt-cache": "caching shared prompt prefixes",
  "retry-waste": "not repeating calls that keep failing",
  "model-swap": "moving to cheaper models that the log shows to be no worse",
  "output-cap": "capping the length of answers",
  batch: "sending what may wait in batches",
};

/** One option of a plan, named by what it touches. */
export function optionWords(option: PlanOption): string {
  switch (option.lever) {
    case "retry-waste":
    case "response-cache":
    case "prompt-cache":
      return LEVER_WORDS[option.lever];
    case "model-swap": {
      const { feature, toProvider, toModel } = option.swap;
      return `moving ${feature || "calls"} to ${modelName(toProvider, toModel)}`;
    }
    case "cascade": {
      const { feature, toProvider, toModel } = option.cascade;
      return `asking ${modelName(toProvider, toModel)} first on ${feature || "calls"}`;
    }
    case "prompt-trim":
      return `shortening the prompts of ${option.trim.feature || "calls"}`;
    case "output-cap":
      return `capping the answers of ${option.cap.feature || "calls"}`;
    case "batch":
      return `sending ${option.feature || "calls"} in batches`;
  }
}

/** "a, b and c". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A swap as a person reads it: where the log names no feature, none is made up. */
export function swapName(segment: string | null): string {
  return (segment ?? "").replace(/^\(no feature\) · /, "");
}
