import type { Turn } from "../core/crew";
import { type Target, type TriageResult, triageResultSchema } from "./result";
import { asksForAdvice, readIntent } from "./rules";
import { isSmallTalk } from "./small-talk";
import { type StatedTarget, statedTarget } from "./targets";

/** An earlier question of the branch that can be gone on from: its run, and how it was read. */
export interface EarlierReading {
  runId: string;
  question: string;
  read: TriageResult;
}

/** The newest question that was about the log; null when there is none. */
export function earlierReading(history: readonly Turn[]): EarlierReading | null {
  for (const { runId, question, results } of history.toReversed()) {
    const read = triageResultSchema.safeParse(results.triage);
    if (!read.success || runId === null) continue;
    const { intent, datasets, follows, change } = read.data;
    if (change !== null) continue;
    // A "why" looks at more time than the question it is about, which is the one to go on from.
    if (follows?.how === "why") continue;
    if ((intent === "analysis" || intent === "lookup") && datasets.length > 0) {
      return { runId, question, read: read.data };
    }
  }
  return null;
}

const LEAD = "(?:(?:and|but|so|ok|okay|hm+|well|then|also)[ ,]+)*";
/** Words that point back or say that something changed, and name nothing new. */
const POINTING =
  "that|this|it|they|those|these|so|the|is|was|are|were|did|does|do|has|have|been|rise|rose|risen|fall|fell|drop|dropped|increased?|decreased?|grow|grew|go|going|went|up|down|higher|lower|much|many|expensive|dear|high|low|costs?|spend|spending|bill|change|changed|different|more|less|than|before|happen|happened|there|all|of|our|we|spent|caus(?:e|ed|es|ing)|driv(?:es|ing)|behind|jump|jumped|increase|decrease";
const WHY = new RegExp(
  `^${LEAD}(?:why|how come|what (?:is|was|drives|drove|caused|causes|changed|explains|happened)|explain)(?:[ ,]+(?:${POINTING}))*$`,
);
/** How a message begins that changes the question before it. */
const CHANGES =
  /^(?:and|but|or|also|same|only|just|without|except|excluding|ignoring|make it|what about|how about|now|instead|what if|then)\b/;

/**
 * Whether a message goes on from the question before it, and how: it asks why, or it changes something.
 * `namesSomething`: a name of the data, a time, a bound or a dimension stands in it. Pure.
 */
export function readFollowUp(
  message: string,
  { namesSomething }: { namesSomething: boolean },
): "why" | "changed" | null {
  const text = message
    .trim()
    .toLowerCase()
    .replace(/[!?.,…\s]+$/g, "");
  if (isSmallTalk(text) || text.length > 200) return null;
  if (WHY.test(text)) return "why";
  if (CHANGES.test(text) && (namesSomething || readIntent(text) !== "unclear")) return "changed";
  if (namesSomething && readIntent(text) === "unclear") return "changed";
  const pointsBack = /\b(?:that|those|these|them|the same)\b/.test(text) && text.length <= 80;
  return pointsBack && readIntent(text) === "lookup" ? "changed" : null;
}

/** Words that take back every restriction of the questions before. */
const EVERYTHING =
  /\b(?:all calls|everything|overall|all features|all models|as a whole|in total)\b/;
const WHOLE_TIME =
  /\b(?:all time|whole (?:log|time|period|range)|entire (?:log|period)|any time)\b/;

/** What the message says by itself, before the question it goes on from is taken into account. */
export interface OwnWords {
  message: string;
  read: Omit<TriageResult, "follows" | "stated">;
  /** Whether the words themselves, names left out, ask for something: then that is asked. */
  says: { intent: boolean; focus: boolean; metric: boolean };
  targets: readonly StatedTarget[];
}

export interface Merged {
  read: Omit<TriageResult, "follows" | "stated" | "targets">;
  targets: StatedTarget[];
}

/** The earlier question as the follow-up changes it: what it does not speak of stays. Pure. */
export function mergeFollowUp(own: OwnWords, { read: before }: EarlierReading): Merged {
  const { read, says } = own;
  const text = own.message.toLowerCase();
  const targets = mergeTargets(own, before);
  const intent = mergedIntent(own, before, targets);
  const names = read.filters;
  const named = { model: names.model, feature: names.feature, provider: names.provider };
  return {
    targets,
    read: {
      ...read,
      intent,
      focus: says.focus ? read.focus : before.focus,
      metric: says.metric ? read.metric : before.metric,
      by: read.by ?? (isNamed(before.by, named) ? null : before.by),
      ...(read.range.anchor !== "none" || read.rangeUnread || WHOLE_TIME.test(text)
        ? {}
        : { range: before.range }),
      filters: EVERYTHING.test(text) ? names : mergeFilters(read, before),
      keepLatency: read.keepLatency || before.keepLatency,
      keepQuality: read.keepQuality || before.keepQuality,
      keepSpend: read.keepSpend || before.keepSpend,
      mayWait: [...new Set([...before.mayWait, ...read.mayWait])],
      candidates: read.candidates.length > 0 ? read.candidates : before.candidates,
      wantsNewer: read.wantsNewer || before.wantsNewer,
      changeDays: read.changeDays ?? before.changeDays,
    },
  };
}

