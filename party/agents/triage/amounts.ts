/** A figure of the text with its unit, as the user wrote it. */
export interface Amount {
  unit: "percent" | "USD" | "ms" | "factor" | "other-money";
  /** Decimal digits, unchanged where the text gives them in this unit. */
  digits: string;
  start: number;
  end: number;
}

const NUMBER = "(?<![\\w.])(?<number>\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)";
const PER = "(?: (?:a|per|each|every) month| monthly|/mo(?:nth)?)?";
const THOUSANDS: Record<string, number> = { k: 1_000, m: 1_000_000 };
const PARTS: Record<string, number> = { half: 50, third: 33.33, quarter: 25, fifth: 20, tenth: 10 };
const FACTORS: Record<string, number> = {
  twice: 2,
  thrice: 3,
  double: 2,
  doubl: 2,
  tripl: 3,
  quadrupl: 4,
};

interface Reader {
  unit: Amount["unit"];
  pattern: string;
  read?: (groups: Record<string, string | undefined>) => string;
}

const asMoney = ({ number = "", scale = "" }: Record<string, string | undefined>) =>
  scale === "" ? plain(number) : times(number, THOUSANDS[scale] ?? 1);

/** From the most to the least telling; what one has read no later one reads again. */
const READERS: readonly Reader[] = [
  { unit: "percent", pattern: `${NUMBER} ?%` },
  {
    unit: "USD",
    pattern:
      "\\$ ?(?<number>\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?) ?(?<scale>[km])?(?![\\w])",
    read: asMoney,
  },
  {
    unit: "USD",
    pattern: `${NUMBER} ?(?<scale>[km])? ?(?:usd|dollars?|bucks|\\$)(?!\\w)`,
    read: asMoney,
  },
  {
    unit: "other-money",
    pattern: `[€£] ?(?<number>\\d[\\d,.]*)|${NUMBER.replace("<number>", "<number2>")} ?(?:€|£|eur|euros?|pounds?|gbp)(?!\\w)`,
  },
  { unit: "USD", pattern: `${NUMBER} ?(?<scale>[km])?(?=${PER} budget\\b)`, read: asMoney },
  {
    unit: "USD",
    pattern: `(?<=\\bbudget(?:'s)?(?: (?:for (?:this|ai|llms?|everything|all of (?:it|this)|us)|(?:per|a) month|we have))?[ =:]*(?:(?:is|of|at|to|was|will be|just|about|around|only|roughly|currently|max|under|below) )*)${NUMBER} ?(?<scale>[km])?(?![\\w%]| ?(?:%|ms|s\\b|sec|x\\b|times))`,
    read: asMoney,
  },
  {
    unit: "USD",
    pattern: `${NUMBER} ?(?<scale>k)?(?= (?:a|per|each|every) month| monthly|/mo| ?(?:/|p\\.?)m\\b)`,
    read: asMoney,
  },
  // Thousands without a unit are money where money is all that is spoken of.
  {
    unit: "USD",
    pattern: `(?<=\\b(?:spend|spending|costs?|bill|invoice|pay|budget\\w*|afford)\\b[^.?!,;]{0,40})${NUMBER} ?(?<scale>k)\\b(?! ?(?:tokens?|calls?|requests?|users?|customers?|messages?|prompts?))`,
    read: asMoney,
  },
  { unit: "ms", pattern: `${NUMBER} ?-?(?:ms|msecs?|milliseconds?|millis)\\b` },
  {
    unit: "ms",
    pattern: `${NUMBER} ?-?(?:s|secs?|seconds?)\\b`,
    read: ({ number = "" }) => times(number, 1_000),
  },
  {
    unit: "ms",
    pattern: "(?<=\\b(?:within|under|below|than|in) )(?:a|1) second\\b|\\bsub-?second\\b",
    read: () => "1000",
  },
  { unit: "ms", pattern: "\\bhalf a second\\b", read: () => "500" },
  { unit: "factor", pattern: `(?:factor(?: of)? )${NUMBER}` },
  { unit: "factor", pattern: `${NUMBER} ?-?(?:x|times|fold)(?!\\w)` },
  { unit: "factor", pattern: "(?<![\\w.])x ?(?<number>\\d{1,3}(?:\\.\\d+)?)(?![\\w%])" },
  {
    unit: "factor",
    pattern:
      "\\b(?:twice|thrice|double(?!-)|doubl(?:es|ed|ing)|tripl(?:e|es|ed|ing)|quadrupl(?:e|es|ed|ing))\\b",
    read: () => "",
  },
  {
    unit: "percent",
    pattern: "\\bhalv(?:e|es|ed|ing)\\b|\\b(?:in|by) half\\b|\\bhalf (?=the |of |as |our )",
    read: () => "50",
  },
  { unit: "percent", pattern: "\\b2 thirds\\b", read: () => "66.67" },
  {
    unit: "percent",
    pattern: "\\b(?:a|1|one) (?<part>third|quarter|fifth|tenth)\\b",
    read: ({ part = "" }) => String(PARTS[part]),
  },
];

/** All figures with a unit in a normalised text, in its order. Pure. */
export function findAmounts(text: string): Amount[] {
  const found: Amount[] = [];
  for (const { unit, pattern, read } of READERS) {
    for (const match of text.matchAll(new RegExp(pattern, "g"))) {
      const start = match.index;
      const end = start + match[0].length;
      if (found.some((one) => start < one.end && end > one.start)) continue;
      const groups = match.groups ?? {};
      const said = read?.(groups) ?? plain(groups.number ?? groups.number2 ?? "");
      found.push({ unit, digits: said === "" ? wordFactor(match[0]) : said, start, end });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function wordFactor(word: string): string {
  const stem = Object.keys(FACTORS).find((one) => word.startsWith(one));
  return String(FACTORS[stem ?? ""] ?? 1);
}

const plain = (digits: string) => digits.replaceAll(",", "");

/** Exact on the decimal text, so that 1.1 thousand is 1100 and not what floating point makes of it. */
function times(said: string, factor: number): string {
  const zeros = String(factor).length - 1;
  const [whole = "0", fraction = ""] = plain(said).split(".");
  const padded = fraction.padEnd(zeros, "0");
  const digits = `${whole}${padded.slice(0, zeros)}`.replace(/^0+(?=\d)/, "");
  const rest = padded.slice(zeros).replace(/0+$/, "");
  return rest === "" ? digits : `${digits}.${rest}`;
}
