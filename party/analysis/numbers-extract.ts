import { ONES, TENS } from "./number-words";
import { maskNonFigures } from "./numbers-mask";

/**
 * Finds the figures in a text and leaves alone what only looks like one: names (`gpt-4o`), labels
 * (`p95`, `E7`), dates, times of day, versions, list markers and links.
 */

export type FigureKind =
  | "usd"
  | "percent"
  | "duration"
  | "ratio"
  | "tokens"
  | "calls"
  | "days"
  | "plain";

/** How a figure is hedged: `about 22 million`, `over $90`, `under 500 ms`. */
export type Hedge = "none" | "about" | "over" | "under";

export interface FoundFigure {
  start: number;
  end: number;
  /** As written, without hedge and citation. */
  text: string;
  kind: FigureKind;
  /** In base units: USD, percent, ms, plain count. NaN for what no evidence can hold: €500, thousands of calls. */
  value: number;
  /** Width of the last written digit in base units: 0.01 for `$96.79`, 1e6 for `22 million`. */
  resolution: number;
  hedge: Hedge;
}

const SCALES: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mn: 1e6,
  million: 1e6,
  millions: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  billions: 1e9,
  tn: 1e12,
  trillion: 1e12,
  trillions: 1e12,
  quadrillion: 1e15,
  lakh: 1e5,
  crore: 1e7,
  hundred: 100,
};

interface UnitMeaning {
  kind: FigureKind;
  factor: number;
}

const UNITS: Record<string, UnitMeaning> = {};
function define(kind: FigureKind, factor: number, names: string): void {
  for (const name of names.split(" ")) UNITS[name] = { kind, factor };
}
define("percent", 1, "% percent percents pct");
define("usd", 1, "usd dollar dollars us$ $");
define("usd", 0.01, "cent cents ¢");
define("duration", 1, "ms msec millisecond milliseconds");
define("duration", 1e3, "s sec secs second seconds");
define("duration", 6e4, "min mins minute minutes");
define("duration", 3.6e6, "h hr hrs hour hours");
define("days", 1, "day days");
define("days", 7, "week weeks");
define("ratio", 1, "x × times fold");
define("tokens", 1, "token tokens tok");
define("calls", 1, "call calls request requests");
define("plain", 1, "error errors failure failures retries repeats user users");
define("plain", Number.NaN, "€ £ ¥ euro euros eur gbp");

const NUMBER_WORDS: Record<string, number> = { ...ONES, ...TENS, hundred: 100 };

/** Fractions in words are figures too; they are matched with a tolerance (see numbers-match). */
const FRACTION_WORDS: Record<string, { value: number; kind: FigureKind }> = {
  half: { value: 50, kind: "percent" },
  halved: { value: 50, kind: "percent" },
  halves: { value: 50, kind: "percent" },
  "a fifth": { value: 20, kind: "percent" },
  "one fifth": { value: 20, kind: "percent" },
  "a tenth": { value: 10, kind: "percent" },
  "one tenth": { value: 10, kind: "percent" },
  "one third": { value: 33.3, kind: "percent" },
  "a third": { value: 33.3, kind: "percent" },
  "two thirds": { value: 66.7, kind: "percent" },
  "a quarter": { value: 25, kind: "percent" },
  "three quarters": { value: 75, kind: "percent" },
  twice: { value: 2, kind: "ratio" },
  doubled: { value: 2, kind: "ratio" },
  doubles: { value: 2, kind: "ratio" },
  tripled: { value: 3, kind: "ratio" },
  triples: { value: 3, kind: "ratio" },
  threefold: { value: 3, kind: "ratio" },
  quadrupled: { value: 4, kind: "ratio" },
  quadruples: { value: 4, kind: "ratio" },
  tenfold: { value: 10, kind: "ratio" },
};

/** Digits of other scripts, and sizes in words that name no number: read as figures, and never matched. */
const NUMBER_NAMES = Object.keys(NUMBER_WORDS).join("|");
const UNCHECKABLE: readonly RegExp[] = [
  /[^\P{N}0-9]+/gu,
  /\b(?:a dozen|(?:dozens|hundreds|thousands|millions|billions|trillions) of)\b/gi,
  new RegExp(`\\b(?:${NUMBER_NAMES}) (?:in|out of)(?: every)? (?:${NUMBER_NAMES})\\b`, "gi"),
  new RegExp(`\\bfactor of (?:${NUMBER_NAMES})\\b`, "gi"),
];

const NUMBER =
  /(?<sign>[-−–+])?(?<cur>US\$|\$|USD\s?|[€£¥])?\s?(?<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+(?![\p{L}\p{N}]))?)(?:\s?-?\s?(?<scale>k|mn|m|bn|b|tn|thousand|millions?|billions?|trillions?|quadrillion|lakh|crore|hundred)(?![\p{L}\p{N}]))?(?:[\s-]?(?<unit>%|¢|×|€|£|¥|us\$|\p{L}+))?/giu;

/** `names` are words of the data (models, features, datasets); whatever they contain is no figure. */
export function extractFigures(text: string, names: readonly string[] = []): FoundFigure[] {
  const masked = maskNonFigures(text, names);
  const found: FoundFigure[] = [];
  for (const match of masked.matchAll(NUMBER)) {
    const figure = readFigure(match, text);
    if (figure) found.push(figure);
  }
  found.push(...wordFigures(masked), ...uncheckableFigures(masked));
  return found.sort((a, b) => a.start - b.start);
}

