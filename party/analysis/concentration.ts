import { type Bounds, gini, herfindahl } from "./concentration-figures";
import { draftOf } from "./draft";
import { Figures, shareOfUsd, sumUsd } from "./figures";
import { nameWhenEmpty, SegmentNames } from "./names";
import type { Analysis, ConcentrationResult } from "./results";

/** Segments looked at one by one; of what lies beyond, the sum alone. */
const MOST_SEGMENTS = 5_000;
const TOPS = [1, 10, 100] as const;

/**
 * How unevenly spend is spread over users, features or models.
 *
 * Keys (segment null): `cost`, `segments`, `top_1`, `top_10`, `top_100` (percent of the cost), `hhi`, `gini`;
 * where more than 5,000 segments leave the two open, `hhi_high` and `gini_high` say how far.
 * Keys per segment (the ten largest): `cost`, `share`.
 */
export const concentration: Analysis<
  { by: "user" | "feature" | "model" | "session" },
  ConcentrationResult
> = async (source, scope, { by }, signal) => {
  const answer = await source.query(
    scope,
    {
      measures: ["spend", "calls"],
      dimensions: [by],
      filters: [{ dimension: "priced", in: ["priced"] }],
      limit: MOST_SEGMENTS,
      rest: "others",
    },
    signal,
  );
  const listed = answer.rows.filter(({ others }) => !others);
  const rest = answer.rows.find(({ others }) => others);
  const costUsd = sumUsd(answer.rows.map(({ values }) => values.spend));
  const amountOf = (usd: string | null) => Number(usd ?? 0);
  const distribution = {
    listed: listed.map(({ values }) => amountOf(values.spend)),
    rest: { segments: rest?.segments ?? 0, sum: amountOf(rest?.values.spend ?? null) },
  };
  const reason =
    costUsd === null
      ? "no priced calls in range"
      : Number(costUsd) === 0
        ? "the calls cost nothing, so that there are no shares"
        : null;
  const names = new SegmentNames();
  const segments = listed.length + distribution.rest.segments;
  const result: ConcentrationResult = {
    unavailable: reason,
    by,
    segments,
    costUsd,
    tops: TOPS.filter((top) => top <= MOST_SEGMENTS).map((top) => ({
      top,
      share: shareOfUsd(sumUsd(listed.slice(0, top).map(({ values }) => values.spend)), costUsd),
    })),
    hhi: reason === null ? herfindahl(distribution) : null,
    gini: reason === null ? gini(distribution) : null,
    largest: listed.slice(0, 10).map(({ segment: [segment = ""], values }) => ({
      name: names.name(segment, nameWhenEmpty(by)),
      costUsd: values.spend ?? "0",
      share: shareOfUsd(values.spend, costUsd),
    })),
  };
  return {
    result,
    draft: draftOf(scope, {
      tool: `concentration-by-${by}`,
      what: `How unevenly cost is spread over ${by}s`,
      ground: "measured",
      formula:
        "HHI = Σ share², 1 ÷ n when even and 1 when one has it all; Gini = Σ (2i − n − 1)·x ÷ (n·Σ x), 0 when even",
      answers: [answer],
      assumptions: [
        "Unpriced calls are left out.",
        ...(distribution.rest.segments > 0
          ? [
              `Beyond the ${MOST_SEGMENTS} largest only the sum is known: HHI and Gini lie between the figures given.`,
            ]
          : []),
      ],
      segmentLabel: by,
      figures: figuresOf(result),
    }),
  };
};

function figuresOf(result: ConcentrationResult): Figures {
  const figures = new Figures();
  const note = result.unavailable ?? undefined;
  figures.usd(null, "cost", "cost", result.costUsd, note);
  figures.add(null, "segments", `${result.by}s with priced calls`, "count", result.segments);
  for (const { top, share } of result.tops) {
    const label = top === 1 ? "share of the largest" : `share of the ${top} largest`;
    figures.add(null, `top_${top}`, label, "percent", share, note);
  }
  const index = (key: "hhi" | "gini", label: string) => {
    const found: Bounds | null = result[key];
    figures.add(null, key, label, "ratio", found?.low ?? null, note);
    if (found && found.high > found.low) {
      figures.add(null, `${key}_high`, `${label}, at most`, "ratio", found.high);
    }
  };
  index("hhi", "Herfindahl–Hirschman index");
  index("gini", "Gini coefficient");
  for (const { name, costUsd, share } of result.largest) {
    figures.usd(name, "cost", "cost", costUsd);
    figures.add(name, "share", "share of cost", "percent", share, note);
  }
  return figures;
}
