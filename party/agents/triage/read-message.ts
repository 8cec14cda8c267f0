import type { DatasetSummary } from "../../ports/thread-store";
import type { EvidenceValue } from "../../protocol";
import type { StepContext } from "../core/step-context";
import { withoutAsides } from "./asides";
import type { LogTime } from "./calendar";
import { readChange } from "./changes";
import { readFocus, weighFocus } from "./focus";
import {
  type EarlierReading,
  earlierReading,
  isBareQuantity,
  type Merged,
  mergeFollowUp,
  readFollowUp,
} from "./follow-up";
import { isOtherLanguage } from "./language";
import {
  findExcluded,
  findNames,
  type KnownNames,
  type NamedInMessage,
  readNames,
  unknownFeatures,
  unknownModels,
  withoutNames,
} from "./names";
import { normalise } from "./normalise";
import { isOwnDataset, meantAmong } from "./own-calls";
import { mentionsTime, readTime } from "./ranges";
import type { Focus, Intent, Metric, Range, Target, TriageResult } from "./result";
import {
  chooseDatasets,
  keepsLatency,
  keepsQuality,
  readDimension,
  readIntent,
  readMetric,
  readMetricOrNull,
} from "./rules";
import { isSmallTalk } from "./small-talk";
import { readTargets, type TargetReading } from "./targets";
import { listDatasets, listNames, noteStated } from "./tools";
import { correctTypos } from "./typos";
import { readWishes, type Wishes } from "./wishes";

/** What a language model may decide about a message; figures and ranges are always read by rules. */
export interface Classification {
  intent: Intent;
  focus: Focus[];
  metric: Metric;
  by: TriageResult["by"];
  named: NamedInMessage;
  keepLatency: boolean;
  keepQuality: boolean;
  /** A model found that the message goes on from the question before it. */
  goesOn?: boolean;
  /** It is in a language that rules do not read. */
  otherLanguage?: boolean;
}

export function classifyByRules(message: string, known: KnownNames): Classification {
  const named = readNames(message, known);
  const said = sentenceOf(message, known);
  const { targets } = targetsOf(message, known);
  const isNamed = Object.values(named).some((names) => names.length > 0);
  const namesModels = named.model.length > 0 || unknownModels(message, known.models).length > 0;
  const otherLanguage = isOtherLanguage(message) && !isSmallTalk(message);
  return {
    otherLanguage,
    intent: otherLanguage ? "unclear" : readIntent(said, isNamed || namesModels, targets),
    focus: readFocus(said, namesModels, targets),
    metric: readMetric(said),
    by: readDimension(said),
    named,
    keepLatency: keepsLatency(said),
    keepQuality: keepsQuality(said),
  };
}

/** The words of the message, as the rules read them: in one spelling, without slips, and without names. */
function sentenceOf(message: string, known: KnownNames): string {
  const text = withoutAsides(normalise(message));
  return correctTypos(withoutNames(text, findNames(text, known)));
}

/** The bounds of the message; what it leaves out of the question is not what they are about. */
function targetsOf(message: string, known: KnownNames): TargetReading {
  const text = correctTypos(withoutAsides(normalise(message)));
  const mentions = findNames(text, known);
  const excluded = findExcluded(text, mentions);
  return readTargets(
    text,
    mentions.filter((one) => !excluded.includes(one)),
  );
}

const noNames: KnownNames = { models: [], features: [], providers: [] };

type Classify = (
  message: string,
  known: KnownNames,
  earlier: EarlierReading | null,
) => Promise<Classification>;

