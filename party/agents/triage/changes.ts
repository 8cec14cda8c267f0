import { z } from "zod";
import { type Amount, findAmounts } from "./amounts";
import { namedDatasets } from "./named-datasets";
import { normalise } from "./normalise";
import { unpolished } from "./rules";

/** Which dataset a message means: those that its words fit, and the words where none does. */
const meantDatasetSchema = z.object({
  candidates: z.array(z.object({ id: z.string(), name: z.string() })),
  /** What the message calls it; null when it names none. */
  said: z.string().nullable(),
});
export type MeantDataset = z.infer<typeof meantDatasetSchema>;

/** A change of the workspace that a message asks for, as far as it says; null is not said. */
export const statedChangeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("set-budget"),
    usd: z.number().nullable(),
    /** It names an amount of another currency. */
    otherMoney: z.boolean(),
    alertPercent: z.number().nullable(),
  }),
  z.object({ kind: z.literal("remove-budget") }),
  z.object({
    kind: z.literal("set-retention"),
    dataset: meantDatasetSchema,
    /** `for-good` keeps all calls. */
    days: z.union([z.number(), z.literal("for-good")]).nullable(),
  }),
  z.object({ kind: z.literal("delete-dataset"), dataset: meantDatasetSchema }),
]);
export type StatedChange = z.infer<typeof statedChangeSchema>;

type NamedDataset = MeantDataset["candidates"][number];

const OF_BUDGET =
  "(?:up )?(?:(?:a|an|the|our|my|us|me|new|monthly|overall|total|spend|spending|cost|llm|ai|team|workspace|\\$? ?[\\d.,]+k?|usd|dollars?|-) ?)*(?:[\\w-]+(?:'s)? )?budget\\b";
const SETS_BUDGET = new RegExp(
  `^(?:set|define|create|add|establish|change|raise|lower|increase|decrease|update|fix) ${OF_BUDGET}`,
);
const WANTS_ALERT =
  /^(?:alert|warn|notify|tell|email) (?:me|us|the team|everyone)\b[^?]*\b(?:spend\w*|spent|costs?|bill|budget)\b/;
const REMOVES_BUDGET = new RegExp(`^(?:remove|delete|drop|clear|cancel) ${OF_BUDGET}`);

const SPAN = /\b(\d+(?:\.\d+)?) (day|week|month|year)s?\b/;
const DAYS: Record<string, number> = { day: 1, week: 7, month: 30, year: 365 };
const KEEPS = /^(?:only )?(?:keep|retain|store)\b/;
const SETS_RETENTION = /^(?:set|change|update|define|limit|make|fix) [^?]*\bretention\b/;
const ENDS_RETENTION =
  /^(?:remove|delete|drop|clear|cancel|end|switch off|turn off) [^?]*\bretention\b/;
const REMOVES_OLD =
  /^(?:delete|remove|drop|purge|erase)\b[^?]*\b(?:older than|after|that (?:is|are) more than)\b/;
const FOR_GOOD = /\b(?:forever|for ever|for good|indefinitely|permanently)\b/;

const DELETES = /^(?:delete|remove|drop|erase|discard|get rid of)\b/;
/** "Remove dataset A from this report" leaves it out of a question. */
const LEAVES_OUT =
  /\bfrom (?:the|this|that|my|our|your) (?:analysis|report|question|answer|comparison)\b/;
const DATASET = /\bdata ?sets?\b/;
const STORED = /\b(?:data ?sets?|data|calls?|logs?|imports?|files?)\b/;

/**
 * The change that a message asks for in so many words; null for a question, or for a wish about costs. What is
 * destructive is never guessed: a dataset that is not named stays open, and a person decides in any case. Pure.
 */
