import type { CascadeChoice, JointLever, SwapChoice } from "./results";
import type { CacheLifetime, LivesFrom } from "./source";

/** The order in which the levers of a plan meet on a call; also that of its steps. */
export const jointOrder = [
  "retry-waste",
  "response-cache",
  "prompt-trim",
  "output-cap",
  "model-swap",
  "cascade",
  "prompt-cache",
  "batch",
] as const satisfies readonly JointLever[];

export interface JointPlanParams {
  levers: readonly JointLever[];
  /** The moves that `model-swap` applies; a segment may appear once. */
  swaps: readonly SwapChoice[];
  /** The cascades that `cascade` applies; a segment may move or cascade, not both. */
  cascades?: readonly CascadeChoice[];
  /** Longest prompts that `prompt-trim` allows, by feature. */
  trims?: ReadonlyArray<{ feature: string; tokens: number }>;
  /** Longest answers that `output-cap` allows, by feature. */
  caps?: ReadonlyArray<{ feature: string; tokens: number }>;
  /** Features that the user said may wait; `batch` applies to them. */
  batched?: readonly string[];
  /** How long `response-cache` keeps answers; unless said, 24 h since the last use (low: 1 h). */
  answers?: { livesFrom: LivesFrom; low: CacheLifetime; central: CacheLifetime };
  /** How long `prompt-cache` keeps prefixes since their last use; unless said, 300. */
  promptCacheSeconds?: number;
}

/** A plan that cannot be reckoned. `field` names what to change. No retry can help. */
export class PlanInputError extends Error {
  override readonly name = "PlanInputError";
  readonly retryable = false;
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field}: ${problem}`);
  }
}

/** Throws PlanInputError for the first thing wrong. */
export function checkPlan(params: JointPlanParams): void {
  const { levers, swaps, cascades = [], answers, promptCacheSeconds = 300 } = params;
  if (levers.length === 0) throw new PlanInputError("levers", "choose at least one");
  const segments = new Set<string>();
  const once = (field: string, { feature, fromProvider, fromModel }: SwapChoice) => {
    const segment = JSON.stringify([feature, fromProvider, fromModel]);
    if (segments.has(segment))
      throw new PlanInputError(field, "this feature and model is moved twice");
    segments.add(segment);
  };
  if (levers.includes("model-swap")) {
    for (const [at, swap] of swaps.entries()) once(`swaps[${at}]`, swap);
  }
  for (const [at, cascade] of cascades.entries()) {
    const field = `cascades[${at}]`;
    if (levers.includes("cascade")) once(field, cascade);
    const { escalatedPercent } = cascade;
    if (!Number.isInteger(escalatedPercent) || escalatedPercent < 0 || escalatedPercent > 100) {
      throw new PlanInputError(`${field}.escalatedPercent`, "must be a whole number from 0 to 100");
    }
  }
  checkBounds("caps", params.caps ?? []);
  checkBounds("trims", params.trims ?? []);
  positive("promptCacheSeconds", promptCacheSeconds);
  if (answers) {
    checkLifetime("answers.low", answers.low);
    checkLifetime("answers.central", answers.central);
  }
}

function checkBounds(
  field: "caps" | "trims",
  bounds: ReadonlyArray<{ feature: string; tokens: number }>,
): void {
  for (const [at, { tokens }] of bounds.entries()) positive(`${field}[${at}].tokens`, tokens);
  if (new Set(bounds.map(({ feature }) => feature)).size < bounds.length) {
    throw new PlanInputError(field, `a feature has two ${field}`);
  }
}

export function checkLifetime(field: string, lifetime: CacheLifetime): void {
  positive(`${field}.seconds`, lifetime.seconds);
  for (const [at, { seconds }] of lifetime.features.entries()) {
    positive(`${field}.features[${at}]`, seconds);
  }
}

function positive(field: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new PlanInputError(field, "must be a whole number of at least 1");
  }
}
