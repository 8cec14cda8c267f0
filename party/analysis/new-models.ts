import { draftOf } from "./draft";
import { Figures } from "./figures";
import { askJudgedLog } from "./judged-log";
import { featureName, modelName, SegmentNames } from "./names";
import { lastDays } from "./periods";
import { askSpan } from "./profile-questions";
import type { Analysis, LatencyEffect, QualityEffect } from "./results";
import type { ModelProfileRow } from "./source";
import { latencyEffect, qualityEffect } from "./swap-effects";

const DAY_MS = 86_400_000;
const MOST_SEGMENTS = 1_000;
const MOST_NEW = 30;

export interface NewModelsResult {
  /** Why nothing can be told. */
  unavailable: string | null;
  days: number;
  /** Models with calls on a feature in the last days and none before, those with most calls first. */
  moves: Array<{
    name: string;
    feature: string;
    model: string;
    /** The feature's model with the most calls before. */
    before: string;
    /** Change of the cost per call; null when one of the two is unpriced. */
    isDearer: boolean | null;
    latency: LatencyEffect;
    quality: QualityEffect;
    /**
     * `keep`: shown to be no worse, and neither dearer nor slower; `roll-back`: shown to be worse, or dearer without being
     * measured as better or faster; `open`: the log does not settle it.
     */
    verdict: "keep" | "roll-back" | "open";
  }>;
}

/**
 * What an upgrade leaves in a log: models that a feature has calls of only since the last `days`, against the model that
 * had most of its calls before. Cost per call is over the two times; speed and judged quality over all calls of the two
 * models on the feature. A feature that had no call at all before is new itself, and no upgrade.
 *
 * Keys (segment null): `moves`. Keys per segment (`feature · from → to`): `calls`, `cost_per_call`, `cost_per_call_before`,
 * `p95_current`, `p95_candidate`, `quality_current`, `quality_candidate`.
 */
