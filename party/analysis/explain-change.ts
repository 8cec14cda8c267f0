import { formatUsd, type Pico } from "../../db/prices";
import { askUse } from "./change/ask-change";
import { type Change, decomposeChange, effectNames } from "./change/decompose";
import { draftOf } from "./draft";
import { Figures } from "./figures";
import { featureName, SegmentNames } from "./names";
import { daysBefore, lastAndPreceding, lastDays } from "./periods";
import { askSpan } from "./profile-questions";
import type { Analysis, ChangePart, ChangeResult } from "./results";

/** Six figures a segment keep the evidence under its 600 values. */
const MOST_SEGMENTS = 40;

/** The parts of a change as people read them, in the order in which they are told when of equal size. */
export const changeParts: Record<ChangePart, string> = {
  volume: "number of calls",
  feature_mix: "mix of features",
  model_mix: "mix of models",
  input_tokens: "input tokens per call",
  output_tokens: "output tokens per call",
  cache_share: "share of input in caches",
  price: "price per token",
  new_segments: "new features and models",
  vanished_segments: "features and models no longer used",
  errors: "failed calls",
  unlisted: "smaller segments, taken together",
};

/**
 * Why spend changed between the last `days` and the `days` before: parts that sum exactly to the change.
 * The method is that of change/decompose.ts.
 *
 * Keys (segment null): `cost_previous`, `cost_current`, `cost_delta`, `effect_NAME` for each part of
 * `changeParts`, `unpriced_previous`, `unpriced_current`.
 * Keys per segment (`feature · model`): `cost_delta`, and for those in both periods `effect_NAME` of
 * its two largest effects.
 */
export const explainChange: Analysis<{ days?: number }, ChangeResult> = async (
  source,
  scope,
  { days = 7 },
  signal,
) => {
  const totals = await askSpan(source, scope, signal);
  const [total] = totals.rows;
  const pair = total ? lastAndPreceding(scope, total, days) : { unavailable: "no calls in range" };
  const about = {
    tool: "explain-change",
    what: `Why spend of ${lastDays(days)} differs from that of ${daysBefore(days)}`,
    ground: "measured",
    chosen: { days },
    segmentLabel: "feature and model",
  } as const;
  const unavailable = (reason: string, answers: Parameters<typeof draftOf>[1]["answers"]) => ({
    result: { unavailable: reason, days, costDeltaUsd: null, parts: [], segments: [] },
    draft: draftOf(scope, {
      ...about,
      formula: null,
      answers,
      figures: new Figures().usd(null, "cost_delta", "cost difference", null, reason),
    }),
  });
  if ("unavailable" in pair) return unavailable(pair.unavailable, [totals]);
  const { answer, current, previous } = await askUse(source, scope, pair, signal);
  if (current.isUnpriced || previous.isUnpriced) {
    const which = current.isUnpriced ? "the last" : "the earlier";
    return unavailable(`unpriced: no call of ${which} period has a known price`, [totals, answer]);
  }
  const change = decomposeChange(previous, current);
  const result: ChangeResult = {
    unavailable: null,
    days,
    costDeltaUsd: formatUsd(change.total),
    parts: partsOf(change).map(({ part, amount }) => ({ part, usd: formatUsd(amount) })),
    segments: segmentsOf(change),
  };
  return {
    result,
    draft: draftOf(scope, {
      ...about,
      formula:
        "cost of a segment = calls × share of the feature × share of the model × (input tokens per call × Σ share of the kind × its price per token + output tokens per call × price per token); each factor's part of the change is its Shapley value, so that the parts sum to the change",
      answers: [totals, answer],
      assumptions: [
        "Amounts leave out unpriced calls in both periods.",
        "A segment is the successful calls of one model on one feature; segments in one period only are told apart, and so are failed calls.",
        "What moves inside a segment shows in its means: a shift between price steps of one model counts as price.",
      ],
      figures: changeFigures(change, result, { previous: previous.cost, current: current.cost }),
    }),
  };
};

function partsOf(change: Change): Array<{ part: ChangePart; amount: Pico }> {
  const sum = (uses: ReadonlyArray<{ cost: Pico }>) =>
    uses.reduce((all, { cost }) => all + cost, 0n);
  return [
    ...effectNames.map((part) => ({ part, amount: change.effects[part] })),
    { part: "new_segments", amount: sum(change.appeared) },
    { part: "vanished_segments", amount: -sum(change.vanished) },
    { part: "errors", amount: change.errors },
    { part: "unlisted", amount: change.unlisted },
  ];
}

/** The largest change first, whichever way it went. */
function segmentsOf(change: Change): ChangeResult["segments"] {
  const size = (amount: Pico) => (amount < 0n ? -amount : amount);
  const names = new SegmentNames();
  return [
    ...change.segments.map((segment) => ({
      ...segment,
      state: "continuing" as const,
      effects: effectNames
        .map((effect) => ({ effect, amount: segment.effects[effect] }))
        .filter(({ amount }) => amount !== 0n)
        .sort((a, b) => (size(b.amount) > size(a.amount) ? 1 : -1))
        .slice(0, 2)
        .map(({ effect, amount }) => ({ effect, usd: formatUsd(amount) })),
    })),
    ...change.appeared.map((segment) => ({
      ...segment,
      total: segment.cost,
      state: "new" as const,
      effects: [],
    })),
    ...change.vanished.map((segment) => ({
      ...segment,
      total: -segment.cost,
      state: "vanished" as const,
      effects: [],
    })),
  ]
    .filter(({ total, effects }) => total !== 0n || effects.length > 0)
    .sort((a, b) => (size(b.total) > size(a.total) ? 1 : size(b.total) < size(a.total) ? -1 : 0))
    .slice(0, MOST_SEGMENTS)
    .map(({ feature, model, state, total, effects }) => ({
      name: names.name(`${featureName(feature)} · ${model === "" ? "(no model)" : model}`, ""),
      feature,
      model,
      state,
      deltaUsd: formatUsd(total),
      effects,
    }));
}

function changeFigures(
  change: Change,
  result: ChangeResult,
  cost: { previous: Pico; current: Pico },
): Figures {
  const figures = new Figures();
  const { days } = result;
  figures.usd(null, "cost_previous", `cost of ${daysBefore(days)}`, formatUsd(cost.previous));
  figures.usd(null, "cost_current", `cost of ${lastDays(days)}`, formatUsd(cost.current));
  figures.usd(null, "cost_delta", "cost difference", result.costDeltaUsd);
  for (const { part, usd } of result.parts) {
    figures.usd(null, `effect_${part}`, changeParts[part], usd);
  }
  const unpriced = (period: "previous" | "current") =>
    figures.add(
      null,
      `unpriced_${period}`,
      `unpriced calls, ${period} period`,
      "calls",
      String(change.unpricedCalls[period]),
    );
  unpriced("previous");
  unpriced("current");
  for (const segment of result.segments) {
    const told = { continuing: "", new: " (new)", vanished: " (no longer used)" }[segment.state];
    figures.usd(segment.name, "cost_delta", `cost difference${told}`, segment.deltaUsd);
    for (const { effect, usd } of segment.effects) {
      figures.usd(segment.name, `effect_${effect}`, changeParts[effect], usd);
    }
  }
  return figures;
}
