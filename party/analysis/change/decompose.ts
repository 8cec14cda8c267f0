import type { Pico } from "../../../db/prices";
import { attribute } from "../shapley";
import { type Fraction, plus, rounded, times, ZERO } from "./fraction";

/** Successful, priced calls of one model on one feature in one period; costs by what was billed. */
export interface SegmentUse {
  feature: string;
  model: string;
  calls: bigint;
  freshTokens: bigint;
  readTokens: bigint;
  writeTokens: bigint;
  outputTokens: bigint;
  freshCost: Pico;
  readCost: Pico;
  writeCost: Pico;
  /** Output with reasoning, and fees per request. */
  outputCost: Pico;
}

interface Counted {
  calls: bigint;
  cost: Pico;
}

export interface PeriodUse {
  segments: readonly SegmentUse[];
  /** Priced calls that failed. */
  failed: Counted;
  /** Calls without a known price: what they cost is in no amount. */
  unpricedCalls: bigint;
  /** Priced calls of segments beyond those that were looked at one by one. */
  unlisted: Counted;
}

export const effectNames = [
  "volume",
  "feature_mix",
  "model_mix",
  "input_tokens",
  "output_tokens",
  "cache_share",
  "price",
] as const;
export type EffectName = (typeof effectNames)[number];
export type Effects = Record<EffectName, Pico>;

interface OneSided {
  feature: string;
  model: string;
  calls: bigint;
  cost: Pico;
}

export interface Change {
  /** Cost of the later period minus cost of the earlier one: the sum of all that follows, to the last digit. */
  total: Pico;
  /** Over the segments that have calls in both periods. */
  effects: Effects;
  /** The same by segment, the largest change first. */
  segments: Array<{ feature: string; model: string; total: Pico; effects: Effects }>;
  /** Segments with calls only in the later period, at what they cost now. */
  appeared: OneSided[];
  /** Segments with calls only in the earlier period, at what they cost then. */
  vanished: OneSided[];
  /** Change of what failed calls cost. */
  errors: Pico;
  failedCalls: { previous: bigint; current: bigint };
  /** Change of what the segments beyond those looked at cost. */
  unlisted: Pico;
  /** Not part of the total, whose calls all have a price. */
  unpricedCalls: { previous: bigint; current: bigint };
}

/**
 * Why spend changed between two periods.
 *
 * Successful calls of a segment (model m on feature f) that has calls in both periods cost
 *
 *   N · n_f/N · n_fm/n_f · ( I/n · Σ_kind share_kind·p_kind + O/n · p_out )
 *
 * with N all calls, n_f those of the feature, n_fm those of the segment, I and O its input and output
 * tokens, share_kind the part of its input that is fresh, read from or written to a cache, and p the
 * mean price paid per token. The factors are, in this order, the effects `volume`, `feature_mix`,
 * `model_mix`, `input_tokens`, `output_tokens`, `cache_share` and `price`; each segment's change is
 * parted among them by the Shapley value (see shapley.ts; as a decomposition without a residual A. F.
 * Shorrocks, Journal of Economic Inequality 11, 2013), which depends on no order. Amounts between the two periods are rounded to whole pico-dollars; the sum stays exact.
 *
 * A price that one period does not show (no token of the kind) is taken to be the other's. Where output
 * costs something without output tokens (a fee per request), it is counted per call. Means hide what
 * moves inside a segment: a shift between price steps of one model shows as `price`.
 *
 * Segments in one period only, failed calls and unpriced calls are told apart, as a price or a share
 * that was never seen cannot be compared.
 */
export function decomposeChange(previous: PeriodUse, current: PeriodUse): Change {
  const before = byKey(previous.segments);
  const after = byKey(current.segments);
  const continuing = [...after].flatMap(([key, later]) => {
    const earlier = before.get(key);
    return earlier ? [{ earlier, later }] : [];
  });
  const oneSided = (uses: Map<string, SegmentUse>, others: Map<string, SegmentUse>) =>
    [...uses]
      .filter(([key]) => !others.has(key))
      .map(([, use]) => ({
        feature: use.feature,
        model: use.model,
        calls: use.calls,
        cost: costOf(use),
      }))
      .sort((a, b) => descending(a.cost, b.cost));
  const totals = {
    earlier: callsByFeature(continuing.map(({ earlier }) => earlier)),
    later: callsByFeature(continuing.map(({ later }) => later)),
  };
  const segments = continuing
    .map((pair) => ({
      feature: pair.later.feature,
      model: pair.later.model,
      total: costOf(pair.later) - costOf(pair.earlier),
      effects: segmentEffects(pair, totals),
    }))
    .sort((a, b) => descending(size(a.total), size(b.total)));
  return {
    total: periodCost(current) - periodCost(previous),
    effects: sumOfEffects(segments.map(({ effects }) => effects)),
    segments,
    appeared: oneSided(after, before),
    vanished: oneSided(before, after),
    errors: current.failed.cost - previous.failed.cost,
    failedCalls: { previous: previous.failed.calls, current: current.failed.calls },
    unlisted: current.unlisted.cost - previous.unlisted.cost,
    unpricedCalls: { previous: previous.unpricedCalls, current: current.unpricedCalls },
  };
}