export function readChange(
  message: string,
  datasets: readonly NamedDataset[],
): StatedChange | null {
  const text = unpolished(normalise(message));
  if (REMOVES_BUDGET.test(text)) return { kind: "remove-budget" };
  const amounts = findAmounts(text);
  const money = amounts.find(({ unit }) => unit === "USD");
  if (SETS_BUDGET.test(text) || (WANTS_ALERT.test(text) && money)) {
    const percent = amounts.find(({ unit }) => unit === "percent");
    return {
      kind: "set-budget",
      usd: money ? signed(money, text) : null,
      otherMoney: !money && amounts.some(({ unit }) => unit === "other-money"),
      alertPercent: percent ? signed(percent, text) : null,
    };
  }
  const dataset = meantDataset(text, datasets);
  const isNamed = datasets.some(({ name }) => holdsName(text, name));
  const isStored = STORED.test(text) || isNamed;
  const days = spanOf(withoutNames(text, datasets));
  if (isStored && KEEPS.test(text) && (days !== null || FOR_GOOD.test(text))) {
    return { kind: "set-retention", dataset, days: days ?? "for-good" };
  }
  if (SETS_RETENTION.test(text)) {
    return {
      kind: "set-retention",
      dataset,
      days: days ?? (FOR_GOOD.test(text) ? "for-good" : null),
    };
  }
  if (ENDS_RETENTION.test(text)) return { kind: "set-retention", dataset, days: "for-good" };
  if (isStored && REMOVES_OLD.test(text) && days !== null) {
    return { kind: "set-retention", dataset, days };
  }
  const isDataset = DATASET.test(text) || isNamed;
  return DELETES.test(text) && isDataset && !LEAVES_OUT.test(text)
    ? { kind: "delete-dataset", dataset }
    : null;
}

function signed({ digits, start }: Amount, text: string): number {
  return Number(digits) * (/(?:-|\bminus) ?\$? ?$/.test(text.slice(0, start)) ? -1 : 1);
}

function spanOf(text: string): number | null {
  const [all, count = "", unit = ""] = SPAN.exec(text) ?? [];
  if (all === undefined) return null;
  const isNegative = /(?:-|\bminus) ?$/.test(text.slice(0, text.indexOf(all)));
  return Number(count) * (DAYS[unit] ?? 1) * (isNegative ? -1 : 1);
}

/** Words around "dataset" that name none. */
const NAMELESS =
  /^(?:the|this|that|my|our|your|all|every|each|a|any|whole|entire|calls?|in|of|from|it|old)$/;

/** Those whose whole name the text holds; else those that fit what it calls the dataset; else, where it calls it nothing, any. */
function meantDataset(text: string, datasets: readonly NamedDataset[]): MeantDataset {
  const all = datasets.map(({ id, name }) => ({ id, name }));
  const said = saidName(text);
  const exact = all.filter(({ name }) => normalise(name) === said);
  const whole = all.filter(({ name }) => holdsName(text, name));
  const named = exact.length > 0 ? exact : whole;
  if (named.length > 0) return { candidates: named, said: null };
  if (said === null) return { candidates: all, said };
  const fitting = namedDatasets(said, all);
  return { candidates: fitting, said: fitting.length > 0 ? null : said };
}

/** Digits of names are no spans of time. */
function withoutNames(text: string, datasets: readonly NamedDataset[]): string {
  return datasets.reduce(
    (rest, { name }) => (holdsName(rest, name) ? rest.replaceAll(normalise(name), "…") : rest),
    text,
  );
}

function holdsName(text: string, name: string): boolean {
  const spelt = normalise(name);
  return spelt !== "" && text.includes(spelt);
}

/** What stands in quotes, behind "dataset", or before it. */
function saidName(text: string): string | null {
  const quoted = /["'](.{1,200}?)["']/.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  const behind =
    /\bdata ?sets?(?: (?:called|named))? (?!(?:for|to|at|forever|after|older|only|that|and|please|now)\b)(.{1,200}?)(?= (?:for|to|at|forever|after|older)\b|[,;?!]|\.?$)/;
  const before = /([\w.-]+) data ?sets?\b/;
  for (const pattern of [behind, before]) {
    const words = (pattern.exec(text)?.[1] ?? "").trim();
    if (words !== "" && !words.split(" ").every((word) => NAMELESS.test(word))) return words;
  }
  return null;
}