export const newModels: Analysis<{ days: number }, NewModelsResult> = async (
  source,
  scope,
  { days },
  signal,
) => {
  const totals = await askSpan(source, scope, signal);
  const [total] = totals.rows;
  const about = {
    tool: "new-models",
    what: `Models that features use in ${lastDays(days)} and did not use before`,
    ground: "measured",
    chosen: { days },
    segmentLabel: "feature and models",
  } as const;
  const end = Math.min(scope.to ?? Number.POSITIVE_INFINITY, (total?.lastAt ?? 0) + 1);
  const since = end - days * DAY_MS;
  if (!total || total.firstAt === null || total.firstAt >= since) {
    const reason = `the log has no calls before ${lastDays(days)}`;
    return {
      result: { unavailable: reason, days, moves: [] },
      draft: draftOf(scope, {
        ...about,
        formula: null,
        answers: [totals],
        figures: new Figures().add(null, "moves", "new models", "count", null, reason),
      }),
    };
  }
  const [answer, profiles] = await Promise.all([
    source.query(
      scope,
      {
        measures: ["calls", "cost_per_call"],
        dimensions: ["feature", "provider", "model"],
        range: { from: since, to: end },
        compareWith: { from: total.firstAt, to: since },
        limit: MOST_SEGMENTS,
      },
      signal,
    ),
    source.modelProfiles(scope, signal),
  ]);
  const { judged, answers: labels } = await askJudgedLog(source, scope, profiles.rows, signal);
  const segments = new Map<string, { now: Use | null; before: Use | null }>();
  for (const { segment, period, values } of answer.rows) {
    const [feature = "", provider = "", model = ""] = segment;
    const key = JSON.stringify([feature, provider, model]);
    const found = segments.get(key) ?? { now: null, before: null };
    const use = {
      feature,
      provider,
      model,
      calls: values.calls,
      costPerCall: values.cost_per_call,
    };
    segments.set(key, period === "current" ? { ...found, now: use } : { ...found, before: use });
  }
  const used = [...segments.values()];
  const names = new SegmentNames();
  const figures = new Figures();
  const fresh = used
    .flatMap(({ now, before }) => (now && now.calls > 0 && !before?.calls ? [now] : []))
    .sort((a, b) => b.calls - a.calls)
    .slice(0, MOST_NEW);
  const moves = fresh.flatMap((now) => {
    const [main] = used
      .flatMap(({ before }) =>
        before && before.feature === now.feature && before.calls > 0 ? [before] : [],
      )
      .sort((a, b) => b.calls - a.calls);
    if (!main) return [];
    const name = names.name(
      `${featureName(now.feature)} · ${modelName(main.provider, main.model)} → ${modelName(now.provider, now.model)}`,
      "",
    );
    const [old, young] = [profileOf(main, profiles.rows), profileOf(now, profiles.rows)];
    const latency = latencyEffect(old, young);
    const quality = qualityEffect(old, young, judged);
    const isDearer =
      now.costPerCall === null || main.costPerCall === null
        ? null
        : Number(now.costPerCall) > Number(main.costPerCall);
    figures.add(name, "calls", "calls of the new model", "calls", now.calls);
    figures.usd(name, "cost_per_call", "cost per call", now.costPerCall);
    figures.usd(name, "cost_per_call_before", "cost per call before", main.costPerCall);
    const speed = latency.state === "measured" ? latency : null;
    const slow = latency.state === "unknown" ? `unknown: ${latency.reason}` : undefined;
    figures.add(name, "p95_current", "p95 latency before", "ms", speed?.currentP95Ms ?? null, slow);
    figures.add(
      name,
      "p95_candidate",
      "p95 latency of the new model",
      "ms",
      speed?.candidateP95Ms ?? null,
      slow,
    );
    const known = quality.state === "measured" ? quality : null;
    const open = quality.state === "unknown" ? `unknown: ${quality.reason}` : undefined;
    figures.add(
      name,
      "quality_current",
      "quality before (0–1)",
      "ratio",
      known?.current ?? null,
      open,
    );
    figures.add(
      name,
      "quality_candidate",
      "quality of the new model (0–1)",
      "ratio",
      known?.candidate ?? null,
      open,
    );
    return [
      {
        name,
        feature: now.feature,
        model: now.model,
        before: main.model,
        isDearer,
        latency,
        quality,
        verdict: verdictOf(isDearer, latency, quality),
      },
    ];
  });
  figures.add(null, "moves", "new models", "count", moves.length);
  return {
    result: { unavailable: null, days, moves },
    draft: draftOf(scope, {
      ...about,
      formula:
        "cost per call = spend ÷ priced calls, of the new model since and of the main one before",
      answers: [totals, answer, profiles, ...labels],
      assumptions: [
        "Before is the whole log up to then, so that a feature that rests at the weekend is not taken for new.",
        "Calls that differ in size make cost per call differ; the number of calls stands beside it.",
      ],
      figures,
    }),
  };
};

interface Use {
  feature: string;
  provider: string;
  model: string;
  calls: number;
  costPerCall: string | null;
}

function profileOf(use: Use, profiles: readonly ModelProfileRow[]): ModelProfileRow | null {
  return (
    profiles.find(
      (row) =>
        row.feature === use.feature && row.provider === use.provider && row.model === use.model,
    ) ?? null
  );
}

function verdictOf(
  isDearer: boolean | null,
  latency: LatencyEffect,
  quality: QualityEffect,
): NewModelsResult["moves"][number]["verdict"] {
  const isFaster = latency.state === "measured" && latency.candidateP95Ms < latency.currentP95Ms;
  const isSlower = latency.state === "measured" && latency.candidateP95Ms > latency.currentP95Ms;
  if (quality.state === "measured" && quality.verdict === "worse") return "roll-back";
  if (isDearer === true && latency.state === "measured" && !isFaster) return "roll-back";
  const isProven = quality.state === "measured" && quality.verdict === "no-worse";
  return isProven && isDearer === false && !isSlower ? "keep" : "open";
}
