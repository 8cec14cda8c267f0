import { ONES, TENS } from "../../analysis/number-words";

/**
 * One spelling for what people write in many: case, quotes and dashes, contractions without their apostrophe,
 * shortenings, "percent" as %, "USD" as $, decimal commas, and numbers in words as digits. Idempotent; the length of
 * the text may change. Pure.
 */
export function normalise(message: string): string {
  const plain = message
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[‘’´`]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/(?<=\d)\s?[–—]\s?(?=\d)/g, "-")
    .replace(/\s*[–—]\s*|\s+-{1,2}\s+/g, ", ")
    .replace(/×/g, "x")
    .replace(/\bus\$|\busd ?(?=\d)/g, "$");
  return SPELLINGS.reduce((text, [from, to]) => text.replace(from, to as string), digits(plain))
    .replace(SHORT, (word) => SHORTENINGS[word] ?? word)
    .replace(/\s+/g, " ")
    .trim();
}

const PARTS: Readonly<Record<string, string>> = {
  2: "half",
  3: "a third",
  4: "a quarter",
  5: "a fifth",
};

const SPELLINGS: ReadonlyArray<
  readonly [RegExp, string | ((all: string, part: string) => string)]
> = [
  [/(?<=\d)\s*(?:percent|per ?cent|pct)\b/g, " %"],
  // A comma before one or two digits and a unit is a decimal one; three digits behind a point are thousands of money.
  [/(?<![\d.,])(\d{1,4}),(\d{1,2})(?= ?(?:%|ms\b|s\b|secs?\b|seconds?\b|x\b|times\b))/g, "$1.$2"],
  [/(?<=\$ ?)([1-9]\d{0,2})\.(\d{3})(?![\d.])/g, "$1$2"],
  [/(?<![\d.,$])([1-9]\d{0,2})\.(\d{3})(?= ?(?:usd|dollars?|\$))/g, "$1$2"],
  [/(?<!\w)w\/o(?!\w)/g, "without"],
  [/(?<!\w)w\/ ?(?=\w)/g, "with "],
  [/(?<!\w)b\/c(?!\w)/g, "because"],
  [/(?<=\bby (?:about )?)1\/([2-5])\b/g, (_all, part) => PARTS[part] ?? part],
  [/# of\b|\bno\. of\b/g, "number of"],
  [/\b(incl|excl|avg|approx|nbr|nr|num)\.(?= )/g, "$1"],
  [/(?<=\b(?:a|per|each|every|last|past|this) )mo\b/g, "month"],
  [
    /\b(what|who|where|how|that|it|let)s(?= (?:the|our|my|your|a|up|it|is|me|see|going|been|us)\b)/g,
    "$1's",
  ],
  [/\b(do|does|did|is|are|was|were|ca|wo|should|must|would|could|has|have)nt\b/g, "$1n't"],
  [/\bcan not\b/g, "cannot"],
];

/** Shortenings of chats and tickets that stand for one word or phrase wherever they stand. */
const SHORTENINGS: Readonly<Record<string, string>> = {
  pls: "please",
  plz: "please",
  plse: "please",
  u: "you",
  ur: "your",
  r: "are",
  ppl: "people",
  nbr: "number",
  nr: "number",
  num: "number",
  amt: "amount",
  avg: "average",
  approx: "about",
  abt: "about",
  req: "request",
  reqs: "requests",
  errs: "errors",
  msgs: "messages",
  feat: "feature",
  feats: "features",
  prev: "previous",
  perf: "performance",
  btwn: "between",
  thru: "through",
  incl: "including",
  excl: "excluding",
  wk: "week",
  wks: "weeks",
  yr: "year",
  yrs: "years",
  yday: "yesterday",
  yest: "yesterday",
  ystrday: "yesterday",
  tmrw: "tomorrow",
  cuz: "because",
  gimme: "give me",
  lemme: "let me",
  gonna: "going to",
  wanna: "want to",
  gotta: "have to",
  dunno: "don't know",
};
const SHORT = new RegExp(
  `(?<![\\w.'/-])(?:${Object.keys(SHORTENINGS).join("|")})(?![\\w'/-])`,
  "g",
);

const SCALES: Record<string, number> = { hundred: 100, thousand: 1_000, million: 1_000_000 };
const oneOf = (words: Readonly<Record<string, number>>) => Object.keys(words).join("|");

/** "one" and "a" count only before a unit: "one second", but "the right one" and "a day for it". */
const UNIT =
  "(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarter|third|fifth|tenth|half|hundred|thousand|million|percent|per ?cent|%)";
const TENS_AND_ONES = new RegExp(`\\b(${oneOf(TENS)})[- ](${oneOf(ONES)})\\b`, "g");
const ONE_WORD = new RegExp(`\\b(?!one\\b)(?:${oneOf(TENS)}|${oneOf(ONES)})\\b`, "g");
const ONE_OF_A_UNIT = new RegExp(`\\bone (?=${UNIT}\\b)`, "g");
const SCALED = new RegExp(
  `\\b(?:(?<count>\\d+(?:\\.\\d+)?)|an?) (?<scale>${oneOf(SCALES)})\\b(?:(?: and)? (?<rest>\\d{1,3})\\b(?![.,]\\d|%))?`,
  "g",
);

function digits(text: string): string {
  return text
    .replace(TENS_AND_ONES, (all, tens: string, ones: string) => {
      const rest = ONES[ones] ?? 10;
      return rest < 10 ? String((TENS[tens] ?? 0) + rest) : all;
    })
    .replace(ONE_WORD, (word) => String(TENS[word] ?? ONES[word]))
    .replace(/\ba couple of\b/g, "2")
    .replace(/\ba dozen\b/g, "12")
    .replace(/\b(?:1 |one |an? )and a half(?= |$)/g, "1.5")
    .replace(/\b(\d+) and a half(?= |$)/g, "$1.5")
    .replace(ONE_OF_A_UNIT, "1 ")
    .replace(SCALED, scaled)
    .replace(SCALED, scaled);
}

/** "2 hundred", "3 thousand 500", "a million". */
function scaled(all: string, ...rest: unknown[]): string {
  const { count, scale, rest: more } = rest.at(-1) as Record<string, string | undefined>;
  const size = SCALES[scale ?? ""];
  return size === undefined
    ? all
    : String(Math.round(Number(count ?? 1) * size) + Number(more ?? 0));
}
