import { draftOf } from "./draft";
import { Figures, shareOfUsd, sumUsd } from "./figures";
import { nameWhenEmpty, SegmentNames } from "./names";
import { askBreakdown } from "./profile-questions";
import type { Analysis, BreakdownResult } from "./results";
import type { Dimension, Ranking } from "./source";

/** Ten keys per segment: with the others' row this keeps the evidence under its 600 values. */
const MOST_SEGMENTS = 55;

/**
 * Where the money, the tokens and the time go, by one dimension.
 *
 * Keys per segment: `cost`, `share`, `calls`, `input_tokens`, `output_tokens`, `errors`,
 * `unpriced_calls`, `p50_latency`, `p95_latency`, `p99_latency`. The row of all smaller segments is called "all others (n)".
 */
export const profileBreakdown: Analysis<
  { by: Dimension; limit?: number; rank?: Ranking | undefined },
  BreakdownResult
> = async (source, scope, { by, limit = 20, rank = "cost" }, signal) => {
  const most = Math.min(limit, MOST_SEGMENTS);
  const answer = await askBreakdown(
    source,
    scope,
    rank === "cost" ? { by, limit: most } : { by, limit: most, rank },
    signal,
  );
  const total = sumUsd(answer.rows.map((row) => row.costUsd));
  const names = new SegmentNames();
  const segments = answer.rows.map((row) => ({
    ...row,
    name: row.others
      ? names.name(`all others (${row.segments})`, "all others")
      : names.name(row.segment, nameWhenEmpty(by)),
    share: shareOfUsd(row.costUsd, total),
  }));
  const figures = new Figures();
  for (const segment of segments) {
    const { name } = segment;
    figures.spend(name, "cost", "cost", segment);
    figures.add(
      name,
      "share",
      "share of cost",
      "percent",
      segment.share,
      segment.share === null ? "unpriced" : undefined,
    );
    figures.add(name, "calls", "calls", "calls", segment.calls);
    figures.add(name, "input_tokens", "input tokens", "tokens", segment.inputTokens);
    figures.add(name, "output_tokens", "output tokens", "tokens", segment.outputTokens);
    figures.add(name, "errors", "failed calls", "calls", segment.errors);
    figures.add(name, "unpriced_calls", "unpriced calls", "calls", segment.unpricedCalls);
    figures.percentiles(name, "latency", segment.latencyMs);
  }
  return {
    result: { by, rank, segments },
    draft: draftOf(scope, {
      tool: `breakdown-by-${by}`,
      what: `Cost, calls, tokens, failures and latency by ${by}`,
      ground: "measured",
      formula: "share = cost of the segment ÷ cost of all segments",
      answers: [answer],
      segmentLabel: by,
      figures,
    }),
  };
};
