import type {
  BatchResult,
  LeverResult,
  OutputCapResult,
  PromptCacheResult,
  ResponseCacheResult,
  RetryWasteResult,
} from "../../analysis/results";
import { sizeOf } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { ToolUse } from "../core/tool";
import { saves } from "./findings";
import type { Recommendation } from "./result";

/** Levers over everything, which leave every answer as it is, as recommendations when they save something. */
export function wholeLever(
  use: ToolUse<RetryWasteResult | ResponseCacheResult | PromptCacheResult> | null,
): Recommendation[] {
  const one = whole(use);
  if (!one || !use) return [];
  switch (use.result.lever) {
    case "retry-waste":
      return [
        {
          ...one,
          lever: "retry-waste",
          ground: "measured",
          latency: "same",
          why: "failed repetitions do no work, so nothing gets slower or worse without them",
        },
      ];
    case "response-cache":
      return [
        {
          ...one,
          lever: "response-cache",
          latency: "better",
          why: "a repeated question gets the answer it got before, and faster",
        },
      ];
    case "prompt-cache":
      return [
        {
          ...one,
          lever: "prompt-cache",
          // A cached prefix is read faster; how much, and whether at all here, no log of calls without one tells.
          latency: "unknown",
          why: "the model reads the same prompt, so the answers stay the same",
        },
      ];
  }
}

/** Batches stand in the plan only for features that the user said may wait. */
export function batchOf(
  use: ToolUse<BatchResult> | null,
  features: readonly string[],
): Recommendation[] {
  const one = whole(use);
  if (!one) return [];
  return [
    {
      ...one,
      lever: "batch",
      ground: "assumed",
      batched: [...features],
      latency: "worse",
      why: "the question says that these answers may wait up to a day",
    },
  ];
}

/** Shorter answers change answers: whether a cut one is of use, the log does not tell. */
export function outputCapOf(
  use: ToolUse<OutputCapResult> | null,
  caps: Recommendation["caps"],
): Recommendation[] {
  const one = whole(use);
  if (!one || !use) return [];
  const cut = new Set(
    use.result.segments
      .filter(({ savingUsd }) => Number(savingUsd ?? 0) > 0)
      .map(({ feature }) => feature),
  );
  return [
    {
      ...one,
      lever: "output-cap",
      standing: "test-first",
      ground: "assumed",
      caps: caps.filter(({ feature }) => cut.has(feature)),
      latency: "same",
      quality: "unknown",
      why: "whether a cut answer is still of use is unknown",
    },
  ];
}

function whole(use: ToolUse<LeverResult> | null): Omit<Recommendation, "lever" | "why"> | null {
  if (!use?.evidence || !saves(use.result) || use.result.savingUsd === null) return null;
  return {
    standing: "plan",
    ground: "simulated",
    evidence: use.evidence.label,
    segment: null,
    savingUsd: use.result.savingUsd,
    keys: { saving: "saving", low: "saving_low", high: "saving_high" },
    mainSegment: mainSegment(use.evidence),
    swap: null,
    caps: [],
    batched: [],
    latency: "same",
    quality: "same",
  };
}

/** Where most of a lever's saving comes from. */
function mainSegment(evidence: KeptEvidence): string | null {
  const savings = evidence.values
    .filter(({ key, segment, value }) => key === "saving" && segment !== null && value !== null)
    .sort((a, b) => Number(b.value) - Number(a.value));
  return savings[0]?.segment ?? null;
}

/** Caps are whole hundreds of tokens, and never shorter. */
const CAP_STEP = 100;

/** Twice the mean answer of each feature, rounded up: what only unusually long answers exceed. */
export function capsOf(byFeature: KeptEvidence | null): Recommendation["caps"] {
  if (!byFeature) return [];
  const features = new Set(
    byFeature.values.flatMap(({ key, segment }) =>
      key === "output_tokens" && segment !== null && !segment.startsWith("(") ? [segment] : [],
    ),
  );
  return [...features].flatMap((feature) => {
    const calls = sizeOf(byFeature, "calls", feature) ?? 0;
    const output = sizeOf(byFeature, "output_tokens", feature) ?? 0;
    if (calls === 0 || output === 0) return [];
    return [{ feature, tokens: Math.ceil((2 * output) / calls / CAP_STEP) * CAP_STEP }];
  });
}