interface Pair {
  earlier: SegmentUse;
  later: SegmentUse;
}

interface FeatureCalls {
  all: bigint;
  of: Map<string, bigint>;
}

function segmentEffects(
  pair: Pair,
  totals: { earlier: FeatureCalls; later: FeatureCalls },
): Effects {
  const earlier = factorsOf(pair.earlier, pair.later, totals.earlier);
  const later = factorsOf(pair.later, pair.earlier, totals.later);
  // The cost of the segment when the factors of the set are today's and the others as they were.
  const cost = (set: number): Pico => {
    const factor = <Name extends EffectName>(name: Name) =>
      (set & (1 << effectNames.indexOf(name)) ? later : earlier)[name];
    const share = factor("cache_share");
    const price = factor("price");
    const input = times(
      factor("input_tokens"),
      plus(
        times(share.fresh, price.fresh),
        times(share.read, price.read),
        times(share.write, price.write),
      ),
    );
    const output = times(factor("output_tokens"), price.output);
    const calls = times(factor("volume"), factor("feature_mix"), factor("model_mix"));
    return rounded(times(calls, plus(input, output)));
  };
  const { shares } = attribute(effectNames.length, 1n, cost, {
    exactUpTo: effectNames.length,
    samples: 0,
    seed: 0,
  });
  return Object.fromEntries(
    effectNames.map((name, index) => [name, shares[index]?.share ?? 0n]),
  ) as Effects;
}

/** The factors of a segment's cost in one period; `other` is the same segment in the other one. */
function factorsOf(use: SegmentUse, other: SegmentUse, totals: FeatureCalls) {
  const ofFeature = totals.of.get(use.feature) ?? use.calls;
  const input = inputOf(use);
  const perCall =
    (use.outputTokens === 0n && use.outputCost !== 0n) ||
    (other.outputTokens === 0n && other.outputCost !== 0n);
  const outputUnits = (of: SegmentUse) => (perCall ? of.calls : of.outputTokens);
  const share = (tokens: (of: SegmentUse) => bigint) =>
    input > 0n ? ratio(tokens(use), input) : ratio(tokens(other), inputOf(other));
  const price = (tokens: (of: SegmentUse) => bigint, cost: (of: SegmentUse) => Pico) =>
    tokens(use) > 0n ? ratio(cost(use), tokens(use)) : ratio(cost(other), tokens(other));
  return {
    volume: ratio(totals.all, 1n),
    feature_mix: ratio(ofFeature, totals.all),
    model_mix: ratio(use.calls, ofFeature),
    input_tokens: ratio(input, use.calls),
    output_tokens: ratio(outputUnits(use), use.calls),
    cache_share: {
      fresh: share((of) => of.freshTokens),
      read: share((of) => of.readTokens),
      write: share((of) => of.writeTokens),
    },
    price: {
      fresh: price(
        (of) => of.freshTokens,
        (of) => of.freshCost,
      ),
      read: price(
        (of) => of.readTokens,
        (of) => of.readCost,
      ),
      write: price(
        (of) => of.writeTokens,
        (of) => of.writeCost,
      ),
      output: price(outputUnits, (of) => of.outputCost),
    },
  };
}

/** Of nothing there is nothing: where neither period has a token, the factor multiplies zero tokens. */
function ratio(over: bigint, under: bigint): Fraction {
  return under === 0n ? ZERO : { over, under };
}

const inputOf = (use: SegmentUse) => use.freshTokens + use.readTokens + use.writeTokens;

const costOf = (use: SegmentUse): Pico =>
  use.freshCost + use.readCost + use.writeCost + use.outputCost;

function periodCost(use: PeriodUse): Pico {
  const listed = use.segments.reduce((sum, segment) => sum + costOf(segment), 0n);
  return listed + use.failed.cost + use.unlisted.cost;
}

function byKey(segments: readonly SegmentUse[]): Map<string, SegmentUse> {
  return new Map(
    segments.map((segment) => [JSON.stringify([segment.feature, segment.model]), segment]),
  );
}

function callsByFeature(uses: readonly SegmentUse[]): FeatureCalls {
  const of = new Map<string, bigint>();
  for (const { feature, calls } of uses) of.set(feature, (of.get(feature) ?? 0n) + calls);
  return { all: uses.reduce((sum, { calls }) => sum + calls, 0n), of };
}

function sumOfEffects(all: readonly Effects[]): Effects {
  return Object.fromEntries(
    effectNames.map((name) => [name, all.reduce((sum, effects) => sum + effects[name], 0n)]),
  ) as Effects;
}

const size = (amount: Pico) => (amount < 0n ? -amount : amount);
const descending = (a: Pico, b: Pico) => (b > a ? 1 : b < a ? -1 : 0);