/** Reads the message against the workspace's data. `classify` is the rules or a language model. */
export async function readMessage(
  message: string,
  context: StepContext,
  classify: Classify,
): Promise<TriageResult> {
  const { result: datasets } = await context.use(listDatasets, {});
  const change = readChange(message, meantAmong(message, datasets));
  // A change stands by itself: nothing of it is taken from the question before.
  const earlier = change === null ? earlierReading(await context.history()) : null;
  const { chosen, choice } = chooseAgain(message, datasets, earlier);
  const kept = chosen.map(({ id, name, version }) => ({ id, name, version }));
  const known =
    kept.length > 0 ? (await context.use(listNames, { datasets: kept })).result : noNames;
  const time = { now: context.services.clock.now(), lastCallAt: latest(chosen) };
  const { range, unread: rangeUnread } = readTime(sentenceOf(message, known), time);
  const { targets, unread: targetsUnread } = targetsOf(message, known);
  const byRules = classifyByRules(message, known);
  const missing = [...unknownModels(message, known.models), ...unknownFeatures(message, known)];
  const namesSomething =
    Object.values(byRules.named).some((names) => names.length > 0) ||
    missing.length > 0 ||
    byRules.by !== null ||
    range.anchor !== "none" ||
    mentionsTime(message) ||
    targets.length > 0 ||
    (earlier !== null && isBareQuantity(message));
  const how = earlier && !byRules.otherLanguage ? readFollowUp(message, { namesSomething }) : null;
  // What rules read with certainty needs no model.
  const read = how === null && change === null ? await classify(message, known, earlier) : byRules;
  const wishes = readWishes(message, known, range);
  const named = withoutProposals(withoutBounds(read, targets), read.intent, wishes);
  const own = {
    intent: read.intent,
    focus: read.focus,
    metric: read.metric,
    by: read.by,
    datasets: kept,
    datasetsInAll: datasets.length,
    datasetChoice: choice,
    range,
    rangeUnread,
    targetsUnread,
    filters: filtersOf(named),
    targets: targets.map(({ target }) => target),
    keepLatency: read.keepLatency || targets.some(({ target }) => target.kind === "latency-bound"),
    keepQuality: read.keepQuality,
    ...wishes,
    missing,
    change,
    otherLanguage: read.otherLanguage ?? false,
  };
  const follows = how ?? (earlier !== null && read.goesOn === true ? ("changed" as const) : null);
  const understood: Merged & { follows: TriageResult["follows"] } =
    earlier === null || follows === null
      ? { read: own, targets, follows: null }
      : {
          ...mergeFollowUp(
            { message, read: own, says: saysOf(sentenceOf(message, known), read), targets },
            earlier,
          ),
          follows: { runId: earlier.runId, how: follows },
        };
  const whole = understood.read;
  const asked = follows === "why" ? withPeriodBefore(whole.range, time) : whole.range;
  const values = [...understood.targets.map(({ value }) => value), ...rangeValues(asked)];
  const stated =
    values.length > 0 && whole.intent !== "small-talk" && kept.length > 0
      ? (await context.use(noteStated, { values })).evidence
      : null;
  return {
    ...whole,
    range: asked,
    targets: understood.targets.map(({ target }) => target),
    follows: understood.follows,
    stated: stated?.label ?? null,
  };
}

/** The datasets that the message names; else, in a follow-up, those of the question before, as they are now. */
function chooseAgain(
  message: string,
  datasets: readonly DatasetSummary[],
  earlier: EarlierReading | null,
): ReturnType<typeof chooseDatasets> {
  const meant = meantAmong(message, datasets);
  const fresh = chooseDatasets(message, meant);
  if (!earlier || meant.some(isOwnDataset) || fresh.choice === "named") return fresh;
  const before = new Set(earlier.read.datasets.map(({ id }) => id));
  const again = datasets.filter(({ id }) => before.has(id));
  // From what Netra itself took a message goes on only by its words.
  const stays = again.some(isOwnDataset)
    ? readFollowUp(message, { namesSomething: true }) !== null
    : fresh.choice === "newest";
  return again.length > 0 && stays ? { chosen: again, choice: earlier.read.datasetChoice } : fresh;
}

function filtersOf(named: NamedInMessage): TriageResult["filters"] {
  return {
    ...(named.model.length > 0 ? { model: named.model } : {}),
    ...(named.provider.length > 0 ? { provider: named.provider } : {}),
    ...(named.feature.length > 0 ? { feature: named.feature } : {}),
    ...(named.notFeature.length > 0 ? { notFeature: named.notFeature } : {}),
  };
}

/** What the words say by themselves; a model that read them in their context said all of it. */
function saysOf(said: string, read: Classification) {
  if (read.goesOn) return { intent: read.intent !== "unclear", focus: true, metric: true };
  return {
    intent: readIntent(said) !== "unclear",
    focus: weighFocus(said).length > 0,
    metric: readMetricOrNull(said) !== null,
  };
}

/** Why something is as it is shows against as much time before: "last week" asks for two. */
function withPeriodBefore(range: Range, { now, lastCallAt }: LogTime): Range {
  if (range.from === null) return range;
  const end = range.to ?? Math.max(lastCallAt ?? now, range.from) + 1;
  return { ...range, from: range.from - (end - range.from) };
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

/** "Would gpt-4.1-mini suit us?" is about the calls that would move, "reports can wait" about all of them. */
function withoutProposals(
  named: NamedInMessage,
  intent: Intent,
  { candidates, mayWait }: Wishes,
): NamedInMessage {
  if (intent !== "analysis") return named;
  return {
    ...named,
    model: named.model.filter((name) => !candidates.includes(name)),
    feature: named.feature.filter((name) => !mayWait.includes(name)),
  };
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