function mergedIntent(
  { message, read, says }: OwnWords,
  before: TriageResult,
  targets: readonly StatedTarget[],
): TriageResult["intent"] {
  if (before.intent === "lookup" && !asksForAdvice(message)) {
    return targets.length > 0 ? "analysis" : "lookup";
  }
  return says.intent ? read.intent : before.intent;
}

function isNamed(
  by: TriageResult["by"],
  named: Pick<TriageResult["filters"], "model" | "feature" | "provider">,
): boolean {
  return by !== null && by !== "user" && by !== "day" && named[by] !== undefined;
}

/** A name takes the place of names of its kind; "without" takes one away. */
function mergeFilters(
  { filters: own, missing }: OwnWords["read"],
  { filters: before }: TriageResult,
): TriageResult["filters"] {
  const without = own.notFeature ?? [];
  const left = (names: readonly string[] = []) => names.filter((name) => !without.includes(name));
  const feature = own.feature ?? (missing.length > 0 ? [] : left(before.feature));
  const model = own.model ?? (missing.length > 0 ? [] : (before.model ?? []));
  const provider = own.provider ?? (own.model ? [] : (before.provider ?? []));
  const notFeature = [...new Set([...(before.notFeature ?? []), ...without])].filter(
    (name) => !feature.includes(name),
  );
  return {
    ...(model.length > 0 ? { model } : {}),
    ...(provider.length > 0 ? { provider } : {}),
    ...(feature.length > 0 ? { feature } : {}),
    ...(notFeature.length > 0 ? { notFeature } : {}),
  };
}

function mergeTargets({ message, targets }: OwnWords, before: TriageResult): StatedTarget[] {
  const own = targets.length > 0 ? targets : bareTarget(message, before);
  const same = (a: Target, b: Target) =>
    a.kind === b.kind && a.percentile === b.percentile && a.segment === b.segment;
  const kept = before.targets.filter((one) => !own.some(({ target }) => same(target, one)));
  const all = [...kept.map((target) => statedTarget(target)), ...own];
  // Keys stay unique within the stated evidence.
  return all.map(({ target }, index) => {
    const isSecond = all.slice(0, index).some((one) => one.target.kind === target.kind);
    return statedTarget({ ...target, key: isSecond ? `${target.kind}-${index + 1}` : target.kind });
  });
}

const QUANTITY =
  /(\$)?\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(%|percent|per cent|ms|milliseconds?|s|sec|seconds?|x|×|times)?(?![\w.])/;

/** Whether a short message gives a quantity with a unit, which an earlier question tells what it bounds. */
export function isBareQuantity(message: string): boolean {
  const match = message.length <= 60 ? QUANTITY.exec(message.toLowerCase()) : null;
  return match !== null && (match[1] !== undefined || match[3] !== undefined);
}

/** "make it 30 %", "and with 500 ms?": a quantity alone changes the bound of its unit. */
function bareTarget(message: string, { targets }: TriageResult): StatedTarget[] {
  const text = message.toLowerCase();
  const match = text.length <= 60 ? QUANTITY.exec(text) : null;
  if (!match) return [];
  const [, dollar, digits = "", unit = ""] = match;
  const value = Number(digits.replaceAll(",", ""));
  const last = (...kinds: ReadonlyArray<Target["kind"]>) =>
    targets.findLast(({ kind }) => kinds.includes(kind));
  const target = (kind: Target["kind"], size: number, like: Target | undefined): StatedTarget[] => [
    statedTarget({
      kind,
      key: kind,
      value: size,
      percentile: like?.percentile ?? (kind === "latency-bound" ? "p95" : null),
      segment: like?.segment ?? null,
    }),
  ];
  if (dollar) return target("budget", value, last("budget"));
  if (/^(?:%|per)/.test(unit)) {
    const like = last("cost-cut", "growth");
    return target(like?.kind ?? "cost-cut", value, like);
  }
  if (unit.startsWith("m")) return target("latency-bound", value, last("latency-bound"));
  if (/^s/.test(unit)) return target("latency-bound", value * 1_000, last("latency-bound"));
  if (/^(?:x|×|times)/.test(unit)) return target("speed-up", value, last("speed-up"));
  return [];
}
