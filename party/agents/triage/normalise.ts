/**
 * One spelling for what people write in many: case, quotes and dashes, contractions without their apostrophe,
 * "percent" as %, and numbers in words as digits. Idempotent; the length of the text may change. Pure.
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
    .replace(/\bus\$/g, "$");
  return SPELLINGS.reduce((text, [from, to]) => text.replace(from, to), digits(plain))
    .replace(/\s+/g, " ")
    .trim();
}

const SPELLINGS: ReadonlyArray<readonly [RegExp, string]> = [
  [/(?<=\d)\s*(?:percent|per ?cent|pct)\b/g, " %"],
  [/\b(?:pls|plz|plse)\b/g, "please"],
  [
    /\b(what|who|where|how|that|it|let)s(?= (?:the|our|my|your|a|up|it|is|me|see|going|been|us)\b)/g,
    "$1's",
  ],
  [/\b(do|does|did|is|are|was|were|ca|wo|should|must|would|could|has|have)nt\b/g, "$1n't"],
  [/\bcan not\b/g, "cannot"],
];

const ONES: Record<string, number> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fourteen: 14,
  fifteen: 15,
};
const TENS: Record<string, number> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const SCALES: Record<string, number> = { hundred: 100, thousand: 1_000, million: 1_000_000 };
const oneOf = (words: Record<string, number>) => Object.keys(words).join("|");

/** "one" and "a" count only before a unit: "one second", but "the right one" and "a day for it". */
const UNIT =
  "(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarter|third|fifth|tenth|half|hundred|thousand|million|percent|per ?cent|%)";

function digits(text: string): string {
  return text
    .replace(
      new RegExp(`\\b(${oneOf(TENS)})[- ](one|${oneOf(ONES)})\\b`, "g"),
      (all, tens: string, ones: string) => {
        const rest = ones === "one" ? 1 : (ONES[ones] ?? 10);
        return rest < 10 ? String((TENS[tens] ?? 0) + rest) : all;
      },
    )
    .replace(new RegExp(`\\b(?:${oneOf(TENS)}|${oneOf(ONES)})\\b`, "g"), (word) =>
      String(TENS[word] ?? ONES[word]),
    )
    .replace(/\ba couple of\b/g, "2")
    .replace(/\ba dozen\b/g, "12")
    .replace(/\b(?:1 |one |an? )and a half(?= |$)/g, "1.5")
    .replace(new RegExp(`\\bone (?=${UNIT}\\b)`, "g"), "1 ")
    .replace(
      new RegExp(`\\b(?:(\\d+(?:\\.\\d+)?)|an?) (${oneOf(SCALES)})\\b`, "g"),
      (_all, count, scale) => String(Math.round(Number(count ?? 1) * (SCALES[scale] ?? 1))),
    );
}
