/** Blanks out what only looks like a figure, letter for letter, so that places in the text stay the same. */

const MONTHS =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const DAY = "(?:0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)?";
/** "in May 30 % of them", "in 2024 dollars": what stands before a unit is a figure, no date. */
const NO_UNIT =
  "(?!\\s*-?\\s*(?:[%$€£¥×]|(?:percent|pct|usd|dollars?|cents?|calls?|requests?|tokens?|users?|errors?|failures?|retries|repeats|ms|milliseconds?|s|secs?|seconds?|min|minutes?|hours?|days?|weeks?|times|x|k|m|thousand|million|billion)\\b))";

/** Order matters: long things first. */
const NOT_FIGURES: readonly RegExp[] = [
  /https?:\/\/\S+/gi,
  // ISO dates and instants
  /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?:\s?UTC)?\b/g,
  // 16 November 2023, November 16(, 2023), Nov 2023
  new RegExp(`\\b${DAY}\\s+(?:${MONTHS})\\b\\.?(?:,?\\s+\\d{4}\\b${NO_UNIT})?`, "gi"),
  new RegExp(
    `\\b(?:${MONTHS})\\b\\.?\\s+${DAY}(?!\\d|[.,]\\d)${NO_UNIT}(?:,?\\s+\\d{4}\\b${NO_UNIT})?`,
    "gi",
  ),
  new RegExp(`\\b(?:${MONTHS})\\b\\.?,?\\s+(?:19|20)\\d{2}\\b${NO_UNIT}`, "gi"),
  new RegExp(`\\b(?:in|since|year|from|until|of)\\s+(?:19|20)\\d{2}\\b${NO_UNIT}`, "gi"),
  // times of day
  /\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?(?:UTC|am|pm))?\b/gi,
  // labels and versions: p95, p99.9, E7, v2, 2.0.1, 24/7
  /\b[pP]\d{1,2}(?:\.\d+)?\b/g,
  /\bE[1-9]\d{0,5}\b/g,
  /\bv\d+(?:\.\d+)*\b/gi,
  /\b\d+\.\d+\.\d+(?:\.\d+)*\b/g,
  /\b24\/7\b/g,
  // "no dollar counted twice", "think twice": no multiple of anything
  /\b(?:count(?:s|ed|ing)?|think|paid)\b(?:\s+\w+){0,3}\s+twice\b|\bonce or twice\b/gi,
  // list markers
  /^\s*\d{1,2}[.)]\s/gm,
];

/** A word that mixes letters and digits and is no number with a unit: gpt-4o, llama-3.1-70b, o3, H100. */
const MIXED_WORD = /[\p{L}\p{N}_]+(?:[-_./:@][\p{L}\p{N}_]+)*/gu;
const QUANTITY =
  "\\d[\\d,]*(?:\\.\\d+)?(?:e[+-]?\\d+)?(?:k|m|mn|b|bn)?(?:%|tok|tokens?|calls?|requests?|usd|dollars?|cents?|eur|euros?|gbp|pct|percents?|ms|msec|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|x|times|fold|ish)?";
/** `500ms`, `USD96.79`, `500-800ms`, `300-second`, `12.50/call`: numbers, though letters stand in them. */
const NUMBER_WITH_UNIT = new RegExp(
  `^(?:usd?)?${QUANTITY}(?:[-/]${QUANTITY})?(?:-(?:ms|s|sec|seconds?|minutes?|min|hours?|days?|weeks?|percent|tokens?|calls?|fold|dollar|ish))?(?:/[\\p{L}-]+)?$`,
  "iu",
);

/** `names` are words of the data (models, features, datasets); whatever they contain is no figure. */
export function maskNonFigures(text: string, names: readonly string[]): string {
  return maskMixedWords(maskPatterns(maskNames(text, names)));
}

function blank(text: string, start: number, length: number): string {
  return text.slice(0, start) + "\u0000".repeat(length) + text.slice(start + length);
}

function maskPatterns(text: string): string {
  let masked = text;
  for (const pattern of NOT_FIGURES) {
    for (const match of masked.matchAll(pattern)) {
      masked = blank(masked, match.index, match[0].length);
    }
  }
  return masked;
}

function maskNames(text: string, names: readonly string[]): string {
  let masked = text;
  const lower = text.toLowerCase();
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    // A name without a letter (429, 5%) or inside another word would hide figures.
    if (name.length < 2 || !/\d/.test(name) || !/\p{L}/u.test(name)) continue;
    const wanted = name.toLowerCase();
    for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + 1)) {
      if (standsAlone(lower, at, wanted.length)) masked = blank(masked, at, wanted.length);
    }
  }
  return masked;
}

function standsAlone(text: string, start: number, length: number): boolean {
  const joins = /[\p{L}\p{N}]/u;
  return !joins.test(text[start - 1] ?? "") && !joins.test(text[start + length] ?? "");
}

function maskMixedWords(text: string): string {
  let masked = text;
  for (const match of masked.matchAll(MIXED_WORD)) {
    const word = match[0];
    if (!/\d/.test(word) || !/\p{L}/u.test(word) || NUMBER_WITH_UNIT.test(word)) continue;
    // Behind a currency sign, or a digit and a comma, even an odd word is an amount: $40/mo., 1,234ms.
    if (/[$€£¥]\s?$|\d[.,]$/.test(masked.slice(0, match.index)) && /^\d/.test(word)) continue;
    masked = blank(masked, match.index, word.length);
  }
  return masked;
}