function readFigure(match: RegExpMatchArray, text: string): FoundFigure | null {
  const groups = match.groups ?? {};
  const digits = groups.num;
  if (digits === undefined) return null;
  const matchStart = match.index ?? 0;
  const currency = groups.cur !== undefined;
  const scaleWord = groups.scale?.toLowerCase();
  const unitWord = groups.unit?.toLowerCase();
  const unit = unitWord === undefined ? undefined : UNITS[unitWord];
  const whole = match[0];
  const unitLength = unitWord === undefined || unit ? 0 : (groups.unit?.length ?? 0);
  let written = whole.slice(0, whole.length - unitLength).replace(/[\s-]+$/, "");
  let start = matchStart;
  // A dash right after a letter or digit joins words or a range; it is no minus.
  const before = text[matchStart - 1];
  let negative = groups.sign === "-" || groups.sign === "−";
  if (groups.sign && (before === undefined ? false : /[\p{L}\p{N}%]/u.test(before))) {
    negative = false;
    start += 1;
    written = written.slice(1);
  } else if (groups.sign === "–") {
    start += 1;
    written = written.slice(1);
  }
  const lead = written.length - written.trimStart().length;
  start += lead;
  written = written.trimStart();
  const scale = scaleWord ? (SCALES[scaleWord] ?? 1) : 1;
  const meaning: UnitMeaning = currency
    ? { kind: "usd", factor: /[€£¥]/.test(groups.cur ?? "") ? Number.NaN : 1 }
    : (unit ?? { kind: "plain", factor: 1 });
  const decimals = digits.split(".")[1]?.length ?? 0;
  const factor = scale * meaning.factor;
  const size = Number(digits.replaceAll(",", "")) * factor;
  return {
    start,
    end: start + written.length,
    text: written,
    kind: meaning.kind,
    value: negative ? -size : size,
    resolution: 10 ** -decimals * factor,
    hedge: hedgeBefore(text, start),
  };
}

function wordFigures(masked: string): FoundFigure[] {
  const found: FoundFigure[] = [];
  const words = Object.keys(NUMBER_WORDS).join("|");
  const pattern = new RegExp(
    `\\b(?<first>${words})(?:[- ](?<second>${words}))?\\s?-?(?<scale>thousand|million|billion|trillion|quadrillion|hundred)?[\\s-](?<unit>${Object.keys(
      UNITS,
    )
      .filter((name) => /^[a-z]{3,}$/.test(name) && name !== "sec" && name !== "min")
      .join("|")})\\b`,
    "gi",
  );
  for (const match of masked.matchAll(pattern)) {
    const groups = match.groups ?? {};
    const unit = UNITS[(groups.unit ?? "").toLowerCase()];
    if (!unit) continue;
    const first = NUMBER_WORDS[(groups.first ?? "").toLowerCase()] ?? 0;
    const second = NUMBER_WORDS[(groups.second ?? "").toLowerCase()];
    const base = second === undefined ? first : second === 100 ? first * 100 : first + second;
    const scale = SCALES[(groups.scale ?? "").toLowerCase()] ?? 1;
    // "one call", "one day" is an article more than a figure.
    if (base === 1 && scale === 1) continue;
    found.push({
      start: match.index,
      end: match.index + match[0].length,
      text: match[0],
      kind: unit.kind,
      value: base * scale * unit.factor,
      resolution: scale * unit.factor,
      hedge: hedgeBefore(masked, match.index),
    });
  }
  const fractions = new RegExp(
    `\\b(${Object.keys(FRACTION_WORDS)
      .map((words) => words.replace(" ", "[- ]"))
      .join("|")})\\b(?!\\s+as\\s+a\\b)`,
    "gi",
  );
  for (const match of masked.matchAll(fractions)) {
    const meaning = FRACTION_WORDS[match[0].toLowerCase().replace("-", " ")];
    if (!meaning) continue;
    found.push({
      start: match.index,
      end: match.index + match[0].length,
      text: match[0],
      kind: meaning.kind,
      value: meaning.value,
      resolution: meaning.kind === "percent" ? 4 : 0.1,
      hedge: "about",
    });
  }
  return found;
}

function uncheckableFigures(masked: string): FoundFigure[] {
  return UNCHECKABLE.flatMap((pattern) =>
    [...masked.matchAll(pattern)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      text: match[0],
      kind: "plain" as const,
      value: Number.NaN,
      resolution: Number.NaN,
      hedge: "none" as const,
    })),
  );
}

function hedgeBefore(text: string, start: number): Hedge {
  const lead = text.slice(Math.max(0, start - 24), start).toLowerCase();
  if (/(?:\babout|\baround|\broughly|\bapprox(?:imately|\.)?|\bsome|~|≈|\bca\.)\s*$/.test(lead)) {
    return "about";
  }
  if (/(?:\bover|\bmore than|\bat least|\babove|\bjust over|\bupwards of|>)\s*$/.test(lead)) {
    return "over";
  }
  if (
    /(?:\bunder|\bless than|\bnearly|\balmost|\bat most|\bup to|\bbelow|\bjust under|<)\s*$/.test(
      lead,
    )
  ) {
    return "under";
  }
  return "none";
}
