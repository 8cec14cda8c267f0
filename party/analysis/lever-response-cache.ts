import { draftOf } from "./draft";
import { sumUsd } from "./figures";
import {
  addSavings,
  amount,
  leverFigures,
  leverHead,
  NO_SAVING,
  ordered,
  type Saving,
} from "./lever";
import { nameWhenEmpty, SegmentNames } from "./names";
import { checkLifetime } from "./plan-input";
import type { Analysis, ResponseCacheResult } from "./results";
import type { CacheLifetime, DuplicateRow, LivesFrom } from "./source";

const MOST_FEATURES = 100;

/** Unless asked otherwise, a cached answer lives a day since its last use; low: an hour; the high figure never forgets. */
export const RESPONSE_CACHE_LIVES = {
  livesFrom: "last-use",
  low: { seconds: 3_600, features: [] },
  central: { seconds: 86_400, features: [] },
} as const;

export interface ResponseCacheParams {
  livesFrom?: LivesFrom;
  low?: CacheLifetime;
  central?: CacheLifetime;
}

/**
 * What a cache of whole answers would have saved: the cost of successful calls that repeat an earlier
 * one exactly (same feature, provider, model and prompt hash, same dataset) while its entry lives. An entry lives
 * from its last use, or from when it was stored: then the call that finds it dead is paid, and stores it anew.
 * The first of identical calls is always paid; failed calls are never stored.
 * Saving = Σ cost of the repeats served with the central lifetime; low: with the low one; high: all repeats.
 *
 * Throws PlanInputError for a lifetime that is no whole number of seconds.
 *
 * Keys (segment null): those of every lever, and `repeats`, `repeats_counted` (served with the central lifetime),
 * `hashed_calls`, `successful_calls`. Keys per segment (feature): `saving`, `repeats`, `hashed_calls`.
 */
export const leverResponseCache: Analysis<ResponseCacheParams, ResponseCacheResult> = async (
  source,
  scope,
  params,
  signal,
) => {
  const { livesFrom, low, central } = { ...RESPONSE_CACHE_LIVES, ...params };
  checkLifetime("low", low);
  checkLifetime("central", central);
  const answer = await source.duplicates(scope, { livesFrom, lifetimes: [low, central] }, signal);
  const { rows } = answer;
  const sum = (pick: (row: DuplicateRow) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  const hashedCalls = sum((row) => row.hashedCalls);
  const repeats = sum((row) => row.repeats);
  const unpriced = sum((row) => row.unpricedRepeats);
  const counted = sum((row) => servedOf(row, CENTRAL).repeats);

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
    savingUsd: servedOf(row, CENTRAL).costUsd,
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
  figures.add(
    null,
    "repeats_counted",
    "exact repeats that the cache would have served",
    "calls",
    counted,
  );
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
        "saving = Σ cost of successful calls whose feature, provider, model and prompt hash equal those of an earlier call of the same dataset, while its answer is kept (high: for ever)",
      answers: [answer],
      chosen: { livesFrom, low, central },
      assumptions: [
        `An answer lives ${lived(central)} since ${livesFrom === "store" ? "it was stored" : "its last use"}; low: ${lived(low)}; high: for ever.`,
        "Each feature has a cache of its own.",
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

const [LOW, CENTRAL] = [0, 1];

function servedOf(row: DuplicateRow, which: number): DuplicateRow["served"][number] {
  return row.served[which] ?? { repeats: 0, costUsd: null };
}

function savingOf(row: DuplicateRow): Saving {
  return ordered({
    low: amount(servedOf(row, LOW).costUsd),
    saving: amount(servedOf(row, CENTRAL).costUsd),
    high: amount(row.repeatCostUsd),
  });
}

function lived(lifetime: CacheLifetime): string {
  const own = lifetime.features.length > 0 ? " (some features: their own)" : "";
  return `${lifetime.seconds} s${own}`;
}
