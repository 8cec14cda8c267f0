import type { DatasetSummary } from "../../ports/thread-store";
import type { EvidenceValue } from "../../protocol";
import type { StepContext } from "../core/step-context";
import {
  type KnownNames,
  type NamedInMessage,
  readNames,
  unknownFeatures,
  unknownModels,
  variants,
} from "./names";
import { mentionsTime, readRange } from "./ranges";
import type { Focus, Intent, Metric, Range, Target, TriageResult } from "./result";
import {
  chooseDatasets,
  keepsLatency,
  keepsQuality,
  readDimension,
  readFocus,
  readIntent,
  readMetric,
} from "./rules";
import { readTargets } from "./targets";
import { listDatasets, listNames, noteStated } from "./tools";

/** What a language model may decide about a message; figures and ranges are always read by rules. */
export interface Classification {
  intent: Intent;
  focus: Focus[];
  metric: Metric;
  by: TriageResult["by"];
  named: NamedInMessage;
  keepLatency: boolean;
  keepQuality: boolean;
}

export function classifyByRules(message: string, known: KnownNames): Classification {
  const named = readNames(message, known);
  const said = withoutNames(message, [...named.model, ...named.feature, ...named.notFeature]);
  const namesModels = named.model.length > 0 || unknownModels(message, known.models).length > 0;
  return {
    intent: readIntent(said, namesModels || named.feature.length > 0),
    focus: readFocus(said, namesModels),
    metric: readMetric(said),
    by: readDimension(said),
    named,
    keepLatency: keepsLatency(said),
    keepQuality: keepsQuality(said),
  };
}

/** A name is no word of the sentence: a feature called "code-review" does not ask for a review. */
function withoutNames(message: string, names: readonly string[]): string {
  return names.reduce(
    (text, name) => text.replace(new RegExp(variants(name), "gi"), "it"),
    message,
  );
}

const noNames: KnownNames = { models: [], features: [], providers: [] };

/** Reads the message against the workspace's data. `classify` is the rules or a language model. */
export async function readMessage(
  message: string,
  context: StepContext,
  classify: (message: string, known: KnownNames) => Promise<Classification>,
): Promise<TriageResult> {
  const { result: datasets } = await context.use(listDatasets, {});
  const { chosen, choice } = chooseDatasets(message, datasets);
  const kept = chosen.map(({ id, name, version }) => ({ id, name, version }));
  const known =
    kept.length > 0 ? (await context.use(listNames, { datasets: kept })).result : noNames;
  const read = await classify(message, known);
  const lastCallAt = latest(chosen);
  const range = readRange(message, { now: context.services.clock.now(), lastCallAt });
  const targets = readTargets(message, [...known.features, ...known.models]);
  const values = [...targets.map(({ value }) => value), ...rangeValues(range)];
  const stated =
    values.length > 0 && read.intent !== "small-talk" && kept.length > 0
      ? (await context.use(noteStated, { values })).evidence
      : null;
  const named = withoutBounds(read, targets);
  return {
    intent: read.intent,
    focus: read.focus,
    metric: read.metric,
    by: read.by,
    datasets: kept,
    datasetsInAll: datasets.length,
    datasetChoice: choice,
    range,
    rangeUnread: range.anchor === "none" && mentionsTime(message),
    filters: {
      ...(named.model.length > 0 ? { model: named.model } : {}),
      ...(named.provider.length > 0 ? { provider: named.provider } : {}),
      ...(named.feature.length > 0 ? { feature: named.feature } : {}),
      ...(named.notFeature.length > 0 ? { notFeature: named.notFeature } : {}),
    },
    targets: targets.map(({ target }) => target),
    keepLatency: read.keepLatency || targets.some(({ target }) => target.kind === "latency-bound"),
    keepQuality: read.keepQuality,
    stated: stated?.label ?? null,
    missing: [...unknownModels(message, known.models), ...unknownFeatures(message, known.features)],
  };
}

/** "p95 of chat under 500 ms" bounds one feature; the question is still about all of them. */
function withoutBounds(
  { intent, named }: Classification,
  targets: ReadonlyArray<{ target: Target }>,
): NamedInMessage {
  if (intent !== "analysis") return named;
  const bounded = targets.flatMap(({ target }) =>
    target.kind === "latency-bound" && target.segment !== null ? [target.segment] : [],
  );
  const free = (names: string[]) => names.filter((name) => !bounded.includes(name));
  return { ...named, feature: free(named.feature), model: free(named.model) };
}

function latest(datasets: readonly DatasetSummary[]): number | null {
  const times = datasets.flatMap(({ lastCallAt }) => (lastCallAt === null ? [] : [lastCallAt]));
  return times.length > 0 ? Math.max(...times) : null;
}

function rangeValues({ from, to }: Range): EvidenceValue[] {
  const value = (key: string, label: string, at: number | null): EvidenceValue[] =>
    at === null
      ? []
      : [{ segment: null, key, label, unit: "date", value: new Date(at).toISOString() }];
  return [...value("from", "From", from), ...value("to", "Until", to)];
}
