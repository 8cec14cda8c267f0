import { draftOf } from "./draft";
import { sumUsd } from "./figures";
import { addSavings, amount, leverFigures, leverHead, NO_SAVING, type Saving } from "./lever";
import { nameWhenEmpty, SegmentNames } from "./names";
import type { Analysis, ResponseCacheResult } from "./results";
import type { DuplicateRow } from "./source";

const MOST_FEATURES = 100;

/** How long a cached answer lives since its last use, in the low and in the central figure; the high one never forgets. */
export const RESPONSE_CACHE_SECONDS = { low: 3_600, central: 86_400 } as const;

/**
 * What a cache of whole answers would have saved: the cost of successful calls that repeat an earlier
 * one exactly (same provider, model and prompt hash, same dataset). Saving = Σ cost of the repeats
 * within 24 h of the previous identical call; low: within 1 h; high: all repeats.
 *
 * Keys (segment null): those of every lever, and `repeats`, `repeats_counted` (within 24 h),
 * `hashed_calls`, `successful_calls`. Keys per segment (feature): `saving`, `repeats`, `hashed_calls`.
 */
export const leverResponseCache: Analysis<Record<string, never>, ResponseCacheResult> = async (
  source,
  scope,
  _params,
  signal,
) => {
  const { low, central } = RESPONSE_CACHE_SECONDS;
  const answer = await source.duplicates(scope, { withinSeconds: [low, central] }, signal);
  const { rows } = answer;
  const sum = (pick: (row: DuplicateRow) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  const hashedCalls = sum((row) => row.hashedCalls);
  const repeats = sum((row) => row.repeats);
  const unpriced = sum((row) => row.unpricedRepeats);
  const counted = sum((row) => withinOf(row, central).repeats);

  let reason: string | null = null;
  if (sum((row) => row.calls) === 0) reason = "no successful calls in range";
  else if (hashedCalls === 0) reason = "the log has no prompt hashes, so repeats cannot be told";
  else if (repeats > 0 && unpriced === repeats)
    reason = "unpriced: no price is known for the repeated calls";
  const saving = reason === null ? rows.map(savingOf).reduce(addSavings, NO_SAVING) : null;
  const head = leverHead("response-cache", sumUsd(rows.map((row) => row.costUsd)), saving, reason);

  const names = new SegmentNames();
  const features = rows.map((row) => ({
    name: names.name(row.feature, nameWhenEmpty("feature")),
    feature: row.feature,
    hashedCalls: row.hashedCalls,
    repeats: row.repeats,
    savingUsd: withinOf(row, central).costUsd,
  }));

  const figures = leverFigures(head);
  figures.add(
    null,
    "successful_calls",
    "successful calls",
    "calls",
    sum((row) => row.calls),
  );
  figures.add(null, "hashed_calls", "successful calls with a prompt hash", "calls", hashedCalls);
  figures.add(null, "repeats", "exact repeats", "calls", repeats);
  figures.add(null, "repeats_counted", "exact repeats within 24 h", "calls", counted);
  for (const feature of features.slice(0, MOST_FEATURES)) {
    figures.usd(feature.name, "saving", "saving", feature.savingUsd);
    figures.add(feature.name, "repeats", "exact repeats", "calls", feature.repeats);
    figures.add(
      feature.name,
      "hashed_calls",
      "calls with a prompt hash",
      "calls",
      feature.hashedCalls,
    );
  }
  return {
    result: { ...head, hashedCalls, repeats, features },
    draft: draftOf(scope, {
      tool: "lever-response-cache",
      what: "Cost of calls that repeat an earlier call exactly, which a cache of answers would have served",
      ground: "simulated",
      formula:
        "saving = Σ cost of successful calls whose provider, model and prompt hash equal those of an earlier call of the same dataset, at most 24 h after the previous such call (low: 1 h; high: any time)",
      answers: [answer],
      assumptions: [
        "An answer lives 24 h since its last use; low: 1 h; high: for ever.",
        "A repeat may be answered with the earlier answer: equal prompt hashes mean equal prompts and parameters.",
        "A repeat that came before the first answer was finished counts as served.",
        "Running the cache itself costs nothing here.",
        ...(unpriced > 0 ? [`${unpriced} repeats are unpriced and left out.`] : []),
      ],
      segmentLabel: "feature",
      figures,
    }),
  };
};

function withinOf(row: DuplicateRow, seconds: number): { repeats: number; costUsd: string | null } {
  return row.within.find((found) => found.seconds === seconds) ?? { repeats: 0, costUsd: null };
}

function savingOf(row: DuplicateRow): Saving {
  return {
    low: amount(withinOf(row, RESPONSE_CACHE_SECONDS.low).costUsd),
    saving: amount(withinOf(row, RESPONSE_CACHE_SECONDS.central).costUsd),
    high: amount(row.repeatCostUsd),
  };
}
